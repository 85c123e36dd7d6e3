"""A real dashboard in a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from livewall_dashboard.base.unix_http import UnixHandler

from .answers import Answer, answer_to, json_of
from .environment import MODE, quiet_environment
from .ports import free_port
from .postgres import Databases
from .preloaded import PreloadedProcess, can_be_preloaded, preloader
from .waiting import wait_for

Mode = Literal["eventlet", "threading", "gunicorn"]
STOP_WITHIN = 45.0
GUNICORN = ("gunicorn", "--config", "python:livewall_dashboard.wsgi")


def default_mode() -> str:
    """What `LIVEWALL_TEST_MODE` names, else eventlet."""
    return os.environ.get(MODE, "eventlet")


class Dashboard:
    """`livewall serve` on a database, on loopback; `livewall up` with a database of its own when there is none.

    Its log is `log_path`, its data folder `data`, or "data" beside the log. `mode` None: `default_mode()`. `python` is
    the interpreter of another installation. `env` is added to an environment without any variable of a CI system or of
    livewall. It is begun by the command where it must not be `preloaded`: whom the system asks for its command or for
    its environment, it tells of the one it was copied from. With `unix_socket` it listens there, and `request` calls
    through it. `log` is everything the process wrote, over all its restarts.
    """

    def __init__(
        self,
        *,
        database_url: str | None,
        log_path: Path,
        data: Path | None = None,
        port: int | None = None,
        mode: Mode | None = None,
        extra_args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        python: str = sys.executable,
        unix_socket: Path | None = None,
        preloaded: bool = True,
    ) -> None:
        self.database_url = database_url or ""
        self.data = data or log_path.parent / "data"
        self.port = port or free_port()
        self.mode = mode or default_mode()
        self.extra_args = list(extra_args)
        self.unix_socket = unix_socket
        self.env = {**quiet_environment(), **(env or {})}
        self.process: subprocess.Popen[bytes] | PreloadedProcess | None = None
        self._log_path = log_path
        self._is_preloaded = preloaded and python == sys.executable
        self._python = python

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self._log_path.read_text(encoding="utf-8", errors="replace") if self._log_path.exists() else ""

    @property
    def pid(self) -> int:
        assert self.process is not None, "the dashboard was never started"
        return self.process.pid

    def start(self, *, wait: bool = True) -> Dashboard:
        """Start the process; with `wait`, return once /healthz says it is well."""
        arguments = ["--data", str(self.data), *self._address(), *self.extra_args]
        self.process = self._begin(arguments)
        if wait:
            self.wait_healthy()
        return self

    def _begin(self, arguments: list[str]) -> subprocess.Popen[bytes] | PreloadedProcess:
        command, env = self._under_gunicorn(arguments) if self.mode == "gunicorn" else self._by_command(arguments)
        folder = self._log_path.parent
        if self._is_preloaded and can_be_preloaded(env):
            return preloader(self.mode).start(command, env, folder, self._log_path)
        with self._log_path.open("ab") as log:
            return subprocess.Popen(
                [self._python, "-m", *command],
                cwd=folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _by_command(self, arguments: list[str]) -> tuple[list[str], dict[str, str]]:
        return ["livewall_dashboard", *self._database(), *arguments, "--async-mode", self.mode], self.env

    def _under_gunicorn(self, arguments: list[str]) -> tuple[list[str], dict[str, str]]:
        """Which takes the options as variables."""
        env = {**self.env, **as_variables(arguments)}
        if self.database_url:
            env.setdefault("LIVEWALL_DATABASE_URL", self.database_url)
        folder = str(self._log_path.parent)  # else it would be the one it was imported in
        return [*GUNICORN, "--chdir", folder], env

    def _address(self) -> list[str]:
        if self.unix_socket:
            return ["--bind", f"unix:{self.unix_socket}"]
        return ["--host", "127.0.0.1", "--port", str(self.port)]

    def _database(self) -> list[str]:
        """The command and its database, which may be named by the environment, as where it holds a password."""
        if "LIVEWALL_DATABASE_URL" in self.env:
            return ["serve"]
        return ["serve", "--database-url", self.database_url] if self.database_url else ["up"]

    def wait_healthy(self, timeout: float = 120.0) -> None:
        """Wait for /healthz to answer 200; an end of the process meanwhile is an error with its log."""
        wait_for(lambda: not self.running or self.healthy(), timeout, f"{self.url}/healthz\n{self.log[-4000:]}")
        assert self.running, f"the dashboard ended with {self.process and self.process.returncode}:\n{self.log[-4000:]}"

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def healthy(self) -> bool:
        try:
            return self.request("GET", "/healthz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def stop(self) -> None:
        """SIGTERM, and hold it to its promise: exit code 0 in time, no traceback in anything it ever wrote."""
        assert self.process is not None
        assert self.running, f"the dashboard had ended with {self.process.returncode}:\n{self.log[-4000:]}"
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"no end {STOP_WITHIN:g} s after SIGTERM:\n{self.log[-4000:]}") from None
        assert code == 0, f"SIGTERM ended the dashboard with {code}:\n{self.log[-4000:]}"
        assert "Traceback" not in self.log, self.log[-8000:]

    def kill(self) -> None:
        """SIGKILL, as the out-of-memory killer would, to its whole process group; nothing once its end was seen.

        Until then the number of the group is its own; after that another may have it.
        """
        if self.process is None or self.process.returncode is not None:
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_WITHIN)

    def restart(self, *, wait: bool = True) -> Dashboard:
        """Start again on the same port and database; a process still running is stopped well first."""
        if self.running:
            self.stop()
        return self.start(wait=wait)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60.0,
    ) -> Answer:
        """Status, body and headers (names in lower case) of one request; a `body` not of bytes is sent as JSON."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **(headers or {})} if data is not None else dict(headers or {})
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=sent)
        opener = urllib.request.build_opener(UnixHandler(str(self.unix_socket))) if self.unix_socket else None
        return answer_to(request, timeout, opener)

    def get(self, path: str) -> Any:
        """The JSON at `path`, which must answer 200."""
        return json_of(self.request("GET", path), path)

    def metric(self, name: str) -> float:
        """The value of `livewall_<name>`, which has no labels."""
        status, body, _ = self.request("GET", "/metrics", timeout=60)
        assert status == 200, body
        found = re.search(rf"^livewall_{name} (\S+)$", body.decode(), re.MULTILINE)
        assert found, name
        return float(found[1])

    def tile(self, setup: str) -> dict[str, Any]:
        """The setup's tile as a screen that connects now gets it; KeyError if there is none."""
        tiles: dict[str, dict[str, Any]] = {tile["setup"]: tile for tile in self.get("/api/v1/live")["setups"]}
        return tiles[setup]


def as_variables(arguments: Sequence[str]) -> dict[str, str]:
    """`--stale-after 2 --insecure` -> LIVEWALL_STALE_AFTER=2 LIVEWALL_INSECURE=1."""
    variables = {}
    for word, after in zip(arguments, [*arguments[1:], "--"], strict=True):
        if word.startswith("--"):
            name = "LIVEWALL_" + word[2:].upper().replace("-", "_")
            variables[name] = "1" if after.startswith("--") else after
    return variables


@contextmanager
def running_dashboard(databases: Databases, template: str, folder: Path, *args: str) -> Iterator[Dashboard]:
    """One that several tests share, on a database of its own; at the end it must stop well."""
    url = databases.create(template)
    dashboard = Dashboard(database_url=url, log_path=folder / "dashboard.log", extra_args=args)
    try:
        yield dashboard.start()
        dashboard.stop()
    finally:
        dashboard.kill()
        databases.drop(url)
