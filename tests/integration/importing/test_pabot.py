"""pabot: what its processes lost comes back from the merged output.xml, or from each one's own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from robot.api import ExecutionResult

from livewall_dashboard.base.errors import Conflict
from livewall_dashboard.importing.model import Unreadable
from support.import_lab import ImportLab
from support.lab import NODE_ZONE
from support.oracle import assert_equal, read_output
from support.outputs import Case, Suite

LEFT = Suite("Left", [Case("A"), Case("B", "FAIL", "No")], teardown=("FAIL", "Dirty"))
RIGHT = Suite("Right", [Case("A", "SKIP", "later"), Case("C", tags=["t"])])


def parts(lab: ImportLab) -> list[Path]:
    """Each process's own file; the second began a second later."""
    return [
        lab.output(Suite("Root", suites=[LEFT])),
        lab.output(Suite("Root", suites=[RIGHT]), after=timedelta(seconds=1)),
    ]


def merged(lab: ImportLab, files: list[Path]) -> Path:
    """As pabot puts them together: Robot Framework's model of both, written by rebot; the root began with the first."""
    first, second = (ExecutionResult(str(file)) for file in files)
    first.suite.suites.append(second.suite.suites[0])
    start = first.suite.start_time
    first.suite.start_time = start.replace(microsecond=start.microsecond // 1000 * 1000)
    path = lab.directory / "merged.xml"
    first.save(str(path))
    assert 'generator="Rebot' in path.read_text()
    return path


def report(lab: ImportLab, files: list[Path], *lost: int) -> None:
    """Both processes tell, each without its last `lost` events."""
    for number, (file, count) in enumerate(zip(files, lost, strict=True)):
        events = lab.events(file)
        info = {"slot": str(number), "pabot": True, "last_in_pool": number == 1}
        lab.report(events[: len(events) - count], file, name=f"{number}-x", state=None, **info)
    lab.state("run-1", "abandoned" if any(lost) else "finished")


def holds_merged(lab: ImportLab, path: Path) -> None:
    run = lab.database.run("run-1")
    assert (run["state"], run["verification"], run["missing"]) == ("finished", "verified", 0)
    assert_equal(read_output(path, ZoneInfo(NODE_ZONE)), lab.database.record("run-1"))


@pytest.mark.parametrize("lost", [(3, 0), (0, 2), (1, 1), (8, 6)])
def test_the_merged_file_mends_all(lab: ImportLab, lost: tuple[int, int]) -> None:
    files = parts(lab)
    report(lab, files, *lost)
    path = merged(lab, files)
    outcome = lab.take_in(path)
    assert outcome.change is not None and outcome.change.tests_added == 4
    holds_merged(lab, path)
    before = lab.everything()
    assert lab.take_in(path).change is None
    assert lab.everything() == before


def test_each_process_s_own_file_mends_it(lab: ImportLab) -> None:
    files = parts(lab)
    report(lab, files, 3, 2)
    for file in files:
        assert lab.take_in(file).change is not None
    run = lab.database.run("run-1")
    assert (run["state"], run["verification"], run["missing"]) == ("finished", "verified", 0)
    for number, file in enumerate(files):
        assert_equal(read_output(file, ZoneInfo(NODE_ZONE)), lab.database.record("run-1", f"{number}-x"))


def test_a_run_that_is_whole_is_left_as_it_is(lab: ImportLab) -> None:
    files = parts(lab)
    report(lab, files, 0, 0)
    before = lab.everything()
    for file in (merged(lab, files), *files):
        assert lab.take_in(file).change is None
    assert lab.everything() == before


def test_a_process_that_comes_late_to_the_merged_run_changes_nothing(lab: ImportLab) -> None:
    files = parts(lab)
    report(lab, files, 3, 2)
    path = merged(lab, files)
    lab.take_in(path)
    before = lab.everything()
    for name in ("0-x", "0-unknown"):
        late = lab.report([], files[0], name=name, state=None, slot="0", pabot=True)
        assert late.position is not None and late.position.ended
        assert late.committed(1) > 100
    holds_merged(lab, path)
    assert lab.everything()["result"] == before["result"]


def test_what_pabot_still_runs_is_refused(lab: ImportLab) -> None:
    files = parts(lab)
    report(lab, files, 3, 2)
    lab.state("run-1", "running")
    for file in (merged(lab, files), files[0]):
        with pytest.raises(Conflict, match="still goes on"):
            lab.take_in(file)


def test_tests_missing_from_a_pabot_run_that_was_given_up_are_counted(lab: ImportLab) -> None:
    files = parts(lab)
    report(lab, files, 3, 7)
    # Of the first one's 2 tests both are there; the second one's start was, and pabot announced 5 in all.
    assert lab.database.run("run-1")["missing"] == 2
    lab.report([], files[1], name="2-x", state=None, slot="2", pabot=True, total=5)
    lab.state("run-1", "abandoned")
    assert lab.database.run("run-1")["missing"] == 3


def test_a_rerun_that_was_merged_is_not_stored_over_the_rerun(lab: ImportLab) -> None:
    """As `pabot --rerunfailed` and `rebot --merge` leave it: complete runs, and a file that is of both."""
    whole = lab.output(Suite("Root", suites=[LEFT, RIGHT]))
    rerun = lab.output(Suite("Root", suites=[Suite("Left", [Case("B")])]), after=timedelta(seconds=30))
    for run, file in (("first", whole), ("again", rerun)):
        lab.report(lab.events(file), file, run=run, name="0-x", state="finished", slot="0", pabot=True)
    path = lab.directory / "merged.xml"
    ExecutionResult(str(whole), str(rerun), merge=True).save(str(path))
    before = lab.everything()
    for wish in ({}, {"run": "again"}, {"run": "first"}, {"setup": "vm1"}):
        with pytest.raises((Conflict, Unreadable)):
            lab.take_in(path, **wish)
    assert lab.everything() == before
    made = lab.take_in(path, run="merged", setup="vm1")
    assert made.is_new and made.tests == 4
    assert [run for run in lab.database.runs_of("vm1") if run != "merged"] == ["first", "again"]


def test_what_rebot_changed_is_not_stored_over_a_run_that_is_complete(lab: ImportLab) -> None:
    files = parts(lab)
    report(lab, files, 0, 0)
    single = lab.output(Suite("Single", [Case("A")]), after=timedelta(hours=1))
    lab.report(lab.events(single), single, run="single", state="finished")
    before = lab.everything()
    for file, run in ((merged(lab, files), "run-1"), (single, "single")):
        result = ExecutionResult(str(file))
        for test in result.suite.all_tests:
            test.tags.add("added by rebot")
        changed = lab.directory / f"changed-{run}.xml"
        result.save(str(changed))
        with pytest.raises(Conflict, match=f"Run {run} on vm1 is complete and verified; this file, put together"):
            lab.take_in(changed)
        assert lab.everything() == before
    assert lab.take_in(changed, force=True).change is not None
