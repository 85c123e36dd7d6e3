"""What a wall is told equals output.xml, on the newest and the oldest Robot Framework.

Most of these runs are looked at on the newest by test_traps.py, down to Postgres: here that is the long form.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.marks import in_the_long_form
from support.oracle import assert_equal, read_output
from support.robot import run_robot
from support.wall import RecordingWall, record_of

OF_THE_NEWEST = ("traps", "no output")
SUITES = Path(__file__).parents[1] / "suites"
RUNS: dict[str, tuple[str, list[str]]] = {
    "traps": ("traps", []),
    "slow": ("slow", ["--variable", "PAUSE:20ms"]),
    "fatal error": ("fatal", []),
    "exit on failure": ("traps", ["--exitonfailure"]),
    "dry run": ("traps", ["--dryrun"]),
    "skip on failure": ("traps", ["--skiponfailure", "traps", "--randomize", "all:7"]),
    "renamed before the run": ("traps", ["--prerunmodifier", str(SUITES / "modifier.py"), "--name", "Root 🐙"]),
    "empty": ("empty", ["--runemptysuite"]),
    "no output": ("slow", ["--variable", "PAUSE:1ms", "--output", "NONE"]),
}
RUNS_AND_ROBOTS = [
    *((name, "newest") for name in OF_THE_NEWEST),
    *((name, "oldest") for name in RUNS),
    *in_the_long_form(*((name, "newest") for name in RUNS if name not in OF_THE_NEWEST)),
]


def tolerance(robot: str | None) -> dict[str, Any]:
    """The oldest has milliseconds."""
    return {"resolution": 0.0011} if robot else {}


@pytest.mark.parametrize(("name", "robot"), RUNS_AND_ROBOTS, indirect=["robot"])
def test_events_end_as_output_xml_says(wall: RecordingWall, tmp_path: Path, robot: str | None, name: str) -> None:
    suites, args = RUNS[name]
    run = run_robot(SUITES / suites, *args, cwd=tmp_path, url=wall.url, robot=robot)
    process = wall.process(run.run_id)
    assert process.kinds()[-1] == "end_process" and process.kinds()[0] == "start_suite"
    assert "livewall" not in run.console
    assert list(run.spool.iterdir()) == []
    if "NONE" in args:
        assert not run.output.exists() and wall.record(run.run_id).total > 0
    else:
        assert_equal(read_output(run.output), record_of(process.events), **tolerance(robot))


def test_totals_and_plan_come_first(wall: RecordingWall, tmp_path: Path, robot: str | None) -> None:
    run = run_robot(
        SUITES / "slow", "--variable", "PAUSE:1ms", "--exclude", "none", cwd=tmp_path, url=wall.url, robot=robot
    )
    events = wall.process(run.run_id).events
    total = read_output(run.output).total
    assert events[0]["total"] == events[0]["test_count"] == total
    assert sum(len(event["tests"]) for event in events if event["kind"] == "plan") == total
    assert {event["total"] for event in events if "total" in event} == {total}


def test_who_where_and_what_with(wall: RecordingWall, tmp_path: Path, robot: str | None) -> None:
    env = {"LIVEWALL_LABELS": "os=debian-11,arch=amd64", "BUILD_URL": "https://ci/7/", "GIT_COMMIT": "abc"}
    listener = f"livewall_listener.Listener:{wall.url}:setup=rack 2: left"
    run = run_robot(
        SUITES / "empty", "--runemptysuite", cwd=tmp_path, robot=robot, env=env, listener=listener, run_id="a/b"
    )
    assert run.exit_code == 0, run.console
    (run_id,) = wall.runs
    assert run_id.startswith("a-b-")
    info = wall.process().infos[0]
    assert info["setup"] == "rack 2: left" and info["labels"] == {"os": "debian-11", "arch": "amd64"}
    assert info["build"]["url"] == "https://ci/7/" and info["commit"] == "abc"
    assert info["robot_version"] == ("6.1.1" if robot else info["robot_version"])
    assert info["host"] and "127.0.0.1" in info["addresses"] and not info["pabot"]
