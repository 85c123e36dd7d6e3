"""A wall is backed up under load, and what comes back equals what robot wrote; what it logs and counts meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support.dashboard import Dashboard
from support.environment import quiet_environment
from support.lab import NODE_ZONE, Lab
from support.oracle import Record, assert_equal, read_output
from support.recorded import read_api
from support.robot import Run, RunningRobot
from support.waiting import wait_for


@pytest.fixture
def running() -> Iterator[list[RunningRobot]]:
    started: list[RunningRobot] = []
    yield started
    for robot in started:
        robot.kill()


def livewall(*words: object) -> str:
    command = [sys.executable, "-m", "livewall_dashboard", *map(str, words)]
    done = subprocess.run(command, env=quiet_environment(), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_comes_back_equals_what_robot_wrote(
    make_dashboard: Callable[..., Dashboard], running: list[RunningRobot], tmp_path: Path
) -> None:
    """`livewall up`: a whole run with its log before, others in full swing."""
    wall = make_dashboard(database_url=None, extra_args=["--log-format", "json"]).start()
    lab = Lab(wall, tmp_path)
    upload = {"LIVEWALL_ARTIFACTS": "log", "LIVEWALL_TIMEOUT": "120"}
    whole = lab.start("slow", "--log", "log.html", setup="whole", env=upload).finish()
    assert wall.get(f"/api/v1/runs/{whole.run_id}")["artifacts"], whole.console
    for setup in ("busy-1", "busy-2"):
        words = ("--variable", f"FLAG:{tmp_path / 'go'}", "--variable", "PAUSE:0.05")
        running.append(lab.start("steady", *words, setup=setup))
        wait_for(lambda: wall.tile(setup)["counts"]["passed"] > 5, what="the run to go")  # noqa: B023 - called at once
    livewall("backup", "--data", wall.data, tmp_path / "wall.zip")
    assert all(robot.process.poll() is None for robot in running), "the others went on all the time"
    (tmp_path / "go").touch()
    busy = [robot.finish() for robot in running]
    wall.stop()
    holds_runs(wall.log, {whole.run_id: "whole", busy[0].run_id: "busy-1", busy[1].run_id: "busy-2"})

    livewall("restore", tmp_path / "wall.zip", "--data", tmp_path / "new")
    soon = ["--stale-after", "1", "--abandon-after", "2"]
    again = make_dashboard(database_url=None, data=tmp_path / "new", extra_args=soon).start()
    assert_equal(expected(whole), read_api(again.get, whole.run_id))
    assert again.get(f"/api/v1/runs/{whole.run_id}")["verification"] == "verified"
    log = again.request("GET", f"/runs/{whole.run_id}/artifacts/log.html")
    assert (log[0], log[1]) == (200, whole.output.with_name("log.html").read_bytes())
    for run in busy:  # as far as they had come; their suites' teardowns changed what was stored by then
        written = {test.id: test for test in expected(run).tests}
        stored = read_api(again.get, run.run_id).tests
        assert 5 < len(stored) < len(written)
        assert [(test.id, test.name, test.tags) for test in stored] == [
            (test.id, written[test.id].name, written[test.id].tags) for test in stored
        ]
    lost = busy[0]
    wait_for(lambda: again.get(f"/api/v1/runs/{lost.run_id}")["state"] == "abandoned", 60, "the run to be given up")
    livewall("import", "--data", again.data, "--timezone", NODE_ZONE, lost.output)
    assert_equal(expected(lost), read_api(again.get, lost.run_id))
    again.stop()


def expected(run: Run) -> Record:
    return read_output(run.output, ZoneInfo(NODE_ZONE))


def holds_runs(log: str, runs: dict[str, str]) -> None:
    """Each line of the log is an object, and those about these runs name their setups."""
    told = [json.loads(line) for line in log.splitlines()]
    assert all({"time", "level", "logger", "message"} <= one.keys() for one in told)
    assert any("the wall is at" in one["message"] for one in told)
    assert {one["run"]: one["setup"] for one in told if "run" in one} == runs
    for run in runs:
        words = [one["message"] for one in told if one.get("run") == run]
        assert words[0].endswith("begins") and "All that was sent is stored: verified" in words, words
