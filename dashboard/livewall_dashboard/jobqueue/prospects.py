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
    seconds each other one that is there is at its own; `usual`: median seconds of earlier jobs, None without any.
    """

    before: int
    agents: int
    free: int
    busy: Sequence[float]
    usual: float | None

    @property
    def wait(self) -> float | None:
        """Seconds until it starts; 0 where an agent is free for it.

        None where no agent is there, or nothing is known of how long jobs take.
        """
        if self.before < self.free:
            return 0.0
        if self.usual is None or not (self.free or self.busy):
            return None
        ends = [0.0] * self.free + [max(self.usual - spent, self.usual / LATE_SHARE) for spent in self.busy]
        heapq.heapify(ends)
        for _ in range(self.before):
            heapq.heapreplace(ends, ends[0] + self.usual)
        return ends[0]


def prospects_of(row: Mapping[str, Any]) -> Prospects:
    return Prospects(row["before"], row["agents"], row["free"], row["busy"], row["usual"])
