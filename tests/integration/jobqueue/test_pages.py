"""Pages of jobs and agents: who sees what to press, and when the bar speaks of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from livewall_dashboard.app import Dashboard
from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.base.presence import Presence

PAGES = ("/agents", "/jobs", "/jobs/00000000-0000-0000-0000-000000000000")


def test_only_who_may_act_sees_what_to_press(make_app: Callable[..., Dashboard]) -> None:
    app = make_app(require_tokens=True)
    client = app.flask.test_client(use_cookies=False)
    acts = {}
    for scope in ("read", "submit", "admin"):
        shown = {"Authorization": f"Bearer {app.core.tokens.create(scope, scope)}"}
        pages = [client.get(path, headers=shown) for path in PAGES]
        assert [page.status_code for page in pages] == [200] * len(PAGES)
        acts[scope] = [b"data-may-act" in page.data for page in pages]
    assert acts == {"read": [False] * 3, "submit": [True] * 3, "admin": [True] * 3}
    assert client.get("/jobs", headers={"Accept": "text/html"}).status_code == 303, "to the login page"


def test_the_bar_knows_jobs_and_agents_where_there_are_some(make_app: Callable[..., Dashboard]) -> None:
    app = make_app()
    client = app.flask.test_client()
    (jobqueue,) = [feature for feature in app.features if feature.name == "jobqueue"]
    jobqueue.prepare()
    assert [b'href="/jobs"' in client.get(path).data for path in ("/", "/runs")] == [False, False]
    client.post("/v1/job", json={"job_queue": "q"})
    jobqueue.prepare()
    assert [b'href="/jobs"' in client.get(path).data for path in ("/", "/runs")] == [True, True]
    assert b'href="/agents?theme=light"' in client.get("/?theme=light").data


def test_what_was_known_counts_while_postgres_is_away() -> None:
    answers = [True]

    def is_used() -> bool:
        if not answers:
            raise Unavailable("Postgres is away.")
        return answers.pop()

    presence = Presence(is_used)
    presence.look()
    with pytest.raises(Unavailable):
        presence.look()
    assert presence.is_known()
