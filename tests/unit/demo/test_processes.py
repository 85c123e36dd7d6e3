"""Processes are ended with all that they have started, and nobody else is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from livewall_dashboard.demo.processes import kill_tree

WAITS = "import sys; print(flush=True); sys.stdin.read()"


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", WAITS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        assert process.stdout and process.stdout.readline()
        yield process
        process.kill()


def test_the_number_of_one_that_has_ended_is_another_s_by_now(other: subprocess.Popen[bytes]) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    ended.pid = other.pid
    kill_tree(ended)
    assert other.poll() is None
    assert other.communicate(timeout=60)[0] == b""
