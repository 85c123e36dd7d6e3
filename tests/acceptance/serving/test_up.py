"""`livewall up`: one command that starts everything, ends all of it, and says what is in its way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from support.environment import quiet_environment
from support.lab import SUITES
from support.ports import free_port
from support.processes import kill_all
from support.robot import run_robot
from support.waiting import wait_for

STOPS_WITHIN = 20


class Up:
    """A `livewall up` in a process group of its own, as a shell starts it."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.url = f"http://127.0.0.1:{port}"
        self._console = data.parent / f"up-{port}.txt"
        command = [sys.executable, "-m", "livewall_dashboard", "up", "--data", str(data), "--port", str(port)]
        with self._console.open("ab") as console:
            self.process = subprocess.Popen(
                command, env=quiet_environment(), stdin=subprocess.DEVNULL, stdout=console, stderr=console,
                start_new_session=True,
            )  # fmt: skip

    @property
    def console(self) -> str:
        return self._console.read_text(encoding="utf-8", errors="replace")

    def wait_well(self) -> Up:
        wait_for(self._well, 180, f"{self.url}/healthz")
        return self

    def _well(self) -> bool:
        assert self.process.poll() is None, self.console
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=60) as reply:
            return bool(reply.status == 200)

    def ends(self) -> int:
        try:
            return self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {STOPS_WITHIN} s:\n{self.console}") from None

    def wait_verified(self, run: str) -> None:
        """Of what it was told, a wall that starts has to store the last first."""

        def look() -> bool:
            with urllib.request.urlopen(f"{self.url}/api/v1/runs/{run}", timeout=60) as reply:
                return b'"verified"' in reply.read()

        wait_for(look, what=f"the run {run} to be verified")

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        kill_all(postgres_of(self.data))


def postgres_of(data: Path) -> list[psutil.Process]:
    """Postgres servers that run on a folder below `data`."""
    found = []
    for process in psutil.process_iter():
        try:
            if "postgres" in process.name() and any(str(data.resolve()) in word for word in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    started: list[Up] = []

    def start(data: Path | None = None, port: int | None = None) -> Up:
        started.append(Up(data or tmp_path / "data", port or free_port()))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def test_all_of_it_ends_and_starts_again_where_it_was(up: Callable[..., Up], tmp_path: Path) -> None:
    first = up().wait_well()
    run = run_robot(SUITES / "slow", "--variable", "PAUSE:1ms", cwd=tmp_path, url=first.url)
    assert postgres_of(first.data)
    os.killpg(first.process.pid, signal.SIGINT)  # a terminal's Ctrl-C goes to the whole group
    assert first.ends() == 0
    assert "Traceback" not in first.console
    assert not postgres_of(first.data)

    second = up().wait_well()
    second.wait_verified(run.run_id)
    second.process.send_signal(signal.SIGTERM)
    assert second.ends() == 0
    assert not postgres_of(second.data)


def test_after_a_kill_it_starts_where_it_was(up: Callable[..., Up], tmp_path: Path) -> None:
    killed = up().wait_well()
    run = run_robot(SUITES / "slow" / "a.robot", "--variable", "PAUSE:1ms", cwd=tmp_path, url=killed.url)
    killed.process.kill()
    killed.process.wait()
    after = up().wait_well()
    after.wait_verified(run.run_id)
    after.process.send_signal(signal.SIGTERM)
    assert after.ends() == 0
    assert not postgres_of(after.data)


def test_a_taken_port_is_said_and_nothing_is_left(up: Callable[..., Up]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = up(port=taken.getsockname()[1])
        assert refused.ends() not in (0, -signal.SIGKILL)
        assert str(refused.port) in refused.console and "--port" in refused.console
    _is_one_clear_word(refused)
    assert not postgres_of(refused.data)


def test_a_data_directory_in_use_is_said(up: Callable[..., Up]) -> None:
    first = up().wait_well()
    second = up(data=first.data)
    assert second.ends() != 0
    assert str(first.data) in second.console
    _is_one_clear_word(second)
    assert first._well(), "the one that was there goes on"


def test_a_data_directory_of_another_version_is_said(up: Callable[..., Up], tmp_path: Path) -> None:
    first = up().wait_well()
    first.process.send_signal(signal.SIGTERM)
    assert first.ends() == 0
    (version,) = _cluster_version(tmp_path / "data")
    version.write_text("13\n")
    second = up()
    assert second.ends() != 0
    assert "13" in second.console
    _is_one_clear_word(second)
    assert not postgres_of(second.data)


def _cluster_version(data: Path) -> list[Path]:
    """The PG_VERSION of the cluster itself, beside its postgresql.conf."""
    return [path for path in data.rglob("PG_VERSION") if (path.parent / "postgresql.conf").exists()]


def _is_one_clear_word(up: Up) -> None:
    assert "Traceback" not in up.console
    assert sum(line.startswith("livewall: ") for line in up.console.splitlines()) == 1, up.console
