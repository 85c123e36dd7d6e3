"""`livewall demo`: a busy wall, and nothing left of it after Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import psutil
import pytest

from livewall_dashboard.demo import branches, porters
from livewall_dashboard.demo.processes import kill_tree
from support.environment import quiet_environment
from support.ports import free_port
from support.processes import kill_all
from support.waiting import wait_for

START_WITHIN = 120.0


class Demo:
    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.port = free_port()
        self._console = folder / "console.txt"
        command = [sys.executable, "-m", "livewall_dashboard", "demo"]
        command += ["--port", str(self.port), "--data", str(self.data)]
        self.began = datetime.now(timezone.utc)
        with self._console.open("wb") as console:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=quiet_environment(),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def console(self) -> str:
        return self._console.read_text(encoding="utf-8", errors="replace")

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as reply:
            return json.load(reply)

    def tiles(self) -> list[dict[str, Any]]:
        tiles: list[dict[str, Any]] = self.get("/api/v1/live")["setups"]
        return tiles

    def runs_of_builds(self) -> list[str]:
        """Runs that are shown with the build that is said to have started them."""
        setups = self.get("/api/v1/builds")["setups"]
        return [
            run["id"]
            for setup in setups
            for job in setup["jobs"]
            for build in job["builds"]
            for run in build["runs"]
            if run["setup"] == setup["setup"]
        ]

    def agents(self) -> set[str]:
        return {agent["name"] for agent in self.get("/api/v1/agents")["agents"]}

    def reported_systems(self) -> bool:
        reports = self.get("/api/v1/reports?project=beacon&version=1.4")["reports"]
        return {(report["setup"], report["status"]) for report in reports} == {
            (system.setup, "ok") for system in porters.SYSTEMS
        }

    def branches_that_run(self) -> set[str]:
        """Those whose page, as it was built, is served now."""
        found = set()
        for instance in self.get("/api/v1/instances")["instances"]:
            if instance["url"]:
                with urllib.request.urlopen(instance["url"], timeout=60) as reply:
                    assert f"Branch {instance['bundle']}, change" in reply.read().decode()
                found.add(instance["bundle"])
        return found

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for this demo, whoever its parent is by now."""
        mark = str(self.data)
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if any(mark in word for word in process.info["cmdline"] or [])
        ]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    running = Demo(tmp_path)
    yield running
    kill_tree(running.process)
    kill_all(running.processes())


def test_a_busy_wall_and_nothing_left_after_ctrl_c(demo: Demo) -> None:
    def busy() -> bool:
        tiles = demo.tiles() if demo.process.poll() is None else []
        running = [tile for tile in tiles if tile["state"] == "running" and tile["test"]]
        never_heard_of = [tile["setup"] for tile in tiles if tile["state"] == "nodata"]
        return len(running) >= 6 and never_heard_of == ["thermal-chamber-1"]

    wait_for(busy, START_WITHIN, f"six setups that run tests and one never heard of: {demo.console}")
    assert f"http://127.0.0.1:{demo.port}/" in demo.console
    assert "--listener livewall_listener.Listener" in demo.console
    pabot = lambda: [process for process in demo.processes() if "pabot.pabot" in process.info["cmdline"]]  # noqa: E731
    wait_for(pabot, START_WITHIN, "the pabot run")
    made = f"/api/v1/runs?q=made-edge-router-01-{demo.began - timedelta(days=1):%Y%m%d}"
    wait_for(lambda: demo.get(made)["runs"], START_WITHIN, "the last night of the month of made history")
    wait_for(demo.runs_of_builds, START_WITHIN, "robot runs shown as builds of the pretend Jenkins")
    wait_for(lambda: demo.get("/api/v1/jobs?state=complete")["jobs"], START_WITHIN, "a job that an agent has run")
    wait_for(lambda: demo.agents() == {"local-1", "local-2"}, START_WITHIN, "both agents")
    if porters.possible():
        wait_for(demo.reported_systems, START_WITHIN, "build reports of two systems")

    if branches.are_possible():
        wait_for(lambda: demo.branches_that_run() == {"main", "login-page"}, START_WITHIN, "both branches to run")

    os.kill(demo.process.pid, signal.SIGINT)
    assert demo.process.wait(60) == 0, demo.console
    assert "Traceback" not in demo.console
    assert demo.processes() == []
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", demo.port))


def test_nothing_is_left_of_a_demo_that_was_killed(demo: Demo) -> None:
    def at_work() -> bool:
        tiles = demo.tiles() if demo.process.poll() is None else []
        return any(tile["state"] == "running" for tile in tiles)

    wait_for(at_work, START_WITHIN, f"a setup that runs tests: {demo.console}")
    demo.process.kill()
    demo.process.wait()
    wait_for(lambda: not demo.processes(), START_WITHIN, "the end of the wall, its agents and the runs")


def test_a_taken_port_is_a_clear_word(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "livewall_dashboard", "demo", "--port", str(port), "--data", str(tmp_path)]
        ended = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=60, env=quiet_environment()
        )
    assert ended.returncode == 2
    assert f"PORT={port + 1} make demo" in ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout


def test_fresh_spares_a_folder_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    command = [sys.executable, "-m", "livewall_dashboard", "demo", "--fresh", "--data", str(tmp_path)]
    command += ["--port", str(free_port())]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=quiet_environment())
    assert ended.returncode == 2
    assert (tmp_path / "thesis.txt").exists()
