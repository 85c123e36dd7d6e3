"""A schedule as systemd timers and services, or as a crontab: the same times in both."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from livewall_schedule.entries import Entry
from livewall_schedule.timetable import times

PREFIX = "livewall-suites-"
MADE = "# Written by livewall-schedule from {schedule}: changes here are lost.\n"
_ALL_HOURS = tuple(range(24))


@dataclass(frozen=True)
class Place:
    """`program`: the node's livewall-schedule. `user`: who runs the suites, "" for the one whose timers these are."""

    program: str
    schedule: Path
    user: str
    node: str


def units(entries: Iterable[Entry], place: Place) -> dict[str, str]:
    """File name -> text: a timer and a service for each entry."""
    made = {}
    for entry in entries:
        made[f"{PREFIX}{entry.name}.timer"] = _timer(entry, place)
        made[f"{PREFIX}{entry.name}.service"] = _service(entry, place)
    return made


def crontab(entries: Iterable[Entry], place: Place) -> str:
    """For /etc/cron.d where the place has a user, else for a crontab of one's own. What is said goes to the syslog."""
    lines = [MADE.format(schedule=place.schedule), "SHELL=/bin/sh\n", 'MAILTO=""\n', "\n"]
    for entry in entries:
        when = times(entry, place.node)
        hours = "*" if when.hours == _ALL_HOURS else ",".join(map(str, when.hours))
        command = shlex.join([place.program, "run", "--after", str(when.second), entry.name])
        command += f" 2>&1 | logger -t {PREFIX}{entry.name}"
        user = f"{place.user} " if place.user else ""
        # To cron a bare % is a new line.
        lines.append(f"{','.join(map(str, when.minutes))} {hours} * * * {user}{command}\n".replace("%", "\\%"))
    return "".join(lines)


def _timer(entry: Entry, place: Place) -> str:
    when = times(entry, place.node)
    hours = "*" if when.hours == _ALL_HOURS else ",".join(f"{hour:02}" for hour in when.hours)
    minutes = ",".join(f"{minute:02}" for minute in when.minutes)
    return f"""{MADE.format(schedule=place.schedule)}
[Unit]
Description=When {entry.name} runs on this node

[Timer]
OnCalendar=*-*-* {hours}:{minutes}:{when.second:02}
AccuracySec=1s

[Install]
WantedBy=timers.target
"""


def _service(entry: Entry, place: Place) -> str:
    user = f"User={place.user}\n" if place.user else ""
    # 75: skipped, as another run goes on. mixed: robot is told to end by its runner, and once only.
    return f"""{MADE.format(schedule=place.schedule)}
[Unit]
Description={entry.name}: robot suites, reported to the wall
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
{user}ExecStart={_word(place.program)} run {entry.name}
SuccessExitStatus=75
KillMode=mixed
TimeoutStopSec=90
"""


def _word(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
