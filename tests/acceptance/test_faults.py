"""Whatever is killed, stopped or cut in the middle of a run: at its end Postgres equals output.xml, nothing twice."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import psutil
import pytest

from support.dashboard import Dashboard
from support.faults import FaultProxy, Mode
from support.lab import Lab, resend
from support.postgres import Databases, Postgres
from support.robot import RunningRobot
from support.waiting import wait_for

SEED = 20261122
KILLS = 10


@pytest.fixture
def own_lab(make_dashboard: Callable[..., Dashboard], tmp_path: Path) -> Lab:
    """A lab with a dashboard that may be hurt."""
    return Lab(make_dashboard(extra_args=["--data", str(tmp_path / "data")]).start(), tmp_path)


@pytest.fixture
def steady() -> Iterator[Callable[..., RunningRobot]]:
    """Starts runs that go on until `_let_go`; none outlives the test."""
    started: list[RunningRobot] = []

    def start(lab: Lab, **options: object) -> RunningRobot:
        robot = lab.start("steady", "--variable", f"FLAG:{lab.directory / 'go'}", **options)
        started.append(robot)
        wait_for(lambda: lab.dashboard.tile(_setup_of(lab, robot))["counts"]["passed"] > 5, what="the run to go")
        return robot

    yield start
    for robot in started:
        robot.kill()


def test_kill_9_of_the_dashboard_at_random_moments(own_lab: Lab, steady: Callable[..., RunningRobot]) -> None:
    lab, moments = own_lab, random.Random(SEED)
    robot = steady(lab)
    for _ in range(KILLS):
        _sleep_under_load(moments.uniform(0.02, 0.8))
        lab.dashboard.kill()
        assert robot.process.poll() is None, "the run ended before the last kill"
        lab.dashboard.start()
    _let_go(lab)
    wait_for(lambda: "Second" in robot.console, what="the end to come near")
    lab.dashboard.kill()
    lab.dashboard.start()
    run = robot.finish()
    resend(lab, run.spool)
    held = lab.holds(run)
    assert held.total > 300 and held.failed and held.skipped


def test_sigterm_restart_of_the_dashboard(own_lab: Lab, steady: Callable[..., RunningRobot]) -> None:
    lab = own_lab
    robot = steady(lab)
    setup = _setup_of(lab, robot)
    before = lab.dashboard.tile(setup)["counts"]["passed"]
    lab.dashboard.restart()
    tile = lab.dashboard.tile(setup)
    assert tile["state"] in ("running", "stale"), "the wall knows open runs right after its start"
    assert tile["counts"]["passed"] >= before
    wait_for(lambda: lab.dashboard.tile(setup)["counts"]["passed"] > before + 20, what="the run to go on")
    _let_go(lab)
    lab.holds(robot.finish())


def test_postgres_gone_for_20_seconds(
    own_postgres: Postgres,
    make_dashboard: Callable[..., Dashboard],
    tmp_path: Path,
    steady: Callable[..., RunningRobot],
) -> None:
    database_url = Databases(own_postgres.url).create()
    lab = Lab(
        make_dashboard(database_url=database_url, extra_args=["--data", str(tmp_path / "data")]).start(), tmp_path
    )
    robot = steady(lab)
    setup = _setup_of(lab, robot)
    assert lab.dashboard.request("PUT", "/api/v1/runs/other", {"process": "0", "setup": "other"})[0] == 200
    own_postgres.stop("immediate")
    memory = psutil.Process(lab.dashboard.pid).memory_info().rss
    gone_until = time.monotonic() + 20
    while time.monotonic() < gone_until:
        done = _done(lab, setup)
        wait_for(lambda: _done(lab, setup) > done, 20, "the wall to stay live")  # noqa: B023 - called at once
    status, body, headers = lab.dashboard.request("POST", "/api/v1/runs/other/events", _first_batch())
    assert (status, int(headers["retry-after"]) > 0) == (503, True), (status, body, headers)
    assert lab.dashboard.request("GET", "/healthz")[0] == 503
    assert psutil.Process(lab.dashboard.pid).memory_info().rss < memory + 30e6
    own_postgres.start()
    _let_go(lab)
    run = robot.finish()
    held = lab.holds(run)
    assert held.total > 500
    lab.dashboard.stop()


def test_every_fault_of_the_line(lab: Lab, steady: Callable[..., RunningRobot]) -> None:
    with FaultProxy(lab.dashboard.port) as proxy:
        robot = steady(lab, url=proxy.url)
        for mode in get_args(Mode):
            if mode == "pass":
                continue
            proxy.mode = mode
            wait_for(lambda: proxy.met[mode], what=mode)  # noqa: B023 - called at once
            _sleep_under_load(1)
            proxy.mode = "pass"
            proxy.cut()
            done = _done(lab, _setup_of(lab, robot))
            wait_for(lambda: _done(lab, _setup_of(lab, robot)) > done, what=f"news after {mode}")  # noqa: B023
        _let_go(lab)
        lab.holds(robot.finish())


def test_a_wall_that_is_away_for_whole_runs_gets_them_while_the_next_one_goes_on(
    make_dashboard: Callable[..., Dashboard], tmp_path: Path, steady: Callable[..., RunningRobot]
) -> None:
    dashboard = make_dashboard(extra_args=["--data", str(tmp_path / "data")])
    lab = Lab(dashboard, tmp_path)
    quick = ("--variable", "PAUSE:10ms")
    alone = lab.run("slow", *quick, listener=None)
    runs = [lab.run("slow", *quick, setup="vm1") for _ in range(2)]
    for run in runs:
        assert run.exit_code == alone.exit_code
        for words in ("cannot be reached", "python -m livewall_listener resend"):
            assert run.console.count(words) == 1, run.console
    dashboard.start()
    robot = steady(lab, setup="vm1")
    for run in runs:
        lab.holds(run)
    _let_go(lab)
    last = robot.finish()
    lab.holds(last)
    assert lab.database.runs_of("vm1")[-1] == runs[-1].run_id, "they came in the order in which they had run"
    assert not list(last.spool.glob("*.spool")), "nothing is left on the node"


def test_the_listener_changes_neither_exit_code_nor_output(lab: Lab) -> None:
    without = lab.run("traps", listener=None)
    assert _timeless(lab.run("traps").output) == _timeless(without.output)
    slow = ("slow", "--variable", "PAUSE:1ms")
    nowhere = lab.run(*slow, url="http://127.0.0.1:9")
    alone = lab.run(*slow, listener=None)
    assert nowhere.exit_code == alone.exit_code
    assert _tests_timeless(nowhere.output) == _tests_timeless(alone.output)


def test_ten_robots_side_by_side(lab: Lab) -> None:
    robots = [lab.start("slow", "--variable", "PAUSE:50ms", setup=f"side-{number}") for number in range(10)]
    for robot in robots:
        lab.holds(robot.finish())


def _setup_of(lab: Lab, robot: RunningRobot) -> str:
    return str(lab.database.run(robot.run_id)["setup"])


def _done(lab: Lab, setup: str) -> int:
    counts = lab.dashboard.tile(setup)["counts"]
    return int(counts["passed"] + counts["failed"] + counts["skipped"])


def _let_go(lab: Lab) -> None:
    (lab.directory / "go").touch()


def _sleep_under_load(seconds: float) -> None:
    """The moment of a fault is meant to be any moment: there is nothing to wait for."""
    time.sleep(seconds)


def _first_batch() -> dict[str, object]:
    start = {"kind": "start_suite", "id": "s1", "name": "S", "longname": "S", "start_time": "2026-01-01T00:00:00Z"}
    return {"process": "0", "first_seq": 1, "events": [{**start, "total": 1, "test_count": 1}]}


def _timeless(output: Path) -> str:
    text = output.read_text(encoding="utf-8")
    return re.sub(r' (start|elapsed|generated|time)="[^"]*"', "", text)


def _tests_timeless(output: Path) -> str:
    """Without the messages after the run, where the listener may have said that it reached nobody."""
    return _timeless(output).partition("<errors>")[0]
