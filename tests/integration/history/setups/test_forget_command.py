"""`livewall forget`, beside a wall that runs and without one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from livewall_dashboard.app import Dashboard
from livewall_dashboard.cli import cli
from livewall_dashboard.lab import Lab, SetupConfig
from support.reporter import Reporter, T, through_flask
from support.walls import thread_of, wall_on

pytestmark = pytest.mark.any_python

Forget = Callable[..., Result]


@pytest.fixture
def forget(database_url: str, tmp_path: Path) -> Forget:
    def run(*words: str) -> Result:
        wall = ["--database-url", database_url, "--data", str(tmp_path)]
        return CliRunner().invoke(cli, ["forget", *wall, *words])

    return run


@pytest.fixture
def make_wall(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Dashboard]]:
    made: list[Dashboard] = []

    def make(*configured: str, forget_after: timedelta | None = timedelta(days=14)) -> Dashboard:
        for one in made:
            one.stop()
        made.clear()
        lab = Lab.of([SetupConfig(name) for name in configured], forget_after=forget_after)
        wall = wall_on(database_url, lab, data=tmp_path)
        wall.start()
        made.append(wall)
        return wall

    yield make
    for wall in made:
        wall.stop()


def names(wall: Dashboard) -> list[str]:
    thread_of(wall, "forgotten setups")._work()
    return [tile["setup"] for tile in wall.flask.test_client().get("/api/v1/live").json["setups"]]  # type: ignore[index]


def report(wall: Dashboard, *setups: str, ended: bool = True) -> None:
    for setup in setups:
        Reporter(through_flask(wall.flask.test_client())).run([T("One")], setup=setup, ended=ended)


def test_a_wall_that_runs_drops_the_tile_and_a_restart_does_not_bring_it_back(
    forget: Forget, make_wall: Callable[..., Dashboard]
) -> None:
    wall = make_wall()
    report(wall, "vm1", "vm2", "ci-1", "ci-2")
    done = forget("vm1", "ci-*")
    assert done.exit_code == 0, done.output
    assert sorted(line.split()[0] for line in done.output.splitlines()) == ["ci-1", "ci-2", "vm1"]
    assert "forgotten; its history stays (1 run)" in done.output
    assert names(wall) == ["vm2"]
    wall = make_wall()
    assert names(wall) == ["vm2"]
    client = wall.flask.test_client()
    assert len(client.get("/api/v1/runs?setup=vm1").json["runs"]) == 1, "its history stays"  # type: ignore[index]
    report(wall, "vm1")
    assert sorted(names(wall)) == ["vm1", "vm2"]
    assert sorted(names(make_wall())) == ["vm1", "vm2"], "news that is later brings it back for good"


def test_what_cannot_be_forgotten_is_said_and_the_others_are(
    forget: Forget, make_wall: Callable[..., Dashboard], tmp_path: Path
) -> None:
    wall = make_wall("rack")
    report(wall, "rack", "vm1")
    report(wall, "busy", ended=False)
    (tmp_path / "setups_config.json").write_text(json.dumps({"setups": [{"name": "rack"}]}))
    done = forget("rack", "busy", "vm1", "vm11", "xx-*")
    assert done.exit_code == 1
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["vm1"]
    assert "rack: it is in the configuration" in done.stderr
    assert "busy: a run goes on there" in done.stderr
    assert "vm11: there is no such setup; there is 'vm1'." in done.stderr
    assert "xx-*: there is no such setup." in done.stderr
    assert names(wall) == ["rack", "busy"]


def test_a_dry_run_changes_nothing(forget: Forget, make_wall: Callable[..., Dashboard], database_url: str) -> None:
    wall = make_wall()
    report(wall, "vm1")
    done = forget("--dry-run", "*")
    assert (done.exit_code, "vm1" in done.output, "would be forgotten" in done.output) == (0, True, True)
    assert names(wall) == ["vm1"]
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(forgotten_at) FROM setup").fetchone() == (0,)


def test_a_run_that_was_given_up_does_not_bring_it_back(
    forget: Forget, make_wall: Callable[..., Dashboard], database_url: str
) -> None:
    wall = make_wall()
    report(wall, "vm1", ended=False)
    with wall.core.lock:
        wall.core.intake._record(wall.core.wall.tick(wall.core.clock() + timedelta(minutes=10)))
    wall = make_wall()
    assert names(wall) == ["vm1"]
    done = forget("vm1")
    assert done.exit_code == 0, done.output
    assert names(wall) == []
    assert names(make_wall()) == []


def test_one_that_has_not_run_for_long_is_off_the_wall_until_the_configuration_has_it(
    make_wall: Callable[..., Dashboard], database_url: str
) -> None:
    wall = make_wall()
    report(wall, "old", "new")
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE run SET last_news_at = now() - interval '15 days' FROM setup"
            " WHERE setup.id = run.setup_id AND setup.name = 'old'"
        )
    wall = make_wall()
    assert names(wall) == ["new"]
    wall.core.lab._lab = Lab.of([SetupConfig("old")])  # as a file that has changed
    wall.core.lab.changed.send(wall.core.lab.current)
    assert names(wall) == ["old", "new"]
    tiles = {tile["setup"]: tile for tile in wall.flask.test_client().get("/api/v1/live").json["setups"]}  # type: ignore[index]
    assert tiles["old"]["status"] == "PASS", "with what the history has of it"
    assert names(make_wall(forget_after=None)) == ["new", "old"]
