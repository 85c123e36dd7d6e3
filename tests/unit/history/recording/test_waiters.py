"""Who waits is woken by what it waits for."""

from __future__ import annotations

from livewall_dashboard.history.recording.waiters import Waiters

ONE, OTHER = ("run-1", "0"), ("run-1", "1")


def test_only_those_are_woken_whose_event_has_come() -> None:
    waiters = Waiters()
    each = {name: waiters.add(key, seq) for name, key, seq in (("a", ONE, 3), ("b", ONE, 5), ("c", OTHER, 3))}
    waiters.wake(ONE, 4)
    assert [name for name, waiter in each.items() if waiter.is_woken] == ["a"]
    waiters.wake_process(ONE)
    assert [name for name, waiter in each.items() if waiter.is_woken] == ["a", "b"]
    waiters.wake_all()
    assert all(waiter.is_woken for waiter in each.values())


def test_who_gave_up_is_not_woken_and_not_kept() -> None:
    waiters = Waiters()
    waiter = waiters.add(ONE, 3)
    waiters.remove(ONE, waiter)
    waiters.remove(ONE, waiter)
    waiters.wake(ONE, 9)
    assert not waiter.is_woken
    assert waiters._waiting == {}


def test_who_waits_goes_on_when_woken_or_when_the_time_is_over() -> None:
    waiters = Waiters()
    waiter = waiters.add(ONE, 3)
    waiter.wait(0.01)
    assert not waiter.is_woken
    waiters.wake(ONE, 3)
    waiter.wait(60.0)
    assert waiter.is_woken
    waiters.remove(ONE, waiter)
    waiters.wake_all()
