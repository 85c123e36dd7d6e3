"""What the whole wall must know and no tile can say, from all who have something to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

Notice = dict[str, str]
"""`kind`, `text` and `since`, as the wall's contract has it."""


class Notices:
    """`publish` gets all of them whenever they are others."""

    def __init__(self, publish: Callable[[list[Notice]], None]) -> None:
        self._publish = publish
        self._of: dict[str, list[Notice]] = {}

    def set(self, kind: str, notices: Sequence[Notice]) -> None:
        """These take the place of the former ones of this kind."""
        if self._of.get(kind, []) != list(notices):
            self._of[kind] = list(notices)
            self._publish([notice for kind in sorted(self._of) for notice in self._of[kind]])

    def tell(self, kind: str, text: str, now: datetime) -> None:
        """The one of this kind, which began when there was none before; "": it is over."""
        before = self._of.get(kind)
        since = before[0]["since"] if before else now.isoformat()
        self.set(kind, [{"kind": kind, "text": text, "since": since}] if text else [])
