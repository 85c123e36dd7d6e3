"""The machine and the versions that figures belong to, and how quiet it was."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil
import psycopg

from . import processor_time

PACKAGES = ("robotframework", "eventlet", "Flask-SocketIO", "psycopg", "msgspec", "allure-robotframework")
QUIET = 0.15
"""The most that others may use of the machine: beside more, the same code was half as fast."""


def describe(database_url: str) -> dict[str, str]:
    """What a reader needs to compare, without names or paths of the machine."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return {
        "CPU": f"{_cpu()}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "Python": platform.python_version(),
        "PostgreSQL": row[0].split()[0] if row else "?",
        **{name: metadata.version(name) for name in PACKAGES},
    }


@dataclass
class Load:
    """While something was measured. `others`: the share of all cores, 0 to 1, that others used, neighbours of a virtual
    machine among them; `average`: the load average when it began; `niceness`: this one's; `pace`: `pace()` before and
    after.
    """

    others: float
    average: float
    niceness: int
    pace: tuple[float, float] | None = None

    @property
    def is_noisy(self) -> bool:
        return self.others > QUIET

    @property
    def words(self) -> str:
        noisy = f": **noisy**, more than {QUIET:.0%}" if self.is_noisy else ""
        nice = f", niceness {self.niceness}" if self.niceness else ""
        pace = f"; pace {self.pace[0]:.0f} and {self.pace[1]:.0f} ms" if self.pace else ""
        before = f"load average before: {self.average:.1f}{nice}{pace}"
        return f"others used {self.others:.0%} of the machine meanwhile{noisy} ({before})"


def pace() -> float:
    """Milliseconds of processor time that a fixed piece of Python takes, the middle of eleven times.

    Machines that have the same processor by name, and one machine from hour to hour, differ by more than two.
    """
    return statistics.median(_time_a_piece() for _ in range(11)) * 1000


def _time_a_piece() -> float:
    begun = time.process_time()
    found = {number & 1023: f"{number}" for number in range(100_000)}
    json.loads(json.dumps(found))
    return time.process_time() - begun


class LoadWatch:
    """Watches others from now on. Ours is what this process and all that it starts uses."""

    def __init__(self) -> None:
        self._average = os.getloadavg()[0]
        self._pace = pace()
        self._begun = _now()

    def load(self) -> Load:
        """Since the watch began."""
        others = share_of_others(self._begun, _now(), os.cpu_count() or 1)
        return Load(others, self._average, os.nice(0), (self._pace, pace()))


@dataclass
class Moment:
    """The time, and processor seconds used until then: of all, and of ours."""

    at: float
    busy: float
    ours: float


def share_of_others(before: Moment, after: Moment, cores: int) -> float:
    """Of all cores, 0 to 1."""
    others = (after.busy - before.busy) - (after.ours - before.ours)
    return min(max(others / (after.at - before.at) / cores, 0.0), 1.0)


def _now() -> Moment:
    used = psutil.cpu_times()
    busy = used.user + used.nice + used.system + getattr(used, "steal", 0.0)
    return Moment(time.monotonic(), busy, processor_time.of_tree(os.getpid()))


def is_quiet(seconds: float) -> bool:
    """Whether others leave the machine alone for so long. To be asked while nothing of ours is at work."""
    return psutil.cpu_percent(interval=seconds) / 100 <= QUIET


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    for line in info.read_text().splitlines() if info.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
