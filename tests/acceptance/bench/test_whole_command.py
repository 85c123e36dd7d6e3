"""What a run has cost is all that it started, also what it has left running."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from bench import processor_time, whole_command
from bench.whole_command import Order
from runner.results import ROOT

BURN = "import time\nwhile time.process_time() < 0.3: pass"
ENV = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}


def leaving(left: str) -> list[str]:
    """A command that ends at once and leaves one running, in a session of its own."""
    begin = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {left!r}], start_new_session=True)"
    return [sys.executable, "-c", begin]


def test_whole_command_counts_what_was_left_running() -> None:
    used = whole_command.run(Order(leaving(BURN)), ENV)
    assert used.code == 0
    assert used.all - used.own >= 0.25


def test_whole_command_counts_what_was_left_by_what_was_left() -> None:
    used = whole_command.run(Order(leaving("; ".join(leaving(BURN)[-1:]))), ENV)
    assert used.all - used.own >= 0.25


def test_tree_counts_what_was_left_running_and_has_ended() -> None:
    """As Chromium leaves what draws."""
    program = f"""
import os, subprocess, time
from bench import processor_time
assert processor_time.adopt_orphans()
subprocess.run({leaving(BURN)!r}, check=True)
os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)  # it stays to be counted
print(processor_time.of_tree(os.getpid()) - time.process_time())
"""
    told = subprocess.run([sys.executable, "-c", program], env=ENV, check=True, capture_output=True, text=True)
    assert float(told.stdout) >= 0.25


def test_whole_command_counts_the_command_itself_apart() -> None:
    used = whole_command.run(Order([sys.executable, "-c", BURN]), ENV)
    assert used.own >= 0.25  # counted in hundredths, user and system apart
    assert used.seconds >= 0.25


def test_whole_command_tells_how_long_the_command_stood_still() -> None:
    stands_still = f"{BURN}\ntime.sleep(0.5)"  # what is measured: nothing is waited for by it
    used = whole_command.run(Order([sys.executable, "-c", stands_still]), ENV)
    assert 0.45 <= used.stood <= used.seconds - 0.25


def test_whole_command_tells_what_a_command_said_that_failed() -> None:
    with pytest.raises(AssertionError, match="no such suite"):
        whole_command.run(Order([sys.executable, "-c", "import sys; sys.exit('no such suite')"]), ENV)


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core alone")
def test_whole_command_gives_the_command_and_what_it_starts_cores_of_their_own() -> None:
    first, second, *_ = sorted(os.sched_getaffinity(0))
    wait = f"import os, time\nwhile os.sched_getaffinity(0) != {{{second}}}: time.sleep(0.01)"
    own = f"import os; assert os.sched_getaffinity(0) == {{{first}}}"
    command = [sys.executable, "-c", f"{own}; import subprocess, sys; subprocess.run([sys.executable, '-c', {wait!r}])"]
    assert whole_command.run(Order(command, [first], [second]), ENV).code == 0


def test_processor_time_of_a_tree_has_what_has_ended() -> None:
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}]); print(flush=True); input()"
    with psutil.Popen([sys.executable, "-c", script], stdin=-1, stdout=-1) as process:
        process.stdout.readline()
        assert processor_time.of_tree(process.pid) >= 0.25
        process.communicate(b"\n")
