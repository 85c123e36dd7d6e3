"""Which starts of tests are told, and when."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from livewall_listener import clock, wire
from livewall_listener.held_start import QUICK, HeldStart
from livewall_listener.notices import Notices

AT = "2026-05-04T10:00:00.000000+00:00"
SLOW = 2 * QUICK


def start(number: int) -> wire.StartTest:
    return wire.StartTest(f"s1-t{number}", f"T{number}", f"S.T{number}", AT)


def end(number: int, seconds: float = 0.0) -> wire.EndTest:
    return wire.EndTest(f"s1-t{number}", f"T{number}", f"S.T{number}", "PASS", "", AT, seconds)


class Run:
    """Puts events and lets time pass; a look is due when `tell_due` said so last."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[wire.Event] = []
        self.now = 1000.0
        self.held = HeldStart(self.told.append, Notices(print))
        monkeypatch.setattr(clock, "monotonic", lambda: self.now)

    def of(self, kind: type[wire.Event]) -> list[wire.Event]:
        return [event for event in self.told if isinstance(event, kind)]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    run = Run(monkeypatch)
    run.held.put(start(0))
    run.held.put(end(0))
    del run.told[:]
    return run


def test_of_quick_tests_only_ends_are_told(run: Run) -> None:
    for number in range(1, 200):
        run.held.put(start(number))
        run.now += QUICK / 2
        assert 0 < run.held.tell_due() <= QUICK
        run.held.put(end(number, QUICK / 2))
    run.now += 10 * QUICK
    run.held.tell_due()
    assert run.told == [end(number, QUICK / 2) for number in range(1, 200)]


def test_one_that_lasts_is_told_while_it_runs_and_once(run: Run) -> None:
    run.held.put(start(1))
    assert run.held.tell_due() == pytest.approx(QUICK) and run.told == []
    run.now += QUICK
    for _ in range(3):
        assert run.held.tell_due() == QUICK
        assert run.told == [start(1)]
    run.held.put(end(1, SLOW))
    assert run.told == [start(1), end(1, SLOW)]


def test_after_one_that_took_its_time_the_next_is_told_at_once(run: Run) -> None:
    for event in (start(1), end(1, SLOW), start(2), end(2), start(3)):
        run.held.put(event)
    assert run.told == [end(1, SLOW), start(2), end(2)]


def test_the_first_of_a_run_is_told_at_once() -> None:
    told: list[wire.Event] = []
    HeldStart(told.append, Notices(print)).put(start(1))
    assert told == [start(1)]


def test_where_clocks_stand_still_it_is_told_all_the_same(run: Run) -> None:
    """What a test took is known by Python's clock, which a library may have frozen."""
    run.held.put(end(1, 0.0))
    run.held.put(start(2))
    run.now += QUICK
    run.held.tell_due()
    assert run.told[-1] == start(2)


def test_nothing_comes_between_a_start_that_is_being_told_and_what_follows() -> None:
    """The thread is stopped in the middle of telling it: the run's own waits, for else the start came after the end."""
    told: list[wire.Event] = []
    is_telling, go_on = Event(), Event()

    def deliver(event: wire.Event) -> None:
        if isinstance(event, wire.StartTest) and event.id == "s1-t2":
            is_telling.set()
            assert go_on.wait(60)
        told.append(event)

    held = HeldStart(deliver, Notices(print))
    for event in (start(1), end(1), start(2)):
        held.put(event)
    held.start()
    assert is_telling.wait(60)
    run = Thread(target=held.put, args=(end(2, SLOW),))
    run.start()
    go_on.set()
    run.join(60)
    held.stop()
    held.join(60)
    assert told == [start(1), end(1), start(2), end(2, SLOW)]


def test_a_fault_is_said_and_ends_no_run() -> None:
    said: list[str] = []
    notices = Notices(said.append)

    def deliver(event: wire.Event) -> None:
        if isinstance(event, wire.StartTest) and event.id == "s1-t2":
            raise RuntimeError("oops")

    held = HeldStart(deliver, notices)
    for event in (start(1), end(1), start(2)):
        held.put(event)
    held.start()
    held.join(60)
    assert not held.is_alive()
    notices.tell()
    assert said == ["livewall: this listener failed, please report it: RuntimeError: oops"]
