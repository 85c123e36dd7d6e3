"""How often somebody may call: beyond that the answer is 429, with the time after which to come back.

Each limit is out of reach of a lab that works, also of one whose nodes all come back in the same second from behind one
address. It is there for what runs wild: a loop in a script, a stolen token.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from livewall_dashboard.base.errors import TooManyRequests

REMEMBERED = 20_000
"""Callers counted at the same time; then those are forgotten who have nothing to wait for."""


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """`burst` calls at once, and `per_second` of them for good; with `each_run` counted for each run apart.

    `what` is for people. Two of them are two, whatever they say: a key of every request.
    """

    what: str
    per_second: float
    burst: int
    each_run: bool = False


EVENTS = Limit("requests about one run", 200, 1000, each_run=True)
"""Of one caller for one run: its listener sends 20 a second at most for each robot process."""
RUNS = Limit("registrations of runs", 50, 2000)
READS = Limit("requests", 100, 2000)
JOBS = Limit("requests about jobs", 2000, 20_000)
"""Of one caller: 500 agents behind one address ask some 400 times a second, and write what their jobs print besides."""
UPLOADS = Limit("uploads", 2000, 10_000)
"""Of results, by a program that sends the next one as soon as the last is answered; and what it reads meanwhile."""
WRONG_TOKENS = Limit("requests with a wrong token", 50, 1000)
"""Of one address: 500 nodes whose token was revoked ask 17 times a second."""
LOGINS = Limit("attempts to sign in", 0.2, 10)
"""Failed ones, of one address."""
SIGN_INS = Limit("sign-ins", 1, 500)
"""With one good token, of one address: each makes a session, and each session has limits of its own."""
LOG_LINES = Limit("words in the log", 1 / 60, 1)
"""About one address."""


class Limits:
    """Counts calls, each by a key of its caller, in token buckets. What a caller can make up is no part of a key."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._lock = threading.Lock()
        self._full_at: dict[tuple[Limit, Hashable], float] = {}
        """When a bucket will be full again; one that is not here is full."""

    def spend(self, limit: Limit, *caller: Hashable) -> None:
        """Count a call. Raises TooManyRequests, and then it does not count."""
        seconds = self.wait(limit, *caller)
        if seconds:
            after = math.ceil(seconds)
            raise TooManyRequests(
                f"Too many {limit.what}: more than {limit.burst} at once and {limit.per_second:g} a second. "
                f"Come back in {after} s.",
                headers={"Retry-After": str(after)},
            )

    def wait(self, limit: Limit, *caller: Hashable) -> float:
        """Count a call -> 0, or the seconds after which there is room for it; then it does not count."""
        key = (limit, caller)
        with self._lock:
            now = self._clock()
            full_at = max(self._full_at.get(key, 0.0), now) + 1 / limit.per_second
            too_early = full_at - now - limit.burst / limit.per_second
            if too_early > 1e-9:
                return too_early
            if key not in self._full_at and len(self._full_at) >= REMEMBERED:
                self._forget(now)
            self._full_at[key] = full_at
        return 0.0

    def _forget(self, now: float) -> None:
        self._full_at = {key: full_at for key, full_at in self._full_at.items() if full_at > now}
        if len(self._full_at) >= REMEMBERED:  # somebody makes up callers: nobody is to pay for that with our memory
            self._full_at.clear()
