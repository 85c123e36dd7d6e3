"""The wall under gunicorn: one process whatever it is told, a place for nodes beside screens, an end in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from livewall_dashboard.probe.screen import Screen
from support.dashboard import STOP_WITHIN, Dashboard
from support.environment import quiet_environment
from support.lab import Lab
from support.ports import free_port
from support.screens import PlainScreen
from support.steady import SteadyRun
from support.waiting import wait_for

SETTINGS = ("--config", "python:livewall_dashboard.wsgi")
STOPS_WITHIN = 10.0
"""Seconds, of which three are for requests that go on."""
PATIENCE = 20.0


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find no wall but that of the test."""
    for name in ("HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))


@pytest.fixture
def wall(make_dashboard: Callable[..., Dashboard]) -> Dashboard:
    return make_dashboard(mode="gunicorn").start()


def worker_of(wall: Dashboard) -> psutil.Process:
    """Its one worker."""
    (worker,) = psutil.Process(wall.pid).children()
    return worker


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        ([*SETTINGS, "--workers", "2"], {}, "one process"),
        ([*SETTINGS], {"GUNICORN_CMD_ARGS": "--worker-class sync"}, "one process"),
        ([*SETTINGS, "--preload"], {}, "one process"),
        ([*SETTINGS, "--bind", "127.0.0.1:9"], {}, "LIVEWALL_HOST and LIVEWALL_PORT, or LIVEWALL_BIND"),
        ([*SETTINGS], {"LIVEWALL_PORT": "many"}, "'many' is not a valid integer"),
        ([*SETTINGS], {"LIVEWALL_STALE_AFTER": "0"}, "--stale-after must be above 0"),
        ([*SETTINGS], {"LIVEWALL_REQUIRE_TOKENS": "1"}, "livewall token create --scope ingest"),
    ],
)
def test_what_it_cannot_be_is_refused_with_a_sentence(
    database_url: str, tmp_path: Path, arguments: list[str], environment: dict[str, str], words: str
) -> None:
    env = {"LIVEWALL_DATABASE_URL": database_url, "LIVEWALL_PORT": str(free_port()), **environment}
    code, said = gunicorn(arguments, tmp_path, env)
    assert code == 2, said
    assert words in said
    assert "Traceback" not in said


def test_without_its_settings_it_says_how_to_start_it(tmp_path: Path) -> None:
    code, said = gunicorn(["--bind", f"127.0.0.1:{free_port()}", "livewall_dashboard.wsgi"], tmp_path, {})
    assert code == 4 and "gunicorn --config python:livewall_dashboard.wsgi" in said
    assert "Traceback" not in said


def gunicorn(arguments: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Exit code, and all it said."""
    env = {**quiet_environment(), "LIVEWALL_DATA": str(folder / "data"), **environment}
    command = [sys.executable, "-m", "gunicorn", *arguments]
    done = subprocess.run(command, cwd=folder, env=env, check=False, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_no_signal_begins_a_second_process(wall: Dashboard) -> None:
    worker = worker_of(wall)
    for number in (signal.SIGTTIN, signal.SIGUSR2):
        told = wall.log.count("there will be no second one")
        os.kill(wall.pid, number)
        wait_for(lambda told=told: wall.log.count("there will be no second one") > told)  # type: ignore[misc]
    assert worker_of(wall) == worker
    assert wall.healthy()
    wall.stop()


def test_a_worker_that_is_killed_comes_back_and_nothing_is_lost(wall: Dashboard, tmp_path: Path) -> None:
    run = SteadyRun(Lab(wall, tmp_path), tmp_path / "flag")
    run.wait_begun()
    killed = worker_of(wall)
    killed.kill()
    wait_for(lambda: killed not in psutil.Process(wall.pid).children() and wall.healthy(), what="another worker")
    run.goes_on("under another worker")
    run.holds()
    wall.stop()


def test_it_ends_soon_with_screens_and_they_come_back(wall: Dashboard) -> None:
    with PlainScreen(wall.port) as screen, Screen(wall.url, "lw_none", PATIENCE):
        began = time.monotonic()
        wall.stop()
        assert time.monotonic() - began < STOPS_WITHIN
        seen = screen.connects
        wall.start()
        wait_for(lambda: screen.connects > seen, what="the screen to be back")
    wall.stop()


def test_screens_leave_threads_to_others(make_dashboard: Callable[..., Dashboard]) -> None:
    wall = make_dashboard(mode="gunicorn", env={"GUNICORN_CMD_ARGS": "--threads 8"}).start()
    with ExitStack() as screens:
        for _ in range(6):
            screens.enter_context(Screen(wall.url, "lw_none", PATIENCE))
        status, body, _ = wall.request("GET", "/socket.io/?EIO=4&transport=polling")
        assert status == 503 and b"no room for another screen" in body
        assert "start gunicorn with more, by --threads" in wall.log
        assert wall.metric("screens") == 6
        assert wall.request("PUT", "/api/v1/runs/beside-them", {})[0] == 200
    wait_for(lambda: wall.request("GET", "/socket.io/?EIO=4&transport=polling")[0] == 200, what="room for a screen")
    wall.stop()


def test_without_a_postgres_of_yours_it_brings_its_own_with_agents_and_commands_find_it(
    make_dashboard: Callable[..., Dashboard], tmp_path: Path
) -> None:
    wall = make_dashboard(mode="gunicorn", database_url=None, extra_args=["--with-agent", "1"]).start()
    said = livewall("probe")
    assert said.startswith(f"{wall.url} is well: ")
    wait_for(lambda: [agent["name"] for agent in wall.get("/api/v1/agents")["agents"]] == ["local-1"], what="its agent")
    wall.stop()
    assert not (wall.data / "postgres" / "postmaster.pid").exists()
    again = make_dashboard(mode="eventlet", database_url=None, data=wall.data).start()
    assert [agent["state"] for agent in again.get("/api/v1/agents")["agents"]] == ["offline"], "it has said good bye"
    again.stop()


def test_commands_find_its_postgres(make_dashboard: Callable[..., Dashboard]) -> None:
    wall = make_dashboard(mode="gunicorn", preloaded=False).start()
    assert livewall("token", "create", "--scope", "read", "a screen").startswith("lw_")
    assert "a screen" in livewall("token", "list", "--database-url", wall.database_url)
    wall.stop()


def livewall(*words: str) -> str:
    """What a command says that is told of no wall."""
    command = [sys.executable, "-m", "livewall_dashboard", *words]
    timeout = STOP_WITHIN * 3
    done = subprocess.run(
        command, env=quiet_environment(), check=False, capture_output=True, text=True, timeout=timeout
    )
    assert done.returncode == 0, done
    return done.stdout
