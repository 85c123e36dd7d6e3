"""The output.xml of a robot that was killed is a partial run; of the same run nothing is stored twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from livewall_dashboard.importing.killed_runs import KnownOtherwise
from livewall_dashboard.importing.times import Clock
from support.environment import quiet_environment
from support.import_lab import ZONE, ImportLab
from support.lab import NODE_ZONE
from support.outputs import Case, Suite
from support.waiting import wait_for

TESTS = [Case(f"T{number}") for number in range(6)]
SUITE = """
*** Test Cases ***
Passes
    FOR    ${i}    IN RANGE    300
        Log    ${i}
    END
Passes Too
    FOR    ${i}    IN RANGE    300
        Log    ${i}
    END
Hangs
    FOR    ${i}    IN RANGE    300
        Log    ${i}
    END
    Sleep    60 s
"""


def cut(path: Path, tests: int) -> Path:
    """The file as far as it was written when so many tests had ended."""
    parts = path.read_text(encoding="utf-8").split("</test>")
    shorter = path.with_name(f"{path.stem}-{tests}.xml")
    shorter.write_text("</test>".join(parts[: tests + 1])[:-20], encoding="utf-8")
    return shorter


@pytest.fixture
def whole(lab: ImportLab) -> Path:
    path = lab.output(Suite("Root", TESTS))
    text = path.read_text(encoding="utf-8").replace(" rpa=", ' generated="2026-03-01T12:00:00.230000" rpa=', 1)
    path.write_text(text, encoding="utf-8")
    return path


def state(lab: ImportLab, key: str) -> tuple[object, ...]:
    run = lab.database.run(key)
    return run["state"], run["verification"], run["status"], run["passed"]


def test_a_robot_that_was_killed(lab: ImportLab, tmp_path: Path) -> None:
    (tmp_path / "killed.robot").write_text(SUITE, encoding="utf-8")
    output = tmp_path / "output.xml"
    robot = [sys.executable, "-m", "robot", "--outputdir", str(tmp_path), "--log", "NONE", "--report", "NONE"]
    process = subprocess.Popen(
        [*robot, str(tmp_path / "killed.robot")],
        env={**quiet_environment(), "TZ": NODE_ZONE},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: output.exists() and output.read_bytes().count(b"</test>") >= 2, 60, "two tests to be written")
    finally:
        process.kill()
        process.wait()
    told = lab.take_in(output, setup="vm1")
    assert (told.is_new, told.is_partial, told.tests) == (True, True, 2)
    assert "It ends in the middle, in line " in told.note
    assert state(lab, told.key) == ("finished", "partial", None, 2)
    held = lab.everything()
    again = lab.take_in(output, setup="vm1")
    assert (again.key, again.change, again.is_partial) == (told.key, None, True)
    assert lab.everything() == held
    assert lab.take_in(output, setup="vm2").key != told.key
    assert [suite.status for suite in lab.database.record(told.key).suites] == [""]


def test_a_robot_that_still_wrote_it_completes_the_run(lab: ImportLab, whole: Path) -> None:
    told = lab.take_in(cut(whole, 2), setup="vm1", clock=Clock(ZONE))
    assert state(lab, told.key) == ("finished", "partial", None, 2)
    longer = lab.take_in(cut(whole, 4), setup="vm1", clock=Clock(ZONE))
    assert longer.key == told.key and longer.change is not None and longer.change.tests_added == 2
    complete = lab.take_in(whole, setup="vm1", clock=Clock(ZONE))
    assert complete.key == told.key and not complete.is_partial
    lab.holds(told.key, whole)
    assert lab.take_in(whole, setup="vm1", clock=Clock(ZONE)).change is None
    with pytest.raises(KnownOtherwise, match="only a whole file"):
        lab.take_in(cut(whole, 3), setup="vm1", clock=Clock(ZONE))
    lab.holds(told.key, whole)


@pytest.mark.parametrize("setup", ["vm1", None])
def test_what_a_node_reported_or_a_whole_file_brought_is_left(lab: ImportLab, whole: Path, setup: str | None) -> None:
    lab.report(lab.events(whole)[:-4], whole, setup="vm1")
    held = lab.everything()
    with pytest.raises(KnownOtherwise, match="run run-1 on vm1"):
        lab.take_in(cut(whole, 3), setup=setup)
    assert lab.everything() == held


def test_beside_the_run_of_a_whole_file(lab: ImportLab, whole: Path) -> None:
    lab.take_in(whole, setup="vm1")
    with pytest.raises(KnownOtherwise):
        lab.take_in(cut(whole, 3), setup="vm1")
    assert lab.take_in(cut(whole, 3), setup="vm2").is_new, "another setup's run is another"
