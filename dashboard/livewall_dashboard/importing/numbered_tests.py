"""Tests of a file with the numbers of their names, which Postgres looks up while the file is read."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from livewall_dashboard.history.results.names import Names
from livewall_dashboard.importing.model import Output, TestLine
from livewall_dashboard.importing.spill_file import SpillFile

T = TypeVar("T")

CANCEL_WITHIN = 3.0
"""Seconds."""
CANCEL_EACH = 0.05
"""Seconds after which what still goes on is cancelled again: it may have been between two statements."""
MOST_WAITING = 2
"""Batches that may wait for Postgres: it is waited for before there are more."""
HAND_OVER = 0.0005
"""Seconds after which whoever reads lets a thread go on that Postgres has answered: Python's own are ten times as many,
at each statement.
"""

Numbers = tuple["array[int]", "array[int]"]
"""Of some tests' names, and of their tag sets."""


class Beside:
    """A thread that asks Postgres by these `connections`, one question after the other."""

    def __init__(self, connections: tuple[psycopg.Connection[Any], ...]) -> None:
        self._connections = connections
        self._thread = ThreadPoolExecutor(1)
        self._asked: list[Future[Any]] = []

    def submit(self, ask: Callable[..., T], *arguments: object) -> Future[T]:
        future = self._thread.submit(ask, *arguments)
        self._asked = [*(each for each in self._asked if not each.done()), future]
        return future

    def finish(self) -> None:
        self._thread.shutdown()

    def give_up(self) -> None:
        """Whatever hangs in Postgres is cancelled; nothing goes on then."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        while wait(self._asked, timeout=0).not_done:
            for connection in self._connections:
                if connection.info.transaction_status == TransactionStatus.ACTIVE:
                    with suppress(psycopg.Error):
                        connection.cancel_safe(timeout=CANCEL_WITHIN)
            wait(self._asked, timeout=CANCEL_EACH)
        self.finish()


@contextmanager
def beside(*connections: psycopg.Connection[Any]) -> Iterator[Beside]:
    """Who fails does not wait for what hangs in Postgres."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(HAND_OVER)
    thread = Beside(connections)
    try:
        yield thread
    except BaseException:
        thread.give_up()
        raise
    else:
        thread.finish()
    finally:
        sys.setswitchinterval(before)


class NumberedTests:
    """Put all, then take the `batches`. `thread` alone uses `side` and `names` until the last is taken.

    `at_once`: names are stored while the file is read, before it is known whether all of it can be.
    """

    def __init__(self, thread: Beside, side: psycopg.Connection[Any], names: Names, *, at_once: bool = True):
        self._thread = thread
        self._side = side
        self._names = names
        self._at_once = at_once
        self._lines = SpillFile(TestLine, self._look_up_early)
        self._numbers: list[Future[Numbers] | None] = []

    def put(self, line: TestLine) -> None:
        self._lines.put(line, len(line.message[0]) + len(line.longname))

    def batches(self, output: Output) -> Iterator[tuple[list[TestLine], array[int], array[int]]]:
        """Each with its `Numbers`; those of the next are looked up meanwhile, where they were not before."""
        begun = ((batch, self._numbers_of(no, batch, output)) for no, batch in enumerate(self._lines.batches()))
        ahead = next(begun, None)
        while ahead:
            (batch, numbers), ahead = ahead, next(begun, None)
            yield batch, *numbers.result()

    def close(self) -> None:
        self._lines.close()

    def __enter__(self) -> NumberedTests:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _look_up_early(self, batch: list[TestLine]) -> None:
        """Where the names are known before the file's end."""
        if len(self._numbers) >= MOST_WAITING and (former := self._numbers[-MOST_WAITING]):
            former.result()
        longnames = [line.longname for line in batch]
        self._numbers.append(self._begin(longnames, batch) if self._at_once and all(longnames) else None)

    def _numbers_of(self, no: int, batch: list[TestLine], output: Output) -> Future[Numbers]:
        return self._numbers[no] or self._begin([output.longname_of(line) for line in batch], batch)

    def _begin(self, longnames: list[str], batch: list[TestLine]) -> Future[Numbers]:
        return self._thread.submit(self._look_up, longnames, batch)

    def _look_up(self, longnames: list[str], batch: list[TestLine]) -> Numbers:
        pairs = [(longname, line.name) for longname, line in zip(longnames, batch, strict=True)]
        tests = self._names.tests.resolve(self._side, pairs)
        tag_sets = self._names.tag_sets.resolve(self._side, [line.tags for line in batch])
        self._names.committed()
        return array("i", tests), array("i", tag_sets)
