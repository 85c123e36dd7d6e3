"""How often a Jenkins is asked: never more than so many requests a minute, and less and less while it is away."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable

REQUESTS = 6
WINDOW = 60.0
"""No minute sees more than so many requests of ours to one server, whatever happens."""

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 300.0


class Budget:
    """`REQUESTS` in any `WINDOW` seconds. Times are seconds of any clock that only goes forward.

    `total`: requests made so far.
    """

    def __init__(self) -> None:
        self.total = 0
        self._spent: deque[float] = deque(maxlen=REQUESTS)

    def wait(self, now: float) -> float:
        """Seconds until a request may be made; 0: now."""
        if len(self._spent) < REQUESTS:
            return 0.0
        return max(0.0, self._spent[0] + WINDOW - now)

    def spend(self, now: float) -> None:
        self._spent.append(now)
        self.total += 1


def pause(failures: int, retry_after: float, dice: Callable[[float, float], float] = random.uniform) -> float:
    """Seconds to leave a server alone after so many failures in a row: exponential, with full jitter.

    Many walls that lost the same Jenkins do not come back at the same moment. What the server asks for is the least.
    """
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures, 10))
    return max(1.0, retry_after, dice(0.0, longest))
