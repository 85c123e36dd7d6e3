"""Libraries that change the process they run in: its clock, its working directory. The report does not mind."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.oracle import assert_equal, read_output
from support.robot import Run, run_robot
from support.wall import RecordingWall

SUITE = """
*** Settings ***
Library    library.py

*** Test Cases ***
Change
    Change
    Fail    never changed back

Afterwards
    Log    x
"""
FROZEN = {
    "freezegun": """
from freezegun import freeze_time
def change():
    freeze_time("2012-01-14 03:21:34").start()
""",
    "time-machine": """
import time_machine
def change():
    time_machine.travel(1326511294.0, tick=False).start()
""",
    "by hand": """
import time
def change():
    for name in ("time", "monotonic", "perf_counter"):
        setattr(time, name, lambda: 1.0)
    time.sleep = lambda seconds: None
""",
}
LEFT = {
    "left": "import os\ndef change():\n    os.chdir('/')\n",
    "left when imported": "import os\nos.chdir('/')\ndef change():\n    pass\n",
    "removed": """
import os
import tempfile
def change():
    os.chdir(tempfile.mkdtemp())
    os.rmdir(os.getcwd())
""",
}


def run(wall: RecordingWall, tmp_path: Path, library: str, **options: object) -> Run:
    (tmp_path / "library.py").write_text(library, encoding="utf-8")
    (tmp_path / "a.robot").write_text(SUITE, encoding="utf-8")
    return run_robot(tmp_path / "a.robot", cwd=tmp_path, url=wall.url, **options)


@pytest.mark.both_deliveries
@pytest.mark.parametrize("how", FROZEN)
def test_time_that_is_frozen_and_stays_so(wall: RecordingWall, tmp_path: Path, how: str) -> None:
    """Deliveries go on, to the last one; the results have the times that robot gave them."""
    done = run(wall, tmp_path, FROZEN[how])
    assert wall.process(done.run_id).kinds()[-1] == "end_process", done.console
    assert "livewall" not in done.console
    assert list(done.spool.iterdir()) == []
    # What began before and ended in the frozen time took less than nothing: that is 0 on the wall.
    assert_equal(read_output(done.output), wall.record(done.run_id), leave_out=("elapsed_time",))


@pytest.mark.parametrize("how", LEFT)
def test_a_working_directory_that_is_left(wall: RecordingWall, tmp_path: Path, robot: str | None, how: str) -> None:
    """A relative folder of spools is the one that it was when robot started: there is nothing left in it."""
    done = run(wall, tmp_path, LEFT[how], robot=robot, env={"LIVEWALL_SPOOL": "relative", "LIVEWALL_ARTIFACTS": "all"})
    assert wall.process(done.run_id).kinds()[-1] == "end_process", done.console
    assert "livewall" not in done.console
    assert list((tmp_path / "relative").iterdir()) == []
