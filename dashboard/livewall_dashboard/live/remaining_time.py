"""How long what is still to run should take."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence


class _Piece:
    """Expected durations by the hashes of longnames, in the order of these; negative: done."""

    def __init__(self, pairs: Sequence[tuple[int, float]]) -> None:
        self.keys = array("q", [key for key, _ in pairs])
        self.durations = array("d", [duration for _, duration in pairs])

    def merged(self, other: _Piece) -> _Piece:
        mine, others = zip(self.keys, self.durations, strict=True), zip(other.keys, other.durations, strict=True)
        return _Piece(sorted([*mine, *others]))

    def take(self, key: int) -> float | None:
        """The duration of a test of that hash that is not done, which it is from now on."""
        index = bisect_left(self.keys, key)
        while index < len(self.keys) and self.keys[index] == key:
            if (duration := self.durations[index]) >= 0:
                self.durations[index] = -1.0
                return duration
            index += 1
        return None


class RemainingTime:
    """Expected durations of the tests one process has announced, in 16 bytes a test.

    Tests are known by the hash of their longname; longnames are not unique, so a test that runs twice is added
    twice and `done` takes one of them away. Tests without history count with the mean of the others.
    """

    def __init__(self) -> None:
        self._pieces: list[_Piece] = []  # each more than twice as long as the next: they are few, and seldom merged
        self._known = self._announced = 0
        self.mean = 0.0
        self.seconds = 0.0
        """Of all that is not done."""

    @property
    def known(self) -> bool:
        """Whether at least half of the tests have a history: below that a sum would be a guess."""
        return bool(self._known) and self._known * 2 >= self._announced

    def add(self, longnames: Sequence[str], durations: Mapping[str, float]) -> None:
        """Further tests were announced; `durations` has the seconds of those that ran before."""
        known = [durations[name] for name in longnames if name in durations]
        if known:
            self.mean = (self.mean * self._known + sum(known)) / (self._known + len(known))
            self._known += len(known)
        new = sorted([(hash(name), durations.get(name, self.mean)) for name in longnames])
        self._announced += len(new)
        self.seconds += sum(duration for _, duration in new)
        self._pieces.append(_Piece(new))
        while len(self._pieces) > 1 and len(self._pieces[-2].keys) <= 2 * len(self._pieces[-1].keys):
            last = self._pieces.pop()
            self._pieces[-1] = self._pieces[-1].merged(last)

    def done(self, longname: str) -> None:
        key = hash(longname)
        for piece in self._pieces:
            if (duration := piece.take(key)) is not None:
                self.seconds = max(0.0, self.seconds - duration)
                return
