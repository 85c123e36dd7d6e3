"""An instance and its processes, without a wall."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest

from livewall_agent import health, instance, isolation
from livewall_agent.instance import Instance
from livewall_agent.instance_folder import InstanceFolder, Order
from livewall_agent.settings import Settings
from support.agents import marked, wait_gone, wait_there
from support.waiting import wait_for

SERVE = 'exec python3 -m http.server "$PORT"'
PATIENCE = 60.0


def folder_of(path: Path, **order: Any) -> InstanceFolder:
    for name in ("work", "tmp", "log", "commands"):
        (path / name).mkdir(parents=True)
    (path / "instance.json").write_text(json.dumps(asdict(Order(7, str(uuid4()), **order))), encoding="utf-8")
    return InstanceFolder(path)


class Kept:
    """An instance that an agent would keep."""

    def __init__(self, path: Path, **order: Any) -> None:
        settings = Settings("http://wall", "rig", {"q": ""})
        self.path = path
        self.instance = Instance(settings, isolation.choose("auto", ""), folder_of(path, **order), lambda: None)

    def wait(self, state: str) -> None:
        wait_for(lambda: self.instance.state == state, PATIENCE, f"it to be {state}")

    def wait_gone(self) -> None:
        wait_for(lambda: self.instance.is_gone, PATIENCE, "it to be gone")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """It has a process that does not go by itself; its cleanup succeeds the second time."""
    made = Kept(
        tmp_path / "7",
        command=f"setsid sleep {_long(tmp_path)} &\n{SERVE}",
        cleanup=f"echo . >> {tmp_path}/cleaned; [ $(wc -l < {tmp_path}/cleaned) = 2 ]",
    )
    yield made
    made.instance.end()
    made.instance.join(PATIENCE)


def _long(folder: Path) -> str:
    """Seconds; no other test on this machine waits for as long."""
    return f"{800_000 + os.getpid()}.{abs(hash(folder)) % 10**6}"


def test_wanted_and_not_and_again(kept: Kept, tmp_path: Path) -> None:
    """However fast that changes, it comes to what was wanted last; and what it leaves is nothing."""
    for _ in range(5):
        kept.instance.want("running")
        wait_for(lambda: kept.instance.state in ("starting", "running"), PATIENCE, "it to start")
        kept.instance.want("stopped")
    kept.instance.want("running")
    kept.wait("running")
    assert kept.instance.message == ""
    wait_there(_long(tmp_path))
    kept.instance.want("gone")
    kept.instance.want("gone")  # as each answer says
    kept.wait_gone()
    wait_gone(_long(tmp_path))
    assert (tmp_path / "cleaned").read_text(encoding="utf-8") == ".\n.\n"
    assert not kept.path.exists()


def test_one_whose_folder_cannot_be_used_goes_once_it_can(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "AGAIN_AFTER", 0.05)
    commands = kept.path / "commands"
    commands.rename(tmp_path / "aside")
    commands.touch()
    kept.instance.want("gone")
    kept.wait("failed")
    assert kept.instance.message.startswith("its folder cannot be used: ")
    commands.unlink()
    (tmp_path / "aside").rename(commands)
    kept.wait_gone()
    assert (tmp_path / "cleaned").exists()


def _server(kept: Kept) -> psutil.Process | None:
    """The one that answers on its port."""
    for each in marked(str(kept.instance.port)):
        with suppress(psutil.Error):  # it has ended meanwhile
            if "http.server" in each.cmdline():
                return each
    return None


@pytest.fixture
def hung(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> psutil.Process:
    """One that runs and stops answering, asked more often than is usual."""
    monkeypatch.setattr(instance, "ASK_EACH", 0.1)
    monkeypatch.setattr(instance, "ASK_AGAIN", 0.1)
    monkeypatch.setattr(instance, "GRACE", 0.5)
    monkeypatch.setattr(health, "WITHIN", 2.0)
    kept.instance.want("running")
    kept.wait("running")
    server = wait_for(lambda: _server(kept), PATIENCE, "its server to be found")
    server.suspend()
    wait_for(lambda: "GET / has no answer" in kept.instance.message, PATIENCE, "it to be unhealthy")
    return server


def test_one_that_does_not_answer_for_a_while_is_said_and_goes_on(kept: Kept, hung: psutil.Process) -> None:
    assert (kept.instance.state, kept.instance.restarts) == ("running", 0)
    assert kept.instance.unhealthy_since is not None
    hung.resume()

    def is_well() -> bool:
        return kept.instance.unhealthy_since is None and not kept.instance.message

    wait_for(is_well, PATIENCE, "it to be healthy again")
    assert (kept.instance.state, kept.instance.restarts, hung.is_running()) == ("running", 0, True)


def test_one_that_hangs_is_started_again(kept: Kept, hung: psutil.Process, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(kept.instance, "_changed", lambda: said.append((kept.instance.state, kept.instance.message)))
    judge = health.Health.why_end_it
    monkeypatch.setattr(health.Health, "why_end_it", lambda answers, now, _: judge(answers, now, 0.1))
    wait_for(lambda: kept.instance.restarts and kept.instance.state == "running", PATIENCE, "it to run again")
    why = [message for state, message in said if state == "starting"]
    assert why[0].startswith("it was unhealthy for ") and "and is started again after 1 s" in why[0], said
    assert kept.instance.exit_code is None
    assert hung.pid not in {each.pid for each in marked("http.server")}


def test_the_process_above_it_is_killed(kept: Kept, tmp_path: Path) -> None:
    kept.instance.want("running")
    kept.wait("running")
    wait_there(_long(tmp_path))
    first = {each.pid for each in marked(_long(tmp_path))}
    process = kept.instance._process
    assert process
    process.kill()
    wait_for(lambda: kept.instance.restarts and kept.instance.state == "running", PATIENCE, "it to run again")
    wait_for(lambda: not first & {each.pid for each in marked(_long(tmp_path))}, PATIENCE, "the end of what it was")
