"""Runs that cannot be stored for now, as their rows are locked: put off, so that they hold up no others."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

log = logging.getLogger(__name__)

SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 5.0
"""Seconds until such a run is tried again."""
GONE_AFTER = 20.0
"""Seconds after which a node that sends nothing of such a run again is gone: it would have within half of that."""


@dataclass(slots=True)
class _PutOff:
    reason: str
    until: float
    pause: float


class PutOffRuns:
    """A run is in here from the moment it could not be stored until something of it is, or nobody tries any more."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._runs: dict[str, _PutOff] = {}

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def trouble(self) -> str:
        """What to say of them; "" where there are none."""
        runs = dict(self._runs)
        if not runs:
            return ""
        first, others = next(iter(runs)), len(runs) - 1
        more = f" and {others} other{'s' if others > 1 else ''}" if others else ""
        return f"The results of run {first}{more} are not stored: {runs[first].reason}"

    def has_to_wait(self, run: str) -> bool:
        """Whether it is too early to try this run again."""
        return bool(self._runs) and run in self._runs and self._clock() < self._runs[run].until

    def to_try(self, waiting: Collection[str] = ()) -> list[str]:
        """Those to try again, after all others; the longest waiting first. `waiting`: runs of which something waits."""
        now = self._clock()
        for run in [run for run, one in self._runs.items() if one.until + GONE_AFTER <= now and run not in waiting]:
            del self._runs[run]
            log.info("Nothing waits to be stored of it any more: its node sends nothing.", extra={"run": run})
        return sorted((run for run, one in self._runs.items() if one.until <= now), key=self._until)

    def resume(self) -> None:
        """Postgres is there again: nodes were refused while it was away, so that none of them is known to be gone."""
        now = self._clock()
        for one in self._runs.values():
            one.until = max(one.until, now)

    def add(self, reasons: Mapping[str, str]) -> None:
        """These could not be stored (again)."""
        for run, reason in reasons.items():
            one = self._runs.get(run)
            if one is None:
                log.warning("Its results are not stored: %s", reason, extra={"run": run})
                one = self._runs[run] = _PutOff(reason, 0.0, SHORTEST_PAUSE)
            one.reason = reason
            one.until = self._clock() + one.pause
            one.pause = min(one.pause * 2, LONGEST_PAUSE)

    def remove(self, runs: Iterable[str]) -> None:
        """Something of these is stored."""
        for run in self._runs.keys() & runs:
            del self._runs[run]
            log.info("Its results are stored again.", extra={"run": run})

    def _until(self, run: str) -> float:
        return self._runs[run].until
