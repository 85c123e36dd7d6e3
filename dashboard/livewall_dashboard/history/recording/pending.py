"""What waits for Postgres, and what is on its way there."""

from __future__ import annotations

from collections.abc import Callable

from livewall_dashboard.history.recording.model import Delivery, ProcessKey, StateChange


class Pending:
    """Events in the order they came, and the latest new state of each run. Guarded by the recorder's lock."""

    def __init__(self) -> None:
        self._deliveries: list[Delivery] = []
        self._changes: dict[str, StateChange] = {}
        self._bytes = 0
        self._events = self._events_on_way = self._bytes_on_way = 0
        self._changes_on_way: dict[str, StateChange] = {}

    def __len__(self) -> int:
        """Events that are not stored."""
        return self._events + self._events_on_way

    @property
    def size(self) -> int:
        """The bytes they came in, about what they take in memory."""
        return self._bytes + self._bytes_on_way

    def add(self, delivery: Delivery, size: int) -> None:
        self._deliveries.append(delivery)
        self._events += len(delivery.events)
        self._bytes += size

    def add_change(self, change: StateChange) -> None:
        self._changes[change.run] = change

    def take(self, has_to_wait: Callable[[str], bool]) -> tuple[dict[ProcessKey, list[Delivery]], list[StateChange]]:
        """All that waits, but for new states of runs that have to wait; it is on its way until `settle` or `lose`."""
        by_process: dict[ProcessKey, list[Delivery]] = {}
        for delivery in self._deliveries:
            by_process.setdefault(delivery.key, []).append(delivery)
        ready = {run: change for run, change in self._changes.items() if not has_to_wait(run)}
        self._changes = {run: change for run, change in self._changes.items() if run not in ready}
        self._deliveries = []
        self._events_on_way, self._events = self._events, 0
        self._bytes_on_way, self._bytes = self._bytes, 0
        self._changes_on_way = ready
        return by_process, list(ready.values())

    def settle(self, runs_to_try_again: set[str]) -> None:
        """What was on its way is through, but for the new states of these runs."""
        self._take_back({run: change for run, change in self._changes_on_way.items() if run in runs_to_try_again})

    def lose(self) -> None:
        """Forget all events: they were not acknowledged, and stay on the nodes. New states of runs are kept."""
        self._deliveries = []
        self._events = self._bytes = 0
        self._take_back(self._changes_on_way)

    def forget(self, is_meant: Callable[[ProcessKey], bool]) -> None:
        """Forget the events of the processes that are meant."""
        self._deliveries = [delivery for delivery in self._deliveries if not is_meant(delivery.key)]
        self._events = sum(len(delivery.events) for delivery in self._deliveries)

    def _take_back(self, changes: dict[str, StateChange]) -> None:
        self._changes = {**changes, **self._changes}
        self._events_on_way = self._bytes_on_way = 0
        self._changes_on_way = {}
