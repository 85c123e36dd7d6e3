"""A wall that runs keeps to its rules by itself, with the least rights; and what it tells of that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.lab import Lab, SetupConfig
from livewall_dashboard.lab.retention import RetentionRule
from livewall_listener import wire
from support.reporter import Reporter, T, through_flask
from support.walls import thread_of, wall_on

pytestmark = pytest.mark.any_python

MONTH = timedelta(days=30)


@dataclass
class Clock:
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass
class Kept:
    """A wall with retention, and its database as a superuser sees it."""

    wall: Dashboard
    clock: Clock
    database_url: str
    folder: Path

    @property
    def client(self) -> FlaskClient:
        return self.wall.flask.test_client()

    def pin(self, run: str, method: str = "PUT") -> Any:
        """As a page of the wall does it."""
        crumb = self.client.get("/api/v1/crumb").json["crumb"]  # type: ignore[index]
        return self.client.open(f"/api/v1/runs/{run}/pin", method=method, headers={"X-Livewall-Crumb": crumb})

    def execute(self, statement: str, *values: object) -> None:
        with psycopg.connect(self.database_url) as connection:
            connection.execute(statement.encode(), values)

    def run(self, setup: str, age: float, **info: Any) -> str:
        """A run with a log, that ended so many days ago."""
        reporter = Reporter(through_flask(self.client))
        now = utc_now()
        key = reporter.run([T("One", tags=["smoke"])], setup=setup, clock=now, **info)
        assert self.client.put(f"/api/v1/runs/{key}/artifacts/log.html", data=b"<p>log").status_code == 201
        self.execute(
            "UPDATE run SET sorted_at = now() - %s * interval '1 day', last_news_at = now() - %s * interval '1 day' "
            "WHERE key = %s",
            age, age, key,
        )  # fmt: skip
        return key

    def pass_time(self, hours: float = 0) -> None:
        """As the loop does each minute, until it has nothing to do."""
        self.clock.ahead += timedelta(hours=hours)
        loop = thread_of(self.wall, "retention")
        for _ in range(10):
            loop._work()

    def runs(self) -> set[str]:
        return {run["id"] for run in self.client.get("/api/v1/runs").json["runs"]}  # type: ignore[index]

    def tiles(self) -> dict[str, Any]:
        return {tile["setup"]: tile for tile in self.client.get("/api/v1/live").json["setups"]}  # type: ignore[index]

    def files(self) -> int:
        return len(list(self.folder.glob("artifacts/*/*")))

    def health(self) -> Any:
        return self.client.get("/healthz").json["reasons"]  # type: ignore[index]


@pytest.fixture
def make_kept(writer_url: str, database_url: str, tmp_path: Path) -> Iterator[Callable[..., Kept]]:
    walls: list[Dashboard] = []

    def make(*rules: RetentionRule, retention: timedelta | None = None) -> Kept:
        for one in walls:
            one.stop()
        walls.clear()
        clock = Clock()
        wall = wall_on(
            writer_url, Lab.of([SetupConfig("rack")], retention=rules), clock, data=tmp_path, retention=retention
        )
        wall.start()
        walls.append(wall)
        return Kept(wall, clock, database_url, tmp_path)

    yield make
    for wall in walls:
        wall.stop()


def test_what_is_due_goes_after_an_hour_with_its_files_and_from_the_wall(make_kept: Callable[..., Kept]) -> None:
    kept = make_kept(retention=MONTH)
    old, gone, young = kept.run("rack", 40), kept.run("ci-1", 31), kept.run("vm1", 29)
    kept.pass_time()
    assert kept.runs() == {old, gone, young}, "new rules are announced first"
    kept.pass_time(1.1)
    assert kept.runs() == {young}
    assert kept.files() == 1
    tiles = kept.tiles()
    assert set(tiles) == {"rack", "vm1"}, "what is configured stays on the wall"
    assert (tiles["rack"]["state"], tiles["rack"]["run"]) == ("nodata", None)
    assert [setup["last_run"] for setup in kept.client.get("/api/v1/setups").json["setups"]] == [None, young]  # type: ignore[index]
    assert kept.client.get(f"/runs/{old}/artifacts/log.html").status_code == 404
    metrics = kept.client.get("/metrics").text
    assert "livewall_pruned_runs_total 2.0" in metrics
    assert "livewall_last_prune_timestamp_seconds 1." in metrics
    assert kept.health() == {}


def test_without_retention_everything_stays(make_kept: Callable[..., Kept]) -> None:
    kept = make_kept()
    run = kept.run("vm1", 9_000)
    kept.pass_time(9_999)
    assert kept.runs() == {run}


def test_rules_that_are_taken_back_within_the_hour_remove_nothing(make_kept: Callable[..., Kept]) -> None:
    kept = make_kept(RetentionRule(timedelta(days=3)))
    run = kept.run("vm1", 20)
    kept.pass_time(0.5)
    kept = make_kept(RetentionRule(timedelta(days=300)))
    kept.pass_time(5)
    assert kept.runs() == {run}


def test_a_pinned_run_stays_until_it_is_released(make_kept: Callable[..., Kept]) -> None:
    kept = make_kept(retention=MONTH)
    run = kept.run("vm1", 40)
    first = kept.pin(run).json
    assert first["pinned_by"] == "somebody at 127.0.0.1"
    assert kept.pin(run).json == first, "the same again changes nothing"
    assert kept.client.get(f"/api/v1/runs/{run}").json["pin"] == first  # type: ignore[index]
    kept.pass_time(1.1)
    assert kept.runs() == {run}
    assert [kept.pin(run, "DELETE").status_code for _ in range(2)] == [200, 200]
    assert kept.client.get(f"/api/v1/runs/{run}").json["pin"] is None  # type: ignore[index]
    kept.pass_time(1.1)
    assert kept.runs() == set()
    assert [kept.pin(run, method).status_code for method in ("PUT", "DELETE")] == [404, 404]


def put(kept: Kept, key: str, age: float, **info: Any) -> tuple[int, Any]:
    now = utc_now()
    started = (now - timedelta(days=age)).isoformat()
    body = asdict(wire.RunInfo(**{"setup": "vm1", "started_at": started, "sent_at": now.isoformat(), **info}))
    reply = kept.client.put(f"/api/v1/runs/{key}", json=body)
    return reply.status_code, reply.json


def test_a_run_that_comes_too_late_is_refused_with_a_word(make_kept: Callable[..., Kept]) -> None:
    kept = make_kept(RetentionRule(tag="release"), RetentionRule(timedelta(days=365), branch="main"), retention=MONTH)
    assert put(kept, "tags", 40)[0] == 200, "its tests may have the tag that keeps it"
    kept = make_kept(
        RetentionRule(timedelta(days=365), branch="main"),
        RetentionRule(last=1, setup="ci", suite="Nightly"),
        retention=MONTH,
    )
    status, answer = put(kept, "old", 40)
    assert (status, answer["error"]["code"]) == (422, "too_old")
    assert "longer ago than such runs are kept here (all runs: 30 days)" in answer["error"]["message"]
    assert put(kept, "tags", 40)[0] == 200, "one that is here goes on"
    assert put(kept, "young", 29)[0] == 200
    assert put(kept, "of-main", 40, branch="main")[0] == 200
    assert put(kept, "ci-1", 40, setup="ci", suite="Nightly")[0] == 200
    assert put(kept, "ci-2", 41, setup="ci", suite="Nightly")[0] == 422, "an older one of which the last one stays"
    assert put(kept, "ci-3", 39, setup="ci", suite="Nightly")[0] == 200, "a newer one"
    kept = make_kept(RetentionRule(timedelta(days=10), tag="quick"))
    assert put(kept, "maybe-quick", 40)[0] == 200, "without the tag it is kept for ever"
    clockless = {"started_at": "1970-01-01T00:10:00+00:00", "sent_at": "1970-01-01T00:11:00+00:00"}
    assert put(kept, "clockless", 0, **clockless)[0] == 200


def test_a_role_that_may_not_remove_runs_is_told_what_to_do(make_kept: Callable[..., Kept]) -> None:
    kept = make_kept(retention=MONTH)
    run = kept.run("vm1", 40)
    kept.execute("REVOKE EXECUTE ON FUNCTION remove_old_runs FROM livewall")
    kept.pass_time(1.1)
    assert kept.runs() == {run}
    assert "apply config/postgresql/roles.sql of this release again" in kept.health()["retention"]
    kept.execute("GRANT EXECUTE ON FUNCTION remove_old_runs TO livewall")
    kept.pass_time(1.1)
    assert (kept.runs(), kept.health()) == (set(), {})


def test_the_role_of_a_wall_removes_no_run_that_goes_on_or_is_young_or_pinned(
    make_kept: Callable[..., Kept], writer_url: str
) -> None:
    kept = make_kept()
    running, young, pinned, old = (kept.run("vm1", age) for age in (40, 0.5, 40, 40))
    kept.execute("UPDATE run SET state = 'running' WHERE key = %s", running)
    kept.pin(pinned)
    with psycopg.connect(writer_url) as connection:
        connection.execute("SELECT remove_old_runs(array(SELECT id FROM run))")
    assert kept.runs() == {running, young, pinned}
    assert old not in kept.runs()
