"""Walls that do not read: the others get every frame in time, memory is bounded, and who reads again sees what is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from support.dashboard import Dashboard
from support.lab import Lab
from support.raw_screens import RawScreen, RawScreens
from support.steady import LONG
from support.waiting import wait_for

SETUPS = 30
MESSAGE = "what went wrong, at length " * 11
MOST_MEMORY = 80e6
"""Bytes that the dashboard may grow by; without a bound it would be several times that."""
MOST_LAG = 20.0
"""Seconds that a frame may be old; it takes milliseconds, but the machine has much else to do."""


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("reading", "not_reading", "frames"), [(30, 6, 150), pytest.param(250, 50, 600, marks=pytest.mark.soak)]
)
def test_screens_that_never_read(
    own_lab: Lab, reading: int, not_reading: int, frames: int, request: pytest.FixtureRequest
) -> None:
    dashboard = own_lab.dashboard
    _begin(dashboard)
    half = not_reading // 2
    with RawScreens(dashboard.port, reading=reading, silent=not_reading - half, pretending=half) as screens:
        wait_for(lambda: dashboard.metric("screens") == reading + not_reading, LONG, "all screens to be there")
        memory = psutil.Process(dashboard.pid)
        before = memory.memory_info().rss
        with _busy(dashboard):
            wait_for(lambda: dashboard.metric("dropped_frames_total"), LONG, "frames that somebody does not take")
            late = next(screen for screen in screens.pretending if not screen.closed)
            screens.read(late)
            wait_for(lambda: _is_healed(late), LONG, "a screen that reads again to see what is")
            wait_for(lambda: min(screen.seq for screen in screens.reading) > frames, LONG * 3, "many frames")
            if request.node.get_closest_marker("soak"):  # the system gives them half a minute
                wait_for(lambda: dashboard.metric("screens") <= reading + 1, LONG * 2, "the others to be let go")
            assert memory.memory_info().rss < before + MOST_MEMORY
        last = max(screen.seq for screen in screens.reading)
        wait_for(lambda: min(screen.seq for screen in screens.reading) >= last, LONG, "the last frame")
    assert [screen.gaps for screen in screens.reading] == [0] * reading
    assert max(screen.lag for screen in screens.reading) < MOST_LAG
    dashboard.stop()


def _is_healed(screen: RawScreen) -> bool:
    """A screen that is slow to read may have missed some more meanwhile."""
    return 1 <= screen.gaps == screen.snapshots - 1


def _begin(dashboard: Dashboard) -> None:
    for number in range(SETUPS):
        run = {"process": "0", "setup": f"vm-{number}"}
        assert dashboard.request("PUT", f"/api/v1/runs/run-{number}", run)[0] == 200


@contextmanager
def _busy(dashboard: Dashboard) -> Iterator[None]:
    """All setups have news all the time."""
    over = threading.Event()
    told = [0] * SETUPS

    def report() -> None:
        while not over.is_set():
            for number in range(SETUPS):
                batch = {"process": "0", "first_seq": told[number] + 1, "events": [_failed(told[number])]}
                if dashboard.request("POST", f"/api/v1/runs/run-{number}/events", batch, timeout=LONG)[0] == 200:
                    told[number] += 1

    reporting = threading.Thread(target=report)
    reporting.start()
    try:
        yield
    finally:
        over.set()
        reporting.join()


def _failed(number: int) -> dict[str, object]:
    name = f"T{number}"
    test = {"kind": "end_test", "id": f"s1-t{number}", "name": name, "longname": f"S.{name}", "status": "FAIL"}
    return {**test, "message": f"{number} {MESSAGE}", "start_time": "2026-01-01T00:00:00Z", "elapsed_time": 1.0}
