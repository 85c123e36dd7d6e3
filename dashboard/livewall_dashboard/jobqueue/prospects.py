"""When a job is likely to start: who may take it, what they are at, and what comes first. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LATE_SHARE = 4
"""An agent that is at its job for longer than usual is taken to need the usual time by this."""
LOOKED_AHEAD = 1000
"""Jobs that come first and are counted: with more of them nobody wants to know the minute."""


@dataclass(frozen=True, slots=True)
class Prospects:
    """Of one job. `before`: jobs that come first and that one of its agents may take, too.

    `agents`: that may take it, whether they are there or not; `free`: those that wait for a job; `busy`: for how many
    seconds each other one that is there is at its own; `held`: for how many more it is reserved, 0 for not; `usual`:
    median seconds of earlier jobs, None without any.
    """

    before: int
    agents: int
    free: int
    busy: Sequence[float]
    held: Sequence[float]
    usual: float | None

    @property
    def there(self) -> int:
        """Of its agents, those that are there."""
        return self.free + len(self.busy)

    @property
    def wait(self) -> float | None:
        """Seconds until it starts; 0 where an agent is free for it.

        None where no agent is there, or nothing is known of how long jobs take.
        """
        if self.before < self.free:
            return 0.0
        if self.usual is None or not (self.free or self.busy):
            return None
        late = self.usual / LATE_SHARE
        at_work = zip(self.busy, self.held, strict=True)
        ends = [0.0] * self.free + [max(self.usual - spent, late, held) for spent, held in at_work]
        heapq.heapify(ends)
        for _ in range(self.before):
            heapq.heapreplace(ends, ends[0] + self.usual)
        return ends[0]


def prospects_of(row: Mapping[str, Any]) -> Prospects:
    return Prospects(row["before"], row["agents"], row["free"], row["busy"], row["held"], row["usual"])
