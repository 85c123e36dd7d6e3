"""What nodes keep because it is not stored yet, as their batches say; and what they lost. For the metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from livewall_listener import wire


@dataclass(frozen=True, slots=True)
class _Kept:
    """`events`: as the node said last."""

    node: str
    events: int


class Backlog:
    """One caller at a time notes; anybody may read."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[str, str], str] = {}
        self._kept: dict[tuple[str, str], _Kept] = {}
        self.lost = 0
        """Events that nodes could not keep, of all batches since the start."""

    def register(self, run: str, process: str, node: str) -> None:
        self._nodes[run, process] = node

    def note(self, run: str, batch: wire.Batch, fresh: Sequence[wire.Event]) -> None:
        """A batch of a process has come; `fresh` are those of its events that never came before."""
        key = run, batch.process
        if batch.waiting:
            self._kept[key] = _Kept(self._nodes.get(key, run), batch.waiting)
        elif self._kept:
            self._kept.pop(key, None)
        self.lost += sum(event.count for event in fresh if isinstance(event, wire.Lost))

    def forget(self, is_known: Callable[[str], bool]) -> None:
        """Drop what was said about runs that are not known any more."""
        for key in [key for key in {*self._nodes, *self._kept} if not is_known(key[0])]:
            self._nodes.pop(key, None)
            self._kept.pop(key, None)

    @property
    def events(self) -> int:
        """Events on all nodes that wait to be acknowledged, as far as nodes have said."""
        return sum(kept.events for kept in list(self._kept.values()))

    @property
    def nodes(self) -> int:
        """Nodes that have some."""
        return len({kept.node for kept in list(self._kept.values())})
