"""Which starts of tests a wall is told of: those of tests that it can show."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.oracle import assert_equal, read_output
from support.robot import start_robot
from support.waiting import wait_for
from support.wall import RecordingWall

QUICK = 200
SUITE = """
*** Settings ***
Library     OperatingSystem

*** Test Cases ***
{quick}
Slow
    Wait Until Created    ${{FLAG}}    60s

{more}
"""


def quick(first: int) -> str:
    return "".join(f"Quick {number}\n    No Operation\n\n" for number in range(first, first + QUICK // 2))


@pytest.mark.both_deliveries
def test_of_quick_tests_only_the_ends_and_of_a_slow_one_while_it_runs(
    wall: RecordingWall, tmp_path: Path, robot: str | None
) -> None:
    flag, suite = tmp_path / "flag", tmp_path / "a.robot"
    suite.write_text(SUITE.format(quick=quick(0), more=quick(QUICK)), encoding="utf-8")
    running = start_robot(suite, "--variable", f"FLAG:{flag}", cwd=tmp_path, url=wall.url, robot=robot)
    try:
        wait_for(lambda: "Slow" in starts(wall, running.run_id), 60, "the test that runs to be told")
        assert len(wall.process(running.run_id).of("end_test")) == QUICK // 2
        flag.touch()
        run = running.finish()
    finally:
        running.kill()
    assert_equal(read_output(run.output), wall.record(run.run_id))
    told = starts(wall, run.run_id)
    assert told.count("Slow") == 1
    assert told.count("Slow") < len(told) < QUICK / 2, (
        "the first, the one after Slow, and where the machine stood still"
    )


def starts(wall: RecordingWall, run: str) -> list[str]:
    return [event["name"] for event in wall.process(run).of("start_test")]
