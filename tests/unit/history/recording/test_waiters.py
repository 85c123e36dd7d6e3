"""Who waits is woken by what it waits for."""

from __future__ import annotations

from livewall_dashboard.history.recording.waiters import Waiters

ONE, OTHER = ("run-1", "0"), ("run-1", "1")


def test_only_those_are_woken_whose_event_has_come() -> None:
    waiters = Waiters()
    events = {name: waiters.add(key, seq) for name, key, seq in (("a", ONE, 3), ("b", ONE, 5), ("c", OTHER, 3))}
    waiters.wake(ONE, 4)
    assert [name for name, event in events.items() if event.is_set()] == ["a"]
    waiters.wake_process(ONE)
    assert [name for name, event in events.items() if event.is_set()] == ["a", "b"]
    waiters.wake_all()
    assert all(event.is_set() for event in events.values())


def test_who_gave_up_is_not_woken_and_not_kept() -> None:
    waiters = Waiters()
    event = waiters.add(ONE, 3)
    waiters.remove(ONE, event)
    waiters.remove(ONE, event)
    waiters.wake(ONE, 9)
    assert not event.is_set()
    assert waiters._waiting == {}
