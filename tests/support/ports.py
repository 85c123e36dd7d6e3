"""Ports nobody uses."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterator
from itertools import cycle

FIRST, LAST = 10_000, 32_000
"""Below those the system gives to whoever connects: a port that was looked up is still free when it is listened on."""
REFUSED = {10_080}
"""Browsers open no page there: of the Fetch standard's bad ports the one between these two."""
WORKERS = 8


def own_ports() -> list[int]:
    """Those of this pytest-xdist worker alone: two that choose at the same time do not choose the same.

    `LIVEWALL_TEST_LANE`: which of two checks that run at the same time it belongs to.
    """
    lane = int(os.environ.get("LIVEWALL_TEST_LANE", "0"))
    worker = (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[len("gw") :]) + lane * WORKERS // 2) % WORKERS
    share = (LAST - FIRST) // WORKERS
    return [port for port in range(FIRST + worker * share, FIRST + (worker + 1) * share) if port not in REFUSED]


_own = own_ports()
_begin = random.SystemRandom().randrange(len(_own))
_candidates: Iterator[int] = cycle([*_own[_begin:], *_own[:_begin]])


def free_port() -> int:
    """A port on loopback that is free now and that this test session was not given for long."""
    for port in _candidates:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError  # candidates never end
