"""Results of robots in jobs, which they could not deliver while the wall was away: the job and its robot are gone."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

from livewall_agent.environment import of_agent
from livewall_agent.isolation import Isolation, environment_of
from livewall_agent.settings import Settings

WITHIN = 60.0
"""Seconds; what is not delivered then is for the next time."""

log = logging.getLogger(__name__)


def redeliver(settings: Settings, house: Isolation, own: Mapping[str, str]) -> None:
    """By the listener's own command, as whoever ran the robots, where they have left anything."""
    spool = settings.state / "spool"
    if not any(path.suffix != ".lock" for path in spool.glob("*")):
        return
    env = of_agent(settings, environment_of(settings.user, own))
    command = [*house.prefix, sys.executable, "-m", "livewall_listener", "resend"]
    with suppress(subprocess.TimeoutExpired, OSError):
        done = subprocess.run(
            command, cwd="/", env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=WITHIN
        )
        lines = done.stdout.decode(errors="replace").strip().splitlines()
        log.info("Results that robots in jobs had kept: %s", lines[-1] if lines else "nothing is said")
