"""Calls that come at the same moment, answered together: one round trip for all in place of one each."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 100
"""Calls that are answered together."""


class _Call(Generic[T, R]):
    def __init__(self, item: T) -> None:
        self.item = item
        self.turn = threading.Event()
        """Set once it is answered, or is to answer those that wait, itself among them."""
        self.answer: R
        self.error: BaseException | None = None
        self.is_over = False


class Batches(Generic[T, R]):
    """`work(items)` answers each of them, in their order. What it raises, all of them get.

    Nobody waits for company: who comes while nothing is being answered is answered alone, at once; who comes meanwhile
    goes along with the others that do.
    """

    def __init__(self, work: Callable[[list[T]], Sequence[R]], most: int = MOST) -> None:
        self._work = work
        self._most = most
        self._lock = threading.Lock()
        self._waiting: deque[_Call[T, R]] = deque()
        self._is_busy = False

    def ask(self, item: T) -> R:
        """The answer for it. Raises what `work` does."""
        call = _Call[T, R](item)
        with self._lock:
            self._waiting.append(call)
            leads, self._is_busy = not self._is_busy, True
        if leads:
            self._answer_some()
        else:
            self._wait(call)
        if call.error is not None:
            raise call.error
        return call.answer

    def _wait(self, call: _Call[T, R]) -> None:
        try:
            call.turn.wait()
        except BaseException:  # its thread is ended: the others are not to wait for it
            with self._lock:
                if call in self._waiting:
                    self._waiting.remove(call)
            if call.turn.is_set() and not call.is_over:
                self._pass_on()
            raise
        if not call.is_over:
            self._answer_some()

    def _answer_some(self) -> None:
        with self._lock:
            calls = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            for call, answer in zip(calls, self._work([call.item for call in calls]), strict=True):
                call.answer = answer
        except BaseException as error:
            for call in calls:
                call.error = error
        for call in calls:
            call.is_over = True
            call.turn.set()
        self._pass_on()

    def _pass_on(self) -> None:
        """To whoever has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting[0].turn.set()
            else:
                self._is_busy = False
