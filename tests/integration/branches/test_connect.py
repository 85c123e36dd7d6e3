"""What lets a browser to an instance ends with what let it into the wall."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from livewall_dashboard.branches import build_instances
from livewall_dashboard.branches.connect_routes import COOKIE, UPSTREAM
from livewall_dashboard.branches.watch_lock import WatchLock
from livewall_dashboard.lab import Lab
from livewall_dashboard.lab.model import InstanceAccess
from livewall_dashboard.lab.projects import Project, Remote, Repository, RunCommand, Step
from support.waiting import wait_for
from support.walls import wall_on

pytestmark = pytest.mark.any_python

PROJECT = Project(
    "shop",
    (Repository("server", (Remote("origin", "/nowhere"),), "main"),),
    (Step("build", "true"),),
    run=RunCommand("x"),
)
_INSTANCE = """
WITH made AS (INSERT INTO bundle (project, name, pushed_at) VALUES ('shop', 'main', now()) RETURNING id),
built AS (INSERT INTO branch_build (bundle_id, state, result, job_id)
          SELECT id, 'done', 'ok', gen_random_uuid() FROM made RETURNING number, job_id)
INSERT INTO branch_instance (number, job_id, project, agent, host, port, state, wanted, lease_until)
SELECT number, job_id, 'shop', 'rig', '127.0.0.1', 40000, 'running', 'running', now() + interval '1 hour' FROM built
RETURNING number
"""


@pytest.fixture
def wall(database_url: str, tmp_path: Path) -> Iterator[Dashboard]:
    lab = Lab.of([], projects=[PROJECT], url="http://localhost", instances=InstanceAccess("instances.example"))
    wall = wall_on(database_url, lab, data=tmp_path, require_tokens=True)
    with closing(WatchLock(database_url)) as other:
        assert other.is_ours, "this wall does nothing by itself"
        wall.start()
        yield wall
        wall.stop()


@pytest.fixture
def number(wall: Dashboard, database_url: str) -> int:
    """Of the build of an instance that runs."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(_INSTANCE).fetchone()
        assert row
        return int(row[0])


class Visitor:
    """A browser that is let to the instance; `connects` as nginx asks before each of its requests."""

    def __init__(self, wall: Dashboard, number: int, sign_in: Callable[[FlaskClient], dict[str, str]]) -> None:
        self.browser = wall.flask.test_client()
        self._nginx = wall.flask.test_client(use_cookies=False)
        self._number = number
        headers = sign_in(self.browser)
        way = urlsplit(self.browser.get(f"/branch-builds/{number}/connect", headers=headers).headers["Location"])
        assert (way.netloc, way.path) == (f"{number}.instances.example", "/.livewall/enter")
        entered = self._nginx.get(f"/instances/{number}/enter?{way.query}")
        assert entered.status_code == 303, entered.text
        self._cookie = entered.headers["Set-Cookie"].partition(";")[0]
        assert self._cookie.startswith(f"{COOKIE}=")

    def status(self) -> int:
        reply = self._nginx.get(f"/instances/{self._number}/way", headers={"Cookie": self._cookie})
        assert (UPSTREAM in reply.headers) == (reply.status_code == 204)
        return reply.status_code


def by_session(token: str) -> Callable[[FlaskClient], dict[str, str]]:
    def sign_in(browser: FlaskClient) -> dict[str, str]:
        assert browser.post("/login", data={"token": token}).status_code == 303
        return {}

    return sign_in


def by_token(token: str) -> Callable[[FlaskClient], dict[str, str]]:
    return lambda _: {"Authorization": f"Bearer {token}"}


def test_who_signs_out_is_let_in_no_more_and_others_are(wall: Dashboard, number: int) -> None:
    token = wall.core.tokens.create("ann", "read")
    ann, same_token = Visitor(wall, number, by_session(token)), Visitor(wall, number, by_session(token))
    program = Visitor(wall, number, by_token(token))
    assert [each.status() for each in (ann, same_token, program)] == [204, 204, 204]
    ann.browser.post("/logout")
    assert [each.status() for each in (ann, same_token, program)] == [401, 204, 204]


def test_where_it_is_is_asked_of_postgres_once_until_that_changes(
    wall: Dashboard, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_instances, "KNOWN_FOR", 3600.0)
    ann = Visitor(wall, number, by_session(wall.core.tokens.create("ann", "read")))
    assert ann.status() == 204
    with psycopg.connect(wall.core.database.url) as connection:
        connection.execute("UPDATE branch_instance SET state = 'stopped', port = NULL")
    assert ann.status() == 204, "nobody has said anything to this wall"
    report = {"agent": "another", "instances": []}
    agent = {"Authorization": f"Bearer {wall.core.tokens.create('other rig', 'agent')}"}
    assert wall.flask.test_client().post("/api/v1/instances/report", json=report, headers=agent).status_code == 200
    assert ann.status() == 403


@pytest.mark.parametrize("way", [by_session, by_token])
def test_a_token_that_is_revoked_ends_what_stands_on_it(
    wall: Dashboard, number: int, way: Callable[[str], Callable[[FlaskClient], dict[str, str]]]
) -> None:
    visitor = Visitor(wall, number, way(wall.core.tokens.create("bob", "read")))
    other = Visitor(wall, number, way(wall.core.tokens.create("eve", "read")))
    assert (visitor.status(), other.status()) == (204, 204)
    wall.core.tokens.revoke("bob")
    wait_for(lambda: visitor.status() == 401, what="the ticket to be good no more")
    assert other.status() == 204
