"""Runs whose wall was never there, or that share it with others: their results are whole, and they are unhurt."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from support.dashboard import Dashboard
from support.lab import Lab
from support.steady import LONG, SteadyRun
from support.waiting import wait_for

QUICK = ("--variable", "PAUSE:10ms")


def test_whole_runs_without_a_wall_arrive_while_the_next_one_goes_on(
    make_dashboard: Callable[..., Dashboard], tmp_path: Path, steady: Callable[..., SteadyRun]
) -> None:
    dashboard = make_dashboard()
    lab = Lab(dashboard, tmp_path)
    alone = lab.run("slow", *QUICK, listener=None)
    runs = [lab.run("slow", *QUICK, setup="vm1") for _ in range(2)]
    for run in runs:
        assert run.exit_code == alone.exit_code
        assert _tests_timeless(run.output) == _tests_timeless(alone.output)
        for words in ("cannot be reached", "python -m livewall_listener resend"):
            assert run.console.count(words) == 1, run.console
    left = list(runs[0].spool.glob("*.spool"))
    dashboard.start()
    following = steady(lab, setup="vm1")
    for run in runs:
        lab.holds(run)
    wait_for(lambda: not any(map(Path.exists, left)), LONG, "the disk to be free of them")
    following.holds()
    assert lab.database.runs_of("vm1")[-1] == runs[-1].run_id, "they came in the order in which they had run"
    assert dashboard.tile("vm1")["run"]["id"] == following.key
    assert not list(following.robot.spool.glob("*.spool")), "nothing is left on the node"


def test_the_listener_does_not_change_what_robot_writes(lab: Lab) -> None:
    without = lab.run("traps", listener=None)
    assert _timeless(lab.run("traps").output) == _timeless(without.output)


def test_five_robots_side_by_side(lab: Lab) -> None:
    robots = [lab.start("slow", *QUICK, setup=f"side-{number}") for number in range(5)]
    for robot in robots:
        lab.holds(robot.finish())


def _timeless(output: Path) -> str:
    text = output.read_text(encoding="utf-8")
    return re.sub(r' (start|elapsed|generated|time)="[^"]*"', "", text)


def _tests_timeless(output: Path) -> str:
    """Without the messages after the run, where the listener may have said that it reached nobody."""
    return _timeless(output).partition("<errors>")[0]
