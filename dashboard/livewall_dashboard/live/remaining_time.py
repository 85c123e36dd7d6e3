"""How long what is still to run should take."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence


class RemainingTime:
    """Expected durations of the tests one process has announced, in 16 bytes a test.

    Tests are known by the hash of their longname; longnames are not unique, so a test that runs twice is added
    twice and `done` takes one of them away. Tests without history count with the mean of the others.
    """

    def __init__(self) -> None:
        self._keys = array("q")
        self._durations = array("d")  # negative: done
        self._known = 0
        self.mean = 0.0
        self.seconds = 0.0
        """Of all that is not done."""

    @property
    def known(self) -> bool:
        """Whether at least half of the tests have a history: below that a sum would be a guess."""
        return bool(self._known) and self._known * 2 >= len(self._keys)

    def add(self, longnames: Sequence[str], durations: Mapping[str, float]) -> None:
        """Further tests were announced; `durations` has the seconds of those that ran before."""
        known = [durations[name] for name in longnames if name in durations]
        if known:
            self.mean = (self.mean * self._known + sum(known)) / (self._known + len(known))
            self._known += len(known)
        new = [(hash(name), durations.get(name, self.mean)) for name in longnames]
        both = sorted([*zip(self._keys, self._durations, strict=True), *new])
        self._keys = array("q", [key for key, _ in both])
        self._durations = array("d", [duration for _, duration in both])
        self.seconds += sum(duration for _, duration in new)

    def done(self, longname: str) -> None:
        key = hash(longname)
        index = bisect_left(self._keys, key)
        while index < len(self._keys) and self._keys[index] == key:
            if self._durations[index] >= 0:
                self.seconds = max(0.0, self.seconds - self._durations[index])
                self._durations[index] = -1.0
                return
            index += 1
