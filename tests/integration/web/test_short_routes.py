"""A route that is answered before Flask answers as its view does: with a query behind its address, that is asked."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.access.rate_limits import Limit
from livewall_dashboard.app import Dashboard

PATH = "/api/v1/runs/here/events"
EVENT: dict[str, object] = {
    "kind": "start_suite",
    "id": "s1",
    "name": "S",
    "longname": "S",
    "total": 1,
    "test_count": 1,
    "start_time": "2026-03-01T10:00:00+00:00",
}
BATCH = json.dumps({"process": "0", "first_seq": 1, "events": [EVENT]}).encode()
VARIES = ("Content-Length", "Retry-After", "Vary")


def batch(**changed: object) -> bytes:
    return json.dumps({"process": "0", "first_seq": 1, "events": [EVENT], **changed}).encode()


REQUESTS: dict[str, tuple[str, bytes, dict[str, str]]] = {
    "good": (PATH, BATCH, {}),
    "packed": (PATH, gzip.compress(BATCH), {"Content-Encoding": "gzip"}),
    "heartbeat": (PATH, batch(first_seq=2, events=[]), {}),
    "gap": (PATH, batch(first_seq=9), {}),
    "no process": (PATH, batch(process="7"), {}),
    "no run": ("/api/v1/runs/nowhere/events", BATCH, {}),
    "reserved name": ("/api/v1/runs/compare/events", BATCH, {}),
    "bad name": ("/api/v1/runs/.here/events", BATCH, {}),
    "strange name": ("/api/v1/runs/h%c3%a9re/events", BATCH, {}),
    "no JSON": (PATH, b"{", {}),
    "no batch": (PATH, b"[]", {}),
    "no time": (PATH, batch(events=[{**EVENT, "start_time": "x"}]), {}),
    "no gzip": (PATH, BATCH, {"Content-Encoding": "gzip"}),
    "strange packing": (PATH, BATCH, {"Content-Encoding": "br"}),
    "other site": (PATH, BATCH, {"Origin": "http://elsewhere.example"}),
    "other site, no origin": (PATH, BATCH, {"Sec-Fetch-Site": "cross-site"}),
    "own page": (PATH, BATCH, {"Origin": "http://localhost"}),
    "other name": (PATH, BATCH, {"Host": "wall.example"}),
    "no name": (PATH, BATCH, {"Host": "["}),
    "no token": (PATH, BATCH, {"Authorization": ""}),
    "wrong token": (PATH, BATCH, {"Authorization": "Bearer lw_wrong"}),
    "token of another kind": (PATH, BATCH, {"Authorization": "Bearer READ"}),
    "password": (PATH, BATCH, {"Authorization": "Basic eDp5"}),
    "cookie": (PATH, BATCH, {"Authorization": "", "Cookie": "livewall_session=lws_x"}),
}


def ask(client: FlaskClient, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
    answer = client.post(path, data=body, headers=headers)
    told = {name: value for name, value in answer.headers.items() if name not in VARIES}
    return answer.status_code, answer.json, told


@pytest.mark.parametrize("closed", [False, True])
def test_both_ways_give_the_same_answers(make_app: Callable[..., Dashboard], closed: bool) -> None:
    app = make_app(require_tokens=closed)
    client = app.flask.test_client()
    tokens = {scope.upper(): app.core.tokens.create(scope, scope) for scope in ("ingest", "read")}
    own = {"Authorization": f"Bearer {tokens['INGEST']}"} if closed else {}
    assert client.put("/api/v1/runs/here", json={"process": "0", "setup": "rack-1"}, headers=own).status_code == 200
    statuses = set()
    for what, (path, body, headers) in REQUESTS.items():
        shown = {name: value.replace("READ", tokens["READ"]) for name, value in {**own, **headers}.items() if value}
        short, long = ask(client, path, body, shown), ask(client, f"{path}?long", body, shown)
        assert short == long, what
        statuses.add(short[0])
    assert statuses == ({200, 400, 401, 403, 404, 416, 422} if closed else {200, 400, 403, 404, 416, 422})


def test_both_ways_share_a_limit_and_what_is_counted(app: Dashboard, client: FlaskClient) -> None:
    client.put("/api/v1/runs/here", json={"process": "0", "setup": "rack-1"})
    view: Any = app.flask.view_functions["ingest.post_events"]
    view.livewall_limit = Limit("requests about one run", 0.001, 3, each_run=True)
    asked = [client.post(path, data=BATCH).status_code for path in (PATH, f"{PATH}?long", PATH, PATH, f"{PATH}?long")]
    assert asked == [200, 200, 200, 429, 429]
    metrics = client.get("/metrics").text
    assert 'livewall_responses_total{endpoint="ingest.post_events",status="200"} 3.0' in metrics
    assert 'livewall_responses_total{endpoint="ingest.post_events",status="429"} 2.0' in metrics
    assert "livewall_ack_seconds_count 3.0" in metrics


def test_body_that_ends_too_early_is_refused(app: Dashboard, client: FlaskClient) -> None:
    client.put("/api/v1/runs/here", json={"process": "0", "setup": "rack-1"})
    for path in (PATH, f"{PATH}?long"):
        answer = client.post(path, data=BATCH, environ_overrides={"CONTENT_LENGTH": str(len(BATCH) + 1)})
        assert answer.status_code == 400, path


def test_what_nobody_foresaw_is_in_the_log_and_not_in_the_answer(
    app: Dashboard, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> int:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(app.core.intake, "accept", fail)
    with caplog.at_level(logging.ERROR):
        answer = client.post(PATH, data=BATCH)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    ours = [record for record in caplog.records if record.exc_info and record.exc_info[0] is ZeroDivisionError]
    assert [record.run for record in ours] == ["here"]  # type: ignore[attr-defined]
