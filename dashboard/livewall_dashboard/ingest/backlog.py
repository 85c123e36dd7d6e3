"""What nodes keep because it is not stored yet, as their batches say; and what they lost. For the metrics."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from livewall_dashboard.ingest.event_structs import kind_of
from livewall_listener import wire


@dataclass(frozen=True, slots=True)
class _Kept:
    """`events`: as the node said last."""

    node: str
    events: int


class Backlog:
    """One caller at a time notes; anybody may read."""

    def __init__(self) -> None:
        self._nodes: dict[str, dict[str, str]] = {}  # by run and process
        self._kept: dict[tuple[str, str], _Kept] = {}
        self.lost = 0
        """Events that nodes could not keep, of all batches since the start."""

    def register(self, run: str, process: str, node: str) -> None:
        self._nodes.setdefault(run, {})[process] = node

    def note(self, run: str, batch: wire.Batch, fresh: Sequence[wire.Event]) -> None:
        """A batch of a process has come; `fresh` are those of its events that never came before."""
        key = run, batch.process
        if batch.waiting:
            self._kept[key] = _Kept(self._nodes.get(run, {}).get(batch.process, run), batch.waiting)
        elif self._kept:
            self._kept.pop(key, None)
        if wire.Lost.kind in map(kind_of, fresh):
            losses: list[Any] = [event for event in fresh if event.kind == wire.Lost.kind]
            self.lost += sum(loss.count for loss in losses)

    def forget(self, runs: Collection[str]) -> None:
        """Drop what was said about these runs."""
        for run in runs:
            self._nodes.pop(run, None)
        for key in [key for key in self._kept if key[0] in runs]:
            del self._kept[key]

    @property
    def events(self) -> int:
        """Events on all nodes that wait to be acknowledged, as far as nodes have said."""
        return sum(kept.events for kept in list(self._kept.values()))

    @property
    def nodes(self) -> int:
        """Nodes that have some."""
        return len({kept.node for kept in list(self._kept.values())})
