"""A run id used twice, by two nodes at once and by a rerun: each robot's results are there, apart and whole."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from support.lab import NODE_ZONE, Lab
from support.oracle import Record, assert_equal, read_output
from support.robot import Run
from support.steady import SteadyRun

KEY = "nightly"


def test_by_two_nodes_at_once(own_lab: Lab, steady: Callable[..., SteadyRun]) -> None:
    """Neither is pabot, so nobody told the wall how many there will be."""
    one = steady(own_lab, run_id=KEY, setup="vm1")
    other = steady(own_lab, run_id=KEY, setup="vm2")
    assert other.setup == "vm1", "a run stays where it began"
    first = one.finish()
    other.goes_on("after the other's end")
    assert own_lab.database.run(KEY)["state"] == "running"
    _hold(own_lab, first, other.finish())


def test_by_a_rerun(own_lab: Lab, steady: Callable[..., SteadyRun]) -> None:
    first = steady(own_lab, run_id=KEY, setup="vm1").finish()
    own_lab.holds(first)
    second = steady(own_lab, run_id=KEY, setup="vm1").finish()
    _hold(own_lab, first, second)
    own_lab.dashboard.restart()
    third = steady(own_lab, run_id=KEY, setup="vm1")
    total = _hold(own_lab, first, second, third.finish())
    own_lab.dashboard.restart()
    assert own_lab.dashboard.tile("vm1")["counts"] == total


def _hold(lab: Lab, *runs: Run) -> dict[str, int]:
    """The oracle for each of the robots; -> the counts of all, which are the run's and the tile's."""
    run = lab.verified(KEY)
    outputs = [read_output(one.output, ZoneInfo(NODE_ZONE)) for one in runs]
    processes = {_began(record): record for record in _by_process(lab)}
    assert len(processes) == len(outputs)
    for output in outputs:
        assert_equal(output, processes[_began(output)])
    total = {
        name: sum(getattr(output, name) for output in outputs) for name in ("total", "passed", "failed", "skipped")
    }
    total["expected_failures"] = 0
    assert {name: run[name] for name in total} == total
    assert lab.dashboard.tile("vm1")["counts"] == total
    return total


def _by_process(lab: Lab) -> list[Record]:
    return [lab.database.record(KEY, process["name"]) for process in lab.database.processes(KEY)]


def _began(record: Record) -> object:
    return record.suites[0].start_time
