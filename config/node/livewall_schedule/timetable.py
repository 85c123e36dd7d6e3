"""When a node runs what: the same every day, and each node a little later than the other."""

from __future__ import annotations

import hashlib
import socket
from dataclasses import dataclass
from pathlib import Path

from livewall_schedule.entries import DAY, HOUR, MINUTE, Entry


def this_node() -> str:
    """What tells this node from others, also from a clone that forgot to change one of the two."""
    try:
        machine = Path("/etc/machine-id").read_text(encoding="utf-8").strip()
    except OSError:
        machine = ""
    return f"{socket.gethostname()} {machine}"


@dataclass(frozen=True)
class Times:
    """Each of `hours` at each of `minutes`, `second` seconds past. Local time."""

    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    second: int

    @property
    def of_day(self) -> list[int]:
        """Seconds from midnight of each run of a day."""
        return [hour * HOUR + minute * MINUTE + self.second for hour in self.hours for minute in self.minutes]


def delay(entry: Entry, node: str) -> int:
    """Seconds, from 0 to below the jitter, by which this node begins later: always the same."""
    if not entry.jitter:
        return 0
    dice = hashlib.sha256(f"{node}\0{entry.name}".encode()).digest()
    return int.from_bytes(dice[:8], "big") % entry.jitter


def times(entry: Entry, node: str) -> Times:
    first = entry.at + delay(entry, node)
    due = sorted((first + entry.every * number) % DAY for number in range(DAY // entry.every))
    return Times(
        hours=tuple(sorted({moment // HOUR for moment in due})),
        minutes=tuple(sorted({moment % HOUR // MINUTE for moment in due})),
        second=first % MINUTE,
    )
