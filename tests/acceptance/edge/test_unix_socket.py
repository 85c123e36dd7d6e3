"""A wall on a Unix socket: nginx, the commands and systemd reach it there, and it is never in its own way."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from support.certificates import Certificates
from support.dashboard import Dashboard, Mode
from support.edge import Edge, SocketScreen, edge
from support.environment import quiet_environment
from support.lab import SUITES
from support.ports import free_port
from support.postgres import Databases
from support.robot import run_robot
from support.waiting import wait_for


@pytest.fixture
def path() -> Iterator[Path]:
    """A short one, as a socket's has to be."""
    with TemporaryDirectory(prefix="lw-") as folder:
        yield Path(folder) / "wall.sock"


def livewall(command: str, dashboard: Dashboard, *options: str, **environment: str) -> tuple[int, str]:
    """Exit code, and all it said."""
    words = [sys.executable, "-m", "livewall_dashboard", command, "--data", str(dashboard.data), *options]
    env = {**quiet_environment(), "LIVEWALL_DATABASE_URL": dashboard.database_url, **environment}
    done = subprocess.run(words, env=env, check=False, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("mode", ["eventlet", "threading", "gunicorn"])
def test_behind_nginx_all_is_as_by_a_port(
    databases: Databases,
    template: str,
    authority: Certificates,
    needs_nginx: None,
    path: Path,
    tmp_path: Path,
    mode: Mode,
) -> None:
    url, config = databases.create(template), tmp_path / "setups_config.json"
    config.write_text(json.dumps({"setups": [{"name": "Board 7", "addresses": ["127.0.0.77"]}]}), encoding="utf-8")
    make: Callable[..., Dashboard] = lambda **arguments: Dashboard(mode=mode, **arguments)  # noqa: E731
    with edge(url, tmp_path, authority, make, "--config", str(config), unix_socket=path) as made:
        assert f"the wall is at unix:{path}  " in made.dashboard.log
        run_robot(SUITES / "fatal", cwd=tmp_path, env=made.node(LIVEWALL_SETUP="Board 9"))
        wait_for(lambda: made.tile("Board 9")["run"]["verification"] == "verified")
        assert _setup_by_address(made) == "Board 7", "nginx says who calls, and is believed"
        assert made.dashboard.request("GET", "/api/v1/live")[0] == 401, "whoever opens the socket is asked for a token"
        screen = SocketScreen(made.url, authority.trusting(), {"Authorization": f"Bearer {made.tokens['read']}"})
        assert next(screen.frames())[0] == "snapshot"
        screen.close()
        assert "is well" in livewall("probe", made.dashboard, "--url", f"unix:{path}")[1]
    databases.drop(url)


def _setup_by_address(made: Edge) -> str:
    """Of a run whose node does not say its setup."""
    body = json.dumps({"process": "0", "setup": "", "started_at": "2026-03-01T12:00:00+00:00", "host": "unheard-of"})
    sent = {"Content-Type": "application/json"}
    assert made.request_from("127.0.0.77", "PUT", "/api/v1/runs/by-address", body.encode(), sent) == 200
    setup: str = made.get("/api/v1/runs/by-address")["setup"]
    return setup


def test_it_gives_way_to_nobody_and_comes_back_after_a_kill(
    make_dashboard: Callable[..., Dashboard], path: Path
) -> None:
    dashboard = make_dashboard(unix_socket=path, extra_args=["--insecure"]).start()
    as_set = {"LIVEWALL_BIND": f"unix:{path}", "LIVEWALL_INSECURE": "1"}

    checked = livewall("check", dashboard, **as_set)
    assert checked[0] == 0 and f"unix:{path} is that of a running livewall " in checked[1]
    assert "--trusted-proxies unix tells them apart" in checked[1]
    assert livewall("probe", dashboard, **as_set)[0] == 0
    refused = livewall("serve", dashboard, **as_set)
    assert refused[0] == 2 and refused[1].startswith(f"livewall: Cannot listen on unix:{path}: another program listens")
    assert dashboard.healthy(), "the one that was refused has left it alone"

    dashboard.kill()
    assert path.exists()
    assert f"unix:{path} is free" in livewall("check", dashboard, **as_set)[1]
    dashboard.start().stop()
    assert not path.exists()


def test_the_running_wall_is_found_by_its_socket(make_dashboard: Callable[..., Dashboard], path: Path) -> None:
    dashboard = make_dashboard(unix_socket=path, extra_args=["--insecure"]).start()
    code, said = livewall("probe", dashboard)
    assert code == 0 and said.startswith(f"unix:{path} is well: ")
    dashboard.stop()


def test_without_tokens_it_does_not_start(make_dashboard: Callable[..., Dashboard], path: Path) -> None:
    dashboard = make_dashboard(unix_socket=path)
    code, said = livewall("serve", dashboard, "--bind", f"unix:{path}")
    assert code == 2 and said.startswith(f"livewall: On unix:{path} others can reach the wall, so it asks for tokens")
    assert not path.exists()


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_systemd_opens_the_socket_and_keeps_it(
    make_dashboard: Callable[..., Dashboard], path: Path, tmp_path: Path, mode: Mode
) -> None:
    activate = shutil.which("systemd-socket-activate")
    if activate is None:
        pytest.skip("systemd-socket-activate is not installed")
    dashboard = make_dashboard(unix_socket=path)
    words = [sys.executable, "-m", "livewall_dashboard", "serve", "--data", str(dashboard.data), "--insecure"]
    env = {**quiet_environment(), "LIVEWALL_DATABASE_URL": dashboard.database_url, "LIVEWALL_ASYNC_MODE": mode}
    passed = [f"--setenv={name}={value}" for name, value in env.items() if name.startswith(("LIVEWALL_", "PYTHON"))]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([activate, f"--listen={path}", *passed, *words], env=env, stdout=log, stderr=log)
    try:
        wait_for(path.exists, what="systemd to listen")
        # The first call starts the wall, and waits for it.
        status, body, _ = dashboard.request("GET", "/healthz", timeout=60)
        assert (status, json.loads(body)["status"]) == (200, "ok")
        process.terminate()
        assert process.wait(20) == 0
        assert f"the wall is at unix:{path}  " in (tmp_path / "log").read_text()
        assert path.exists(), "it is systemd's"
    finally:
        process.kill()
        process.wait()


def test_bind_takes_a_socket_alone(make_dashboard: Callable[..., Dashboard]) -> None:
    port = free_port()
    code, said = livewall("serve", make_dashboard(), "--bind", f"127.0.0.1:{port}")
    assert code == 2 and "--bind takes unix:/PATH" in said and "--host and --port" in said
    with socket.socket() as asked:
        assert asked.connect_ex(("127.0.0.1", port)) != 0
