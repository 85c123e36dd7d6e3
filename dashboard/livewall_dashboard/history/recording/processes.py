"""How far each robot process has come, in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from livewall_dashboard.history.recording.model import ProcessKey

REMEMBERED = 20_000


@dataclass(slots=True)
class Process:
    """`stored`: the last event in Postgres. `taken`: the last one in Postgres or in memory."""

    run_id: int
    no: int
    stored: int
    taken: int
    refused: str = ""
    setup: str = ""

    def take_back(self) -> None:
        """Forget what is not stored: its node sends it again."""
        self.taken = self.stored


class Processes(dict[ProcessKey, Process]):
    """All that registered lately."""

    def remember(self, key: ProcessKey, run_id: int, no: int, stored: int) -> Process:
        if key not in self and len(self) >= REMEMBERED:
            self._forget_some()
        return self.setdefault(key, Process(run_id, no, stored, stored))

    def places(self) -> list[tuple[int, int]]:
        """(run_id, no) of each."""
        return [(process.run_id, process.no) for process in list(self.values())]

    def adopt(self, stored: dict[ProcessKey, int]) -> None:
        """Postgres says how far they are."""
        for key, seq in stored.items():
            if (process := self.get(key)) is not None:
                process.stored = process.taken = seq

    def take_back(self, runs: Collection[str] | None = None) -> list[ProcessKey]:
        """Forget what is not stored of these runs, or of all; -> their processes."""
        found = [key for key in list(self) if runs is None or key[0] in runs]
        for key in found:
            self[key].take_back()
        return found

    def _forget_some(self) -> None:
        """The oldest with nothing pending; one that comes back registers again."""
        idle = [key for key, process in list(self.items()) if process.taken == process.stored]
        for key in idle[: REMEMBERED // 10]:
            del self[key]
