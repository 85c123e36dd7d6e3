"""Tells the output of a build's steps apart, by the lines that its script prints between them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

MARK = "livewall-step"
LONGEST_MARK = 300
"""Bytes of such a line, and of what may be the begin of one."""
MOST_FOLDERS = 1000
TIMED_OUT = (124, 137)
"""Exit codes of timeout(1), where the time was over."""


@dataclass(slots=True)
class StepState:
    """`began`, `ended`: seconds of the agent's clock that nobody sets."""

    status: str = "waiting"
    exit_code: int | None = None
    began: float | None = None
    ended: float | None = None

    @property
    def elapsed_time(self) -> float | None:
        if self.began is None or self.ended is None:
            return None
        return round(max(0.0, self.ended - self.began), 2)

    def is_timed_out(self, timeout: float) -> bool:
        took = self.elapsed_time
        return self.exit_code in TIMED_OUT and took is not None and took >= timeout


class StepOutput:
    """Takes the output of a job in pieces. `states`: by the steps' numbers, from 1. `trouble`: why no step was begun.

    `on_text(number, piece)`: what step `number` has written; 0 is before the first.
    """

    def __init__(self, token: str, on_text: Callable[[int, bytes], object]) -> None:
        self.states: dict[int, StepState] = {}
        self.trouble = ""
        self.folders: dict[str, int] = {}
        """By a folder among the artifacts, the step after which it was there."""
        self.is_cut = False
        """Whether the output lacks the end of a step that has come to one."""
        self._on_text = on_text
        self._mark = re.compile(rb"\n?" + re.escape(f"{MARK} {token} ".encode()) + rb"([^\n]*)\n")
        self._start = f"\n{MARK} {token} ".encode()
        self._current = 0
        self._rest = b""

    def feed(self, piece: bytes) -> None:
        data = self._rest + piece
        at = 0
        for found in self._mark.finditer(data):
            self._text(data[at : found.start()])
            self._take(found[1].decode("utf-8", "replace").split(" "))
            at = found.end()
        keep = _held(data[at:], self._start)
        self._text(data[at : len(data) - keep])
        self._rest = data[len(data) - keep :] if keep else b""

    def finish(self) -> None:
        self._text(self._rest)
        self._rest = b""

    def take_marks(self, text: bytes) -> None:
        """The same lines, out of a file that has nothing else: what the output may lack where it was cut off."""
        current, ended = self._current, self._ended()
        for found in self._mark.finditer(text):
            self._take(found[1].decode("utf-8", "replace").split(" "))
        self._current = current
        self.is_cut |= self._ended() != ended

    def _ended(self) -> set[int]:
        return {no for no, state in self.states.items() if state.exit_code is not None}

    def _text(self, piece: bytes) -> None:
        if piece:
            self._on_text(self._current, piece)

    def _take(self, words: list[str]) -> None:
        try:
            if words[0] == "begin":
                self._current = int(words[1])
                self.states[self._current] = StepState("running", began=float(words[2]))
            elif words[0] == "end":
                self._end(self.states.setdefault(int(words[1]), StepState()), int(words[2]), float(words[3]))
            elif words[0] == "folder" and len(self.folders) < MOST_FOLDERS:
                self.folders.setdefault(" ".join(words[2:]), int(words[1]))
            elif words[0] == "trouble":
                self.trouble = " ".join(words[1:])
        except (ValueError, IndexError):
            pass  # a build printed something of the kind

    def _end(self, state: StepState, exit_code: int, ended: float) -> None:
        state.status = "failed" if exit_code else "ok"
        state.exit_code, state.ended = exit_code, ended
        self._current = 0


def _held(data: bytes, start: bytes) -> int:
    """How many bytes at the end may be the begin of a mark whose rest has not come yet."""
    at = max(data.rfind(start), 0 if data.startswith(start[1:]) else -1)
    if at >= 0 and len(data) - at <= LONGEST_MARK:
        return len(data) - at
    for length in range(min(len(start), len(data)), 0, -1):
        if start.startswith(data[-length:]):
            return length
    return 0
