"""Agents on the wall's own machine, as processes of their own: `livewall up --with-agent 2`.

They end with the wall, also where it is killed, and their jobs with them.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.parent_death import end_with_parent
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.serving.options import needs_tokens

QUEUE = "local"
LOOK_EACH = 2.0
"""Seconds between two looks whether all of them run."""
END_WITHIN = 5.0
"""Seconds they have to end their jobs and say so."""

log = logging.getLogger(__name__)


@contextmanager
def local_agents(count: int, settings: Settings, tokens: TokenStore) -> Iterator[None]:
    """As long as the block runs. Raises Misconfigured where they could not reach the wall."""
    if not count:
        yield
        return
    if settings.unix_socket:
        raise Misconfigured("--with-agent needs a wall with a port: agents do not call through a Unix socket.")
    agents = _LocalAgents(count, settings, _token(settings, tokens) if needs_tokens(settings) else "")
    agents.start()
    keeper = Loop("local agents", agents.keep, LOOK_EACH)
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()
        agents.stop()


class _LocalAgents:
    """local-1, local-2, ...; each is started again when it has ended by itself."""

    def __init__(self, count: int, settings: Settings, token: str) -> None:
        self._names = [f"{QUEUE}-{number}" for number in range(1, count + 1)]
        self._state = folder_of(settings)
        self._url = settings.url
        self._token = token
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Each from this thread, which is their parent: they would end with a shorter-lived one."""
        for name in self._names:
            self._processes[name] = self._begin(name)

    def keep(self) -> None:
        for name, process in self._processes.items():
            if process.poll() is not None:
                log.warning("The agent %s has ended with %d. It is started again.", name, process.returncode)
                self._processes[name] = self._begin(name)

    def stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        give_up = time.monotonic() + END_WITHIN
        while any(process.poll() is None for process in self._processes.values()) and time.monotonic() < give_up:
            time.sleep(0.05)
        for process in self._processes.values():
            process.kill()  # its job ends with it; the next start says that it is lost
            process.wait()

    def _begin(self, name: str) -> subprocess.Popen[bytes]:
        words = ["--server", self._url, "--queue", QUEUE, "--name", name, "--state", str(self._state / name)]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LIVEWALL_")}
        return subprocess.Popen(
            [sys.executable, "-m", "livewall_agent", "run", *words],
            env={**environment, "LIVEWALL_TOKEN": self._token},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is the wall's
            preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509  # it makes a system call and takes no lock
        )


def folder_of(settings: Settings) -> Path:
    """Where local agents keep their jobs."""
    return settings.data.expanduser().absolute() / "agents"


def _token(settings: Settings, tokens: TokenStore) -> str:
    """One of scope agent, kept in a file, so that each start needs no other."""
    path = folder_of(settings) / "token"
    try:
        kept = path.read_text(encoding="ascii").strip()
        if tokens.find(kept):
            return kept
    except (OSError, ValueError):
        pass  # there is none yet
    made = tokens.create(f"agents of this wall, {utc_now():%Y-%m-%d %H:%M:%S}", "agent")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(made, encoding="ascii")
    return made
