"""When a build began, how long its steps took and when it ended, out of what is written and when files were."""

from __future__ import annotations

import math
from collections.abc import Mapping

from livewall_agent.reportwire import END_FILE, STEPS
from livewall_dashboard.buildlogs.key_values import pairs
from livewall_dashboard.buildlogs.parts import Parts

EARLIEST = 631_152_000.0
"""1990: what a clock that was never set says is earlier."""
LATEST = 32_503_680_000.0
"""The year 3000."""
LONGEST = 30 * 24 * 3600.0
"""Seconds that a build may take."""


def times_of(parts: Parts) -> tuple[float, float]:
    """Begin and end, in seconds of the epoch by the clock of the build machine; 0 for what is not known."""
    started_at = _epoch(parts.small.get("timestamp.start.txt", b""), "START-TIMESTAMP-EPOCH")
    ended_at = _epoch(parts.small.get(END_FILE, b""), "END-TIMESTAMP-EPOCH")
    last = max((at for at in map(_step_end, [parts] * len(STEPS), STEPS) if at), default=0.0)
    ended_at = ended_at or last
    return started_at, ended_at if _is_span(started_at, ended_at) else 0.0


def elapsed_times(parts: Parts, started_at: float) -> Mapping[str, float]:
    """Seconds by step: as the report says, else from the end of the one before to its own, by its log's time."""
    told = pairs(parts.small.get(END_FILE, b""), ":")
    found: dict[str, float] = {}
    before = started_at
    for step in STEPS:
        took = _seconds(told.get(f"SECONDS-{step}", ""))
        if 0 <= took <= LONGEST:
            found[step] = took
            continue
        ended_at = _step_end(parts, step)
        if ended_at and _is_span(before, ended_at):
            found[step] = ended_at - before
        before = ended_at or before
    return found


def _step_end(parts: Parts, step: str) -> float:
    return max(parts.changed_at.get(f"{step}.ok", 0.0), parts.changed_at.get(f"{step}.log", 0.0))


def _is_span(start: float, end: float) -> bool:
    return start > 0 and start <= end <= start + LONGEST


def _epoch(data: bytes, name: str) -> float:
    seconds = _seconds(pairs(data, ":").get(name, ""))
    return seconds if EARLIEST <= seconds < LATEST else 0.0


def _seconds(text: str) -> float:
    """-1 where it is no number."""
    try:
        seconds = float(text)
    except ValueError:
        return -1.0
    return seconds if math.isfinite(seconds) else -1.0
