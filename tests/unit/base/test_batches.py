"""Calls that come at the same moment are answered together, each with its own answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from livewall_dashboard.base.batches import Batches
from support.waiting import wait_for


class Work:
    """Doubles numbers, once it is let go on; `batches`: what it was asked."""

    def __init__(self, most: int = 100) -> None:
        self.batches: list[list[int]] = []
        self.go_on = threading.Event()
        self.asking = Batches(self._double, most)

    def _double(self, numbers: list[int]) -> list[int]:
        self.batches.append(numbers)
        assert self.go_on.wait(60)
        if 13 in numbers:
            raise ValueError(numbers)
        return [2 * number for number in numbers]

    @property
    def waiting(self) -> int:
        return len(self.asking._waiting)


def test_batches_who_comes_meanwhile_goes_along_with_the_next() -> None:
    work = Work(most=3)
    with ThreadPoolExecutor(8) as threads:
        answers = [threads.submit(work.asking.ask, 0)]
        wait_for(lambda: work.batches)
        for number in range(1, 6):
            answers.append(threads.submit(work.asking.ask, number))
            wait_for(lambda number=number: work.waiting == number)
        work.go_on.set()
        assert [answer.result(60) for answer in answers] == [0, 2, 4, 6, 8, 10]
    assert work.batches == [[0], [1, 2, 3], [4, 5]]
    assert work.asking.ask(6) == 12, "and whoever comes later is answered at once"


def test_batches_an_error_is_of_its_batch_alone() -> None:
    work = Work()
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(work.asking.ask, 1)
        wait_for(lambda: work.batches)
        others = []
        for number in (13, 14):
            others.append(threads.submit(work.asking.ask, number))
            wait_for(lambda: work.waiting == len(others))
        work.go_on.set()
        assert first.result(60) == 2
        for other in others:
            with pytest.raises(ValueError, match="13, 14"):
                other.result(60)
    assert work.asking.ask(2) == 4


def test_batches_who_leaves_before_its_turn_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work()
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(work.asking.ask, 1)
        wait_for(lambda: work.batches)
        wait, here = threading.Event.wait, threading.current_thread()

        def leave(event: threading.Event, timeout: float | None = None) -> bool:
            if threading.current_thread() is here:
                raise KeyboardInterrupt
            return wait(event, timeout)

        monkeypatch.setattr(threading.Event, "wait", leave)
        with pytest.raises(KeyboardInterrupt):
            work.asking.ask(2)
        monkeypatch.undo()
        after = threads.submit(work.asking.ask, 3)
        wait_for(lambda: work.waiting == 1)
        work.go_on.set()
        assert (first.result(60), after.result(60)) == (2, 6)
    assert work.batches == [[1], [3]]
