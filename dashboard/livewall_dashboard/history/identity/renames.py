"""What `livewall rename` was told, applied to one test's name. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from livewall_dashboard.history.results.names import NamePair

Kind = Literal["suite", "test"]


@dataclass(frozen=True, slots=True)
class Renaming:
    """All below a suite, or one test, has two longnames. `separator`: what parts the names below a suite.

    `old_name`, `new_name`: of a test, by which end of its longname is its name.
    """

    kind: Kind
    old: str
    new: str
    separator: str = "."
    old_name: str = ""
    new_name: str = ""
    id: int = 0
    at: datetime | None = None
    doubted_by: str | None = None

    def others(self, test: NamePair) -> Iterator[NamePair]:
        """What this test is called by the renaming: under its new name, under its old one."""
        if self.kind == "test":
            old, new = (self.old, self.old_name), (self.new, self.new_name)
            if test in (old, new):
                yield old if test == new else new
            return
        after = self._after(test)
        if after is not None:
            yield after
        before = self._moved(test, self.new, self.old)
        if before is not None and self._after(before) == test:
            yield before

    def is_below(self, test: NamePair, suite: str) -> bool:
        """Whether the test is in this suite or below it; a name may hold the separator itself."""
        longname, name = test
        if not longname.startswith(suite + self.separator):
            return False
        return self.separator == "/" or len(longname) - len(name) > len(suite)

    def _after(self, test: NamePair) -> NamePair | None:
        """Where one of the two suites is in the other, what has moved already does not move again."""
        if self._is_within(self.new, self.old) and self.is_below(test, self.new):
            return None
        moved = self._moved(test, self.old, self.new)
        if moved and self._is_within(self.old, self.new) and self.is_below(moved, self.old):
            return None
        return moved

    def _moved(self, test: NamePair, source: str, target: str) -> NamePair | None:
        if not self.is_below(test, source):
            return None
        longname, name = test
        moved = target + longname[len(source) :]
        return moved, moved if name == longname else name

    def _is_within(self, suite: str, other: str) -> bool:
        return suite.startswith(other + self.separator)
