"""Results of robots in jobs, which they could not deliver while the wall was away: the job and its robot are gone."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from livewall_agent.environment import of_agent, spool_of
from livewall_agent.errors import Refused
from livewall_agent.isolation import Isolation, environment_of
from livewall_agent.settings import Settings

WITHIN = 60.0
"""Seconds; what is not delivered then is for the next time."""

log = logging.getLogger(__name__)


class Redelivery:
    """By the listener's own command, as whoever ran the robots. `token_of(job)`: to deliver the job's results with."""

    def __init__(
        self, settings: Settings, house: Isolation, own: Mapping[str, str], token_of: Callable[[str], str]
    ) -> None:
        self._settings = settings
        self._house = house
        self._own = own
        self._token_of = token_of

    def deliver_all(self) -> None:
        """What robots in any job have left. Raises Unavailable."""
        for folder in sorted((self._settings.state / "spool").iterdir()):
            if folder.is_dir():
                try:
                    self.deliver(folder.name)
                except Refused as error:
                    log.warning("What robots in job %s had kept is not delivered: %s", folder.name, error)

    def deliver(self, job_id: str) -> None:
        """What robots in this job have left, where they have left anything. Raises as `token_of`."""
        folder = spool_of(self._settings, job_id)
        if any(path.suffix != ".lock" for path in folder.glob("*")):
            self._resend(folder, self._token_of(job_id))
        with suppress(OSError):  # there is still something in it, or never was
            folder.rmdir()

    def _resend(self, folder: Path, token: str) -> None:
        env = of_agent(self._settings, environment_of(self._settings.user, self._own))
        env = {"LIVEWALL_TOKEN": token, **env, "LIVEWALL_SPOOL": str(folder)}
        command = [*self._house.prefix, sys.executable, "-m", "livewall_listener", "resend"]
        with suppress(subprocess.TimeoutExpired, OSError):
            done = subprocess.run(
                command, cwd="/", env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=WITHIN
            )
            lines = done.stdout.decode(errors="replace").strip().splitlines()
            log.info("Results that robots in job %s had kept: %s", folder.name, lines[-1] if lines else "nothing")
