"""Agents on the wall's own machine, as processes of their own: `livewall up --with-agent 2`, also under gunicorn.

They serve the queue `local` and those of all projects; where the configuration names others, each is started anew after
its job. They end with the wall, also where it is killed, and their jobs with them.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.parent_death import end_with_parent
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.lab import Lab
from livewall_dashboard.serving.options import needs_tokens

QUEUE = "local"
LOOK_EACH = 2.0
"""Seconds between two looks whether all of them run."""
END_WITHIN = 15.0
"""Seconds they have to end their jobs and instances, and say so."""

log = logging.getLogger(__name__)


@contextmanager
def local_agents(count: int, settings: Settings, tokens: TokenStore, current_lab: Callable[[], Lab]) -> Iterator[None]:
    """As long as the block runs. Raises Misconfigured where they could not reach the wall."""
    if not count:
        yield
        return
    if settings.unix_socket:
        raise Misconfigured("--with-agent needs a wall with a port: agents do not call through a Unix socket.")
    token = _token(settings, tokens) if needs_tokens(settings) else ""
    agents = _LocalAgents(count, settings, token, lambda: queues_of(current_lab()))
    agents.start()
    keeper = Loop("local agents", agents.keep, LOOK_EACH)
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()
        agents.stop()


def queues_of(lab: Lab) -> tuple[str, ...]:
    """What local agents serve."""
    return tuple(sorted({QUEUE, *(project.queue for project in lab.projects)}))


@dataclass(slots=True)
class _LocalAgent:
    """`is_leaving`: it was told to end after its job, so that it is started again for other queues."""

    process: subprocess.Popen[bytes]
    queues: tuple[str, ...]
    is_leaving: bool = False


class _LocalAgents:
    """local-1, local-2, ...; each is started again when it has ended by itself. `queues()`: of now."""

    def __init__(self, count: int, settings: Settings, token: str, queues: Callable[[], tuple[str, ...]]) -> None:
        self._names = [f"{QUEUE}-{number}" for number in range(1, count + 1)]
        self._state = folder_of(settings)
        self._url = settings.url
        self._token = token
        self._queues = queues
        self._agents: dict[str, _LocalAgent] = {}

    def start(self) -> None:
        """Each from this thread, which is their parent: they would end with a shorter-lived one."""
        for name in self._names:
            self._begin(name)

    def keep(self) -> None:
        for name, agent in list(self._agents.items()):
            if agent.process.poll() is not None:
                if not agent.is_leaving:
                    log.warning("The agent %s has ended with %d. It is started again.", name, agent.process.returncode)
                self._begin(name)
            elif agent.queues != self._queues() and not agent.is_leaving:
                log.info("The agent %s serves other queues from now on, or after its job.", name)
                agent.is_leaving = True
                agent.process.send_signal(signal.SIGUSR1)

    def stop(self) -> None:
        processes = [agent.process for agent in self._agents.values()]
        for process in processes:
            process.terminate()
        give_up = time.monotonic() + END_WITHIN
        while any(process.poll() is None for process in processes) and time.monotonic() < give_up:
            time.sleep(0.05)
        for process in processes:
            process.kill()  # its job ends with it; the next start says that it is lost
            process.wait()

    def _begin(self, name: str) -> None:
        queues = self._queues()
        words = ["--server", self._url, "--name", name, "--state", str(self._state / name)]
        words += [word for queue in queues for word in ("--queue", queue)]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LIVEWALL_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "livewall_agent", "run", *words],
            env={**environment, "LIVEWALL_TOKEN": self._token},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is the wall's
            preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509  # it makes a system call and takes no lock
        )
        self._agents[name] = _LocalAgent(process, queues)


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
