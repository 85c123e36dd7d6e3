"""Who may upload where the wall asks for tokens, and whose setup it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from support.uploads import commit, upload


@pytest.fixture
def keys(make_app: Callable[..., Dashboard]) -> tuple[FlaskClient, dict[str, str]]:
    app = make_app(require_tokens=True)
    tokens = app.core.tokens
    made = {scope: tokens.create(scope, scope) for scope in ("upload", "ingest", "read")}
    made["bound"] = tokens.create("bound", "upload", setups=["rack-1"])
    made["elsewhere"] = tokens.create("elsewhere", "upload", setups=["rack-2"])
    made["either"] = tokens.create("either", "upload", setups=["rack-1", "rack-2"])
    return app.flask.test_client(), made


def test_who_may_upload_and_for_which_setup(keys: tuple[FlaskClient, dict[str, str]]) -> None:
    client, made = keys
    wanted = {
        None: 401, "lw_" + "0" * 40: 401, "an old key": 401,
        made["read"]: 403, made["upload"]: 200, made["ingest"]: 200,
    }  # fmt: skip
    for number, (key, status) in enumerate(wanted.items()):
        sent = upload({"a.html": {}}, commit(number), timestamp=1_800_000_000, api_key=key)
        assert client.post("/api/upload", json=sent).status_code == status, key
        assert client.post("/api/commits", json={**commit(number), "api_key": key}).status_code == status, key
        form = {"api_key": key or "", "suite": "x"}
        refused = client.post("/api/upload/archive", data=form).status_code
        assert refused == (status if status != 200 else 400), key
    header = {"Authorization": f"Bearer {made['upload']}"}
    sent = upload({"a.html": {}}, commit(1), api_key="an old key")
    assert client.post("/api/upload", json=sent, headers=header).status_code == 200
    assert client.post("/api/upload", data=b"{", content_type="application/json").status_code == 401
    assert client.get("/api/suites").status_code == 401
    assert set(client.get("/api/suites").json or {}) == {"status", "error", "description"}


def test_a_bound_token_uploads_for_its_setup_and_touches_no_other(keys: tuple[FlaskClient, dict[str, str]]) -> None:
    client, made = keys

    def sent(key: str, **details: str) -> int:
        body = upload({"a.html": {}}, commit(1), timestamp=1_800_000_000, details=details, api_key=made[key])
        return client.post("/api/upload", json=body).status_code

    assert sent("bound") == 200
    assert sent("elsewhere") == 403, "its results would take the place of rack-1's"
    assert sent("either", **{"buildbot-worker": "rack-3"}) == 403
    assert sent("either", **{"buildbot-worker": "rack-2"}) == 200
    reading = {"Authorization": f"Bearer {made['read']}"}
    runs = (client.get("/api/v1/runs", headers=reading).json or {})["runs"]
    assert sorted(run["setup"] for run in runs) == ["rack-1", "rack-2"]
