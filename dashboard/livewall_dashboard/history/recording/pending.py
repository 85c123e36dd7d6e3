"""What waits for Postgres, and what is on its way there."""

from __future__ import annotations

from collections.abc import Callable

from livewall_dashboard.history.recording.model import Entry, ProcessKey, StateChange


class Pending:
    """Events in the order they came, and the latest new state of each run. Guarded by the recorder's lock."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._changes: dict[str, StateChange] = {}
        self._bytes = 0
        self._entries_on_way = self._bytes_on_way = 0
        self._changes_on_way: dict[str, StateChange] = {}

    def __len__(self) -> int:
        """Events that are not stored."""
        return len(self._entries) + self._entries_on_way

    @property
    def size(self) -> int:
        """The bytes they came in, about what they take in memory."""
        return self._bytes + self._bytes_on_way

    def add(self, entries: list[Entry], size: int) -> None:
        if entries:
            self._entries += entries
            self._bytes += size

    def add_change(self, change: StateChange) -> None:
        self._changes[change.run] = change

    def take(self, has_to_wait: Callable[[str], bool]) -> tuple[dict[ProcessKey, list[Entry]], list[StateChange]]:
        """All that waits, but for new states of runs that have to wait; it is on its way until `settle` or `lose`."""
        by_process: dict[ProcessKey, list[Entry]] = {}
        for entry in self._entries:
            by_process.setdefault((entry.run, entry.process), []).append(entry)
        ready = {run: change for run, change in self._changes.items() if not has_to_wait(run)}
        self._changes = {run: change for run, change in self._changes.items() if run not in ready}
        self._entries_on_way, self._entries = len(self._entries), []
        self._bytes_on_way, self._bytes = self._bytes, 0
        self._changes_on_way = ready
        return by_process, list(ready.values())

    def settle(self, runs_to_try_again: set[str]) -> None:
        """What was on its way is through, but for the new states of these runs."""
        self._take_back({run: change for run, change in self._changes_on_way.items() if run in runs_to_try_again})

    def lose(self) -> None:
        """Forget all events: they were not acknowledged, and stay on the nodes. New states of runs are kept."""
        self._entries = []
        self._bytes = 0
        self._take_back(self._changes_on_way)

    def forget(self, is_meant: Callable[[Entry], bool]) -> None:
        """Forget the events that are meant."""
        self._entries = [entry for entry in self._entries if not is_meant(entry)]

    def _take_back(self, changes: dict[str, StateChange]) -> None:
        self._changes = {**changes, **self._changes}
        self._entries_on_way = self._bytes_on_way = 0
        self._changes_on_way = {}
