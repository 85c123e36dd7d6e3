"""pabot: several processes, one run. Each process's rows equal its own output.xml, the run equals the merged one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support.lab import NODE_ZONE, SUITES, Lab, node
from support.oracle import MERGED, Record, assert_equal, read_output
from support.recorded import read_api
from support.robot import Run, run_pabot

QUICK = ("--variable", "PAUSE:10ms")
TWO_SUITES = (*QUICK, "--suite=a", "--suite=c")
"""One that fails at its end, and one that does not: eight tests of all kinds, and a process for each is enough."""


def test_plain(lab: Lab) -> None:
    # Not same_names: pabot names suites by longname, and would run those that share one twice.
    some = ("messages", "tags", "generated", "teardown_fails", "setup_fails")
    run = _pabot(lab, "traps", *(f"--suite={name}" for name in some), processes=3)
    held = _holds(lab, run.run_id, run.output)
    assert min(held.passed, held.failed, held.skipped) > 5
    assert len(lab.database.processes(run.run_id)) > 8


def test_a_process_for_each_test(lab: Lab) -> None:
    run = _pabot(lab, "slow", "--testlevelsplit", *TWO_SUITES)
    assert _holds(lab, run.run_id, run.output).total == 8
    assert len(lab.database.processes(run.run_id)) == 8


def test_with_pabotlib(lab: Lab) -> None:
    run = _pabot(lab, "pabotlib", "--pabotlib")
    assert _holds(lab, run.run_id, run.output).total == 4


def test_a_process_that_times_out_is_repeated(lab: Lab) -> None:
    """One at a time, so that it is the only one whose time passes."""
    hangs = lab.directory / "hangs"
    pabot = [str(SUITES / "patient_pabot.py"), str(hangs)]
    run = _pabot(lab, "hanging", "--processtimeout", "600", "--variable", f"HANGS:{hangs}", processes=1, pabot=pabot)
    held = _holds(lab, run.run_id, run.output)
    assert (held.total, held.passed) == (5, 1)


@pytest.mark.parametrize("setup", ["same-setup", ""], ids=["one setup", "setup left to the dashboard"])
def test_two_at_once_on_one_node_without_run_ids_are_two_runs(lab: Lab, setup: str) -> None:
    before = {row["key"] for row in lab.database.rows("SELECT key FROM run")}
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda _: _pabot(lab, "slow", *TWO_SUITES, run_id="", setup=setup), range(2)))
    new = [row["key"] for row in lab.database.rows("SELECT key FROM run ORDER BY id") if row["key"] not in before]
    assert len(new) == 2, new
    starts = {key: lab.database.record(key).tests[0].start_time for key in new}
    for run in runs:
        mine = {test.start_time for test in read_output(run.output, ZoneInfo(NODE_ZONE)).tests}
        (key,) = (key for key in new if starts[key] in mine)
        _holds(lab, key, run.output)


def test_without_a_run_id_all_processes_find_each_other(lab: Lab) -> None:
    _pabot(lab, "slow", "--testlevelsplit", *QUICK, "--suite=c", run_id="", setup="split-without-id")
    (key,) = lab.database.runs_of("split-without-id")
    lab.verified(key)
    assert (lab.database.record(key).total, len(lab.database.processes(key))) == (4, 4)


def _pabot(lab: Lab, suites: str, *args: str, **options: object) -> Run:
    chosen = {"url": lab.dashboard.url, "cwd": lab.directory, "setup": f"pabot-{suites}", "env": node(), **options}
    return run_pabot(SUITES / suites, "--log", "NONE", "--report", "NONE", *args, **chosen)  # type: ignore[arg-type]


def _holds(lab: Lab, key: str, merged: Path) -> Record:
    """The run, once verified: equal to pabot's merged output, and each process to its own."""
    run = lab.verified(key)
    for process in lab.database.processes(key):
        if not process["superseded"]:
            own = merged.parent / "pabot_results" / process["slot"].rpartition(".")[2] / "output.xml"
            assert_equal(read_output(own, ZoneInfo(NODE_ZONE)), lab.database.record(key, process["name"]))
    expected = _tests_of(read_output(merged, ZoneInfo(NODE_ZONE)))
    for actual in (lab.database.record(key), read_api(lab.dashboard.get, key)):
        assert_equal(expected, _tests_of(actual), by=MERGED, leave_out=["id"], ordered=False)
    assert run["lost"] == 0
    return expected


def _tests_of(record: Record) -> Record:
    """Without suites: those that several processes ran in part are pabot's to put together."""
    record.suites = []
    return record
