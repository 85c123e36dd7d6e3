"""What the process beside robot makes of robot's words."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from livewall_listener import courier_lines, encode, wire
from livewall_listener.courier_program import CourierProgram
from livewall_listener.settings import Settings
from support.waiting import wait_for
from support.wall import RecordingWall

COURIER = """
import os
from livewall_listener import courier_program
courier_program.STOPPED_WITHIN = 60.0
courier_program.GATHER = {gather}
courier_program.main(os.getppid())
"""


def test_what_ran_before_an_event_is_not_shown_after_it() -> None:
    program = CourierProgram(os.getpid())
    sample = wire.Now(["Sleep"], 3.0)
    program._take(b"now " + json.dumps([asdict(sample), 3.0]).encode())
    assert program._look() == (sample, 3.0)
    program._take(encode.event(wire.Lost(1, "")))
    assert program._look() is None


def test_told_to_end_just_as_robot_is_at_its_end_it_delivers(tmp_path: Path) -> None:
    """All that robot said is there already, and robot waits: the courier has not read it yet."""
    robot, theirs = socket.socketpair()
    courier = subprocess.Popen([sys.executable, "-c", COURIER.format(gather=0.0)], stdin=theirs)
    theirs.close()
    with RecordingWall() as wall, robot, robot.makefile("rb") as words:
        settings = {**asdict(Settings(url=wall.url, timeout=60.0)), "spool": str(tmp_path / "spool")}
        run = asdict(wire.RunInfo(process="0"))
        robot.sendall(courier_lines.word("begin", {"settings": settings, "run_id": "r", "run": run}))
        assert json.loads(words.readline())["spool"]
        courier.send_signal(signal.SIGSTOP)
        robot.sendall(courier_lines.event(1, encode.event(wire.Lost(1, ""))) + courier_lines.word("close"))
        for number in (signal.SIGTERM, signal.SIGCONT):
            courier.send_signal(number)
        said = [json.loads(line) for line in words]
        assert courier.wait(60) == 0
        assert said[-1] == {"answer": "closed"} and not any("notice" in each for each in said), said
        assert wall.process("r").kinds() == ["lost"]
    assert list((tmp_path / "spool").iterdir()) == []


def test_after_the_last_event_it_hears_at_once_that_robot_is_at_its_end(tmp_path: Path) -> None:
    """Nothing more will gather, and robot waits."""
    robot, theirs = socket.socketpair()
    robot.settimeout(60)
    courier = subprocess.Popen([sys.executable, "-c", COURIER.format(gather=3600.0)], stdin=theirs)
    theirs.close()
    with RecordingWall() as wall, robot:
        settings = {**asdict(Settings(url=wall.url, timeout=60.0)), "spool": str(tmp_path / "spool")}
        robot.sendall(
            courier_lines.word("begin", {"settings": settings, "run_id": "r", "run": asdict(wire.RunInfo())})
            + courier_lines.event(1, encode.event(wire.EndProcess(0, 0, 0, 0, wire.digest_of([]))))
        )
        wait_for(lambda: wall.process("r").kinds() == ["end_process"], 60, "the event to be delivered")
        robot.sendall(courier_lines.word("close"))
        heard = b""
        try:
            while data := robot.recv(65536):
                heard += data
        finally:
            courier.kill()
            courier.wait(60)
    assert heard.endswith(b'{"answer": "closed"}\n')
