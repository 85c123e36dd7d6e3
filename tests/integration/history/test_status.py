"""Every place that tells a run's status tells the same: tile, API, filter, setups, builds, metrics; before and after a
restart, and of what an earlier release stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from livewall_dashboard.base.clock import utc_now
from livewall_listener import wire
from support.reporter import Reporter, T, through_flask
from support.waiting import wait_for

pytestmark = pytest.mark.any_python

PASS, FAIL, SKIP, NOT_RUN = T("Passes"), T("Fails", "FAIL"), T("Skips", "SKIP"), T("Never", "NOT RUN")
LOST = wire.Lost(1, "the disk is full")


@dataclass(frozen=True)
class Story:
    """A run: the tests that arrive, those that are lost, and what else happens to it.

    `corrected`: the first test failed after all, and nobody hears it. `digest`: of other messages than those stored.
    """

    name: str
    status: str | None
    told: Sequence[T] = ()
    lost: Sequence[T] = ()
    says_lost: bool = True
    corrected: bool = False
    digest: str = ""
    ends: bool = True
    missing: int = 0
    missing_failures: int = 0

    def report(self, reporter: Reporter) -> str:
        info = {"build": {"system": "jenkins", "url": f"https://ci/{self.name}", "job": "j", "number": "1"}}
        process = reporter.process(setup=self.name, **info)
        process.start_suite("s1", "Suite", total=len([*self.told, *self.lost]), test_count=0)
        ended = [process.test("s1", "Suite", n, test) for n, test in enumerate([*self.told, *self.lost], 1)]
        process.send(*ended[: len(self.told)])
        if self.lost and self.says_lost:
            process.send(LOST)
        if self.corrected:
            process.results[ended[0].id] = ("FAIL", "Parent suite teardown failed")
        if self.digest:
            process.results[ended[0].id] = ("PASS", self.digest)
        if self.ends:
            process.end_suite("s1")
            process.end()
        return process.run


STORIES = [
    Story("passed", "PASS", [PASS, SKIP]),
    Story("failed", "FAIL", [PASS, FAIL]),
    Story("skipped", "SKIP", [SKIP]),
    Story("of-no-tests", "SKIP"),
    Story("not-run", "FAIL", [PASS, NOT_RUN]),
    Story("nothing-run", "FAIL", [NOT_RUN, NOT_RUN]),
    Story("lost-passed", None, [PASS], [PASS], missing=1),
    Story("lost-failed", "FAIL", [PASS], [FAIL, PASS], missing=2, missing_failures=1),
    Story("lost-all", None, [], [PASS], missing=1),
    Story("lost-skipped", None, [SKIP], [SKIP], missing=1),
    Story("lost-unsaid", None, [PASS], [PASS], says_lost=False, missing=1),
    Story("failed-and-lost", "FAIL", [FAIL], [PASS], missing=1),
    Story("lost-a-correction", "FAIL", [PASS], corrected=True, missing_failures=1),
    Story("another-message", None, [PASS], digest="Longer than what is stored"),
    Story("given-up-passed", None, [PASS], [PASS], ends=False, missing=1),
    Story("given-up-whole", None, [PASS], ends=False),
    Story("given-up-failed", "FAIL", [FAIL], ends=False),
    Story("given-up-begun", None, ends=False),
]


@pytest.fixture
def reported(make_app: Callable[..., Dashboard]) -> tuple[Dashboard, dict[str, str]]:
    """A wall with all of them on setups of their names -> keys of the runs by name."""
    app = make_app(abandon_after=60)
    reporter = Reporter(through_flask(app.flask.test_client()))
    keys = {story.name: story.report(reporter) for story in STORIES}
    later = utc_now() + timedelta(seconds=90)
    with app.core.lock:
        app.core.intake._record(app.core.wall.tick(later))
    given_up = [keys[story.name] for story in STORIES if not story.ends]
    wait_for(lambda: {run["id"] for run in _runs(app, state="abandoned")} == set(given_up), what="runs to be given up")
    return app, keys


def _runs(app: Dashboard, **filters: str) -> list[dict[str, Any]]:
    query = {"limit": 1000, **filters}
    runs: list[dict[str, Any]] = app.flask.test_client().get("/api/v1/runs", query_string=query).json["runs"]
    return runs


def _agree(app: Dashboard, keys: dict[str, str]) -> None:
    client = app.flask.test_client()
    tiles = {tile["setup"]: tile for tile in client.get("/api/v1/live").json["setups"]}
    setups = {setup["name"]: setup for setup in client.get("/api/v1/setups").json["setups"]}
    listed = {run["id"]: run for run in _runs(app)}
    filtered = {status: {run["id"] for run in _runs(app, status=status)} for status in ("PASS", "FAIL", "SKIP")}
    builds = {row["setup"]: row for row in app.core.store.runs_of_builds(f"https://ci/{name}" for name in keys)}
    for story in STORIES:
        key = keys[story.name]
        run, tile = client.get(f"/api/v1/runs/{key}").json, tiles[story.name]
        places = [run, listed[key], tile, setups[story.name], builds[story.name]]
        assert [place["status"] for place in places] == [story.status] * len(places), story
        assert [status for status, found in filtered.items() if key in found] == [story.status] * bool(story.status)
        for place in (run, tile["run"]):
            assert (place["missing"], place["missing_failures"]) == (story.missing, story.missing_failures), story
        if story.ends:
            assert tile["counts"] == run["counts"], story
            assert tile["run"]["elapsed_time"] == pytest.approx(run["elapsed_time"]), story
    samples = client.get("/metrics").text.splitlines()
    failing, incomplete = ([story.status for story in STORIES].count(status) for status in ("FAIL", None))
    assert f"livewall_setups_failing {failing}.0" in samples
    assert f"livewall_setups_incomplete {incomplete}.0" in samples


def test_all_agree(reported: tuple[Dashboard, dict[str, str]]) -> None:
    _agree(*reported)


def test_all_agree_after_a_restart(
    reported: tuple[Dashboard, dict[str, str]], make_app: Callable[..., Dashboard]
) -> None:
    app, keys = reported
    app.stop()
    _agree(make_app(), keys)


def test_what_an_earlier_release_stored_comes_right(
    reported: tuple[Dashboard, dict[str, str]], make_app: Callable[..., Dashboard], database_url: str
) -> None:
    """Its rule knew the stored results alone, and it wrote so whenever it ran; none had tests that are NOT RUN."""
    app, keys = reported
    app.stop()
    with psycopg.connect(database_url) as connection:
        connection.execute("""
            UPDATE run SET missing_failures = 0, status = CASE WHEN verification = 'verified' THEN status
                WHEN failed > 0 THEN 'FAIL' WHEN passed > 0 THEN 'PASS'
                WHEN skipped > 0 OR state = 'finished' THEN 'SKIP' END""")
    _agree(make_app(), keys)


def test_a_run_that_goes_on_has_no_status_yet_but_a_tile_of_how_it_stands(
    client: FlaskClient, reporter: Reporter
) -> None:
    process = reporter.process(setup="vm1")
    process.start_suite("s1", "Suite", total=2, test_count=2)
    process.send(process.test("s1", "Suite", 1, PASS))
    run = client.get(f"/api/v1/runs/{process.run}").json
    assert (run["state"], run["status"], run["missing"]) == ("running", None, 0)
    assert client.get("/api/v1/live?setup=vm1").json["setups"][0]["status"] == "PASS"
