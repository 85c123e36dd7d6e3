"""The machine and the versions that figures belong to."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

import psutil
import psycopg

PACKAGES = ("robotframework", "eventlet", "Flask-SocketIO", "psycopg", "msgspec", "allure-robotframework")


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


def busy(seconds: float) -> float:
    """The share of all cores that others used for so long, 0 to 1."""
    return psutil.cpu_percent(interval=seconds) / 100


def load_average(load: float) -> str:
    """What a reader needs to know of others at work beside the benchmark."""
    return (
        f"Load average at the start: {load:.1f} on {os.cpu_count()} cores, of which this had its share by niceness "
        f"{os.nice(0)}."
    )


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    for line in info.read_text().splitlines() if info.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
