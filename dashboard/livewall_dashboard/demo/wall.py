"""The demo's own wall: `livewall up` in a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.parent_death import end_with_parent
from livewall_dashboard.demo.processes import kill_tree

HOST = "127.0.0.1"
STOP_WITHIN = 30.0


class DemoWall:
    """Its database and its log are under `data`; `setups` is the text of its setups_config.json.

    So many `agents` run with it.
    """

    def __init__(self, data: Path, port: int, setups: Mapping[str, object], *, agents: int = 0) -> None:
        self.data = data
        self.port = port
        self.log = data / "wall.log"
        self._setups = setups
        self._agents = agents
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start it; `ready` says when it is there. Raises Misconfigured when the port is taken."""
        require_free(self.port)
        self.data.mkdir(parents=True, exist_ok=True)
        config = self.data / "setups_config.json"
        config.write_text(json.dumps(self._setups, indent=2), encoding="utf-8")
        command = [sys.executable, "-m", "livewall_dashboard", "up", "--data", str(self.data), "--config", str(config)]
        command += ["--host", HOST, "--port", str(self.port), "--with-agent", str(self._agents)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LIVEWALL_")}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                env={**kept, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509  # it makes a system call and takes no lock
                start_new_session=True,  # Ctrl-C is for the demo; the wall ends after the last run
            )

    def ready(self) -> bool:
        """Whether it answers. Raises Misconfigured with its own last words when it has ended."""
        self.require_running()
        wall = http.client.HTTPConnection(HOST, self.port, timeout=2)  # straight, whatever proxy is set
        try:
            wall.request("GET", "/healthz")
            return wall.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            wall.close()

    def require_running(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            last_words = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
            raise Misconfigured(
                "The wall has ended:\n  " + "\n  ".join(last_words) + f"\nAll it said is in {self.log}."
            )

    def reload(self) -> None:
        """Have it read its configuration again."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """Let it store what it has and end; after half a minute end it anyway."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            kill_tree(self._process)


def require_free(port: int) -> None:
    """Raises Misconfigured, with the way out, when somebody listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise Misconfigured(
                f"Port {port} cannot be had ({error}). Choose another one: `PORT={port + 1} make demo` or "
                f"`livewall demo --port {port + 1}`."
            ) from None
