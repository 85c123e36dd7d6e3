"""Killed in whatever step: what is current is whole, what runs goes on running, and the next deployment works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import pytest

from support.deployment import ROLLED_BACK, UNTOUCHED, Deployment, is_unwell
from support.waiting import wait_for

BEFORE_THE_SWITCH = ("fetch", "build", "environment", "install", "stamp", "check", "rehearse", "switch")
AFTER_IT = ("restart", "verify", "prune")


def test_kill_9_in_the_steps_that_matter_most(deployed: Deployment, tmp_path: Path) -> None:
    _kill_in(deployed, tmp_path, ["install", "switch"], ["restart"])


@pytest.mark.soak
@pytest.mark.timeout(900)  # some fifteen deployments, on a machine that may be busy
def test_kill_9_in_every_step(deployed: Deployment, tmp_path: Path) -> None:
    _kill_in(deployed, tmp_path, BEFORE_THE_SWITCH, AFTER_IT)


@pytest.mark.soak
def test_kill_9_of_the_script_alone_while_pip_goes_on(deployed: Deployment, tmp_path: Path) -> None:
    """The next one waits until the orphan has let go of the half-built release, and removes that."""
    before = deployed.current["commit"]
    commit = deployed.commit("Orphaned")
    held, go = tmp_path / "held", tmp_path / "go"
    python = tmp_path / "slow-python"
    python.write_text(f'#!/bin/sh\ntouch {held}\nuntil [ -e {go} ]; do sleep 0.05; done\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    first = deployed.start("--python", str(python))
    wait_for(held.exists, what="the first to be building")
    first.send_signal(signal.SIGKILL)
    first.wait()
    with deployed.start() as second:
        assert second.stdout is not None
        assert "waiting for" in second.stdout.readline()
        assert deployed.runs(before)
        go.touch()
        said = second.communicate(timeout=240)[0]
    assert second.returncode == 0, said
    assert "left unfinished, is removed" in said
    assert deployed.runs(commit)
    assert first.stdout is not None
    first.stdout.close()
    _nothing_is_left_half(deployed)


@pytest.mark.soak
def test_kill_9_while_going_back(deployed: Deployment, tmp_path: Path) -> None:
    good = deployed.current["commit"]
    deployed.commit("Unwell", is_unwell())
    _kill_at(deployed, tmp_path, "rollback", "--within", "2")
    assert deployed.deploy("verify", "--within", "2", expect=ROLLED_BACK)
    assert deployed.runs(good)
    assert not (deployed.root / "unverified").exists()


def test_ctrl_c_and_sigterm_leave_nothing(deployed: Deployment, tmp_path: Path) -> None:
    good = deployed.current["commit"]
    releases = deployed.releases
    deployed.commit("Not today")
    for number in (signal.SIGINT, signal.SIGTERM):
        process = _held_at(deployed, tmp_path, "install")
        os.killpg(process.pid, number)
        process.communicate(timeout=60)
        assert process.returncode == 130
        assert deployed.releases == releases
    assert deployed.runs(good)
    assert "nothing is current" not in deployed.log


@pytest.mark.soak
def test_a_reboot_between_switch_and_restart_starts_the_new_one(deployed: Deployment, tmp_path: Path) -> None:
    commit = deployed.commit("Through a reboot")
    _kill_at(deployed, tmp_path, "restart")
    deployed.stop_service()
    deployed.start_service()
    wait_for(lambda: deployed.runs(commit), 60, "the new release")
    assert "interrupted" in deployed.deploy()
    assert not (deployed.root / "unverified").exists()


@pytest.mark.soak
def test_a_rollback_by_hand_settles_what_was_left(deployed: Deployment, tmp_path: Path) -> None:
    good = deployed.current["commit"]
    deployed.commit("Interrupted and unwanted")
    _kill_at(deployed, tmp_path, "verify")
    deployed.deploy("rollback")
    assert deployed.runs(good)
    assert "failed before" in deployed.deploy(expect=UNTOUCHED)


def _kill_in(deployed: Deployment, folder: Path, before_the_switch: Sequence[str], after_it: Sequence[str]) -> None:
    before = deployed.current["commit"]
    commit = deployed.commit("Often interrupted")
    for step in before_the_switch:
        _kill_at(deployed, folder, step)
        assert deployed.current["commit"] == before, step
        assert deployed.runs(before), step
    for step, wanted in zip(after_it, cycle((commit, before))):
        _kill_at(deployed, folder, step, "--ref", wanted)
        assert deployed.current["commit"] == wanted, step
        _is_whole(deployed)
        deployed.deploy("--ref", wanted)
        assert deployed.runs(wanted), step
    _nothing_is_left_half(deployed)


def _kill_at(server: Deployment, folder: Path, step: str, *words: str) -> None:
    """SIGKILL a deployment, and all it started, when it begins a step."""
    server.kill(_held_at(server, folder, step, *words))


def _held_at(server: Deployment, folder: Path, step: str, *words: str) -> subprocess.Popen[str]:
    reached = folder / f"reached-{step}"
    reached.unlink(missing_ok=True)
    hook = folder / f"hold-at-{step}"
    hook.write_text(f'#!/bin/sh\n[ "$1" = {step} ] || exit 0\ntouch {reached}\nexec sleep 600\n')
    hook.chmod(0o755)
    process = server.start("--hook", str(hook), *words)
    wait_for(lambda: reached.exists() or process.poll() is not None, 240, f"the step {step}")
    if not reached.exists():
        raise AssertionError(f"{step} was never reached: {process.communicate()[0]}")
    return process


def _is_whole(server: Deployment) -> None:
    """What is current has an environment that works and says what it is."""
    current = server.root / "current"
    done = subprocess.run([current / "venv" / "bin" / "livewall", "--version"], capture_output=True, check=True)
    assert server.current["version"].encode() in done.stdout


def _nothing_is_left_half(server: Deployment) -> None:
    folders = [server.root / "releases" / name for name in server.releases]
    assert all((folder / "RELEASE.json").exists() for folder in folders)
    known = {"current", "deploy.lock", "deploy.log", "releases", "repo.git"}
    assert {path.name for path in server.root.iterdir()} == known
