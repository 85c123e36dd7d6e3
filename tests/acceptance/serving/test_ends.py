"""Runs that end before their time: Ctrl-C, SIGTERM, SIGKILL, a line that is dead for long."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from support.dashboard import Dashboard
from support.faults import FaultProxy
from support.lab import Lab, resend
from support.robot import RunningRobot
from support.waiting import wait_for

WAITING = "Waits In The Middle"


@pytest.fixture
def impatient_lab(make_dashboard: Callable[..., Dashboard], tmp_path: Path) -> Lab:
    """A lab whose dashboard gives runs up soon."""
    return Lab(make_dashboard(extra_args=impatience(tmp_path)).start(), tmp_path)


def impatience(tmp_path: Path) -> list[str]:
    return ["--stale-after", "2", "--abandon-after", "4", "--data", str(tmp_path / "data")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_the_run_and_all_of_it_is_held(lab: Lab, number: signal.Signals) -> None:
    robot = _in_the_middle(lab)
    robot.process.send_signal(number)
    run = robot.finish()
    expected = lab.holds(run)
    assert (expected.total, expected.passed) == (16, 1)
    assert sum("robot:exit" in test.tags for test in expected.tests) == 13


def test_two_signals_leave_what_had_ended(impatient_lab: Lab) -> None:
    lab = impatient_lab
    robot = _in_the_middle(lab, "--variable", "HOLD:teardown")
    robot.interrupt()
    wait_for(lambda: "Second signal" in robot.console)
    robot.interrupt()
    run = robot.finish()
    assert run.exit_code == 253
    assert _held(lab, run.run_id) == _ended_in(run.output) != []
    wait_for(lambda: lab.database.run(run.run_id)["state"] != "running", what="an end of the run")


def test_a_killed_robot_turns_stale_then_abandoned_and_a_new_run_works(impatient_lab: Lab) -> None:
    lab = impatient_lab
    robot = _in_the_middle(lab, setup="vm1")
    robot.kill()
    wait_for(lambda: lab.dashboard.tile("vm1")["state"] == "stale", what="stale")
    wait_for(lambda: lab.dashboard.tile("vm1")["state"] == "abandoned", what="abandoned")
    wait_for(lambda: lab.database.run(robot.run_id)["state"] == "abandoned", what="the history to know")
    assert lab.database.run(robot.run_id)["verification"] != "verified"
    assert _held(lab, robot.run_id) == [("Slow.A.Quick", "PASS"), ("Slow.A.Fails At Once", "FAIL")]
    again = lab.run("slow", "--variable", "PAUSE:1ms", setup="vm1")
    lab.holds(again)
    assert lab.dashboard.tile("vm1")["run"]["id"] == again.run_id


def test_a_run_behind_a_dead_line_is_abandoned_and_comes_back_whole(impatient_lab: Lab) -> None:
    lab = impatient_lab
    with FaultProxy(lab.dashboard.port) as proxy:
        robot = _in_the_middle(lab, setup="vm1", url=proxy.url)
        proxy.mode = "drop"
        wait_for(lambda: lab.dashboard.tile("vm1")["state"] == "abandoned", what="abandoned")
        assert proxy.met["drop"]
        _let_go(lab)
        proxy.mode = "pass"
        run = robot.finish()
        wait_for(lambda: lab.dashboard.tile("vm1")["state"] == "idle", what="the run to have come back and ended")
        lab.holds(run)


def test_what_a_killed_robot_left_is_resent_and_brings_the_run_back(impatient_lab: Lab) -> None:
    lab = impatient_lab
    robot = _in_the_middle(lab, "--variable", "HOLD:end", setup="vm1")
    lab.dashboard.kill()
    _let_go(lab)
    wait_for(lambda: "Three Of D" in robot.console, what="the run to go on without a wall")
    robot.kill()
    before = [("Slow.A.Quick", "PASS"), ("Slow.A.Fails At Once", "FAIL")]
    assert _held(lab, robot.run_id) == before
    lab.dashboard.start()
    wait_for(lambda: lab.dashboard.tile("vm1")["state"] == "abandoned", what="abandoned")
    resend(lab, robot.spool)
    held = _held(lab, robot.run_id)
    assert held[:2] == before and len(held) > 10
    wait_for(lambda: lab.database.run(robot.run_id)["state"] == "abandoned", what="abandoned for good")


def _in_the_middle(lab: Lab, *args: str, **options: object) -> RunningRobot:
    """A run that has ended two tests and waits in the third, until `_let_go`."""
    flag = f"FLAG:{lab.directory / 'go'}"
    robot = lab.start("slow", "--variable", "PAUSE:10ms", "--variable", flag, *args, **options)
    wait_for(lambda: len(_held(lab, robot.run_id)) == 2, what="two tests to be stored")
    wait_for(lambda: WAITING in robot.console, what=WAITING)
    return robot


def _let_go(lab: Lab) -> None:
    (lab.directory / "go").touch()


def _held(lab: Lab, key: str) -> list[tuple[str, str]]:
    return [(test.longname, test.status) for test in lab.database.record(key).tests]


def _ended_in(output: Path) -> list[tuple[str, str]]:
    """(longname, status) of the tests that end in an output.xml that breaks off."""
    names: list[str] = []
    ended = []
    try:
        for event, element in ET.iterparse(output, events=("start", "end")):
            if element.tag not in ("suite", "test") or "name" not in element.attrib:
                continue
            if event == "start":
                names.append(element.attrib["name"])
            else:
                if element.tag == "test":
                    ended.append((".".join(names), element.find("status").attrib["status"]))  # type: ignore[union-attr]
                names.pop()
    except ET.ParseError:
        pass
    return ended
