"""The tree of suites of a file that is not Robot Framework's, built as its tests come, in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from livewall_dashboard.history.result_sets.result_set import Attempt
from livewall_dashboard.importing.model import NO_WORDS, Output, SuiteLine, TestLine, Unreadable, Words
from livewall_listener import wire

MOST_SUITES = 200_000
"""Suites of one file, which are held in memory until its end, and at most so many characters of their names."""
MOST_NAMES = 50_000_000
ROOT = "s1"


@dataclass(slots=True)
class ForeignSuite:
    """`longname`: of its tests, joined by dots; the root's is not part of it, as a run's name may change."""

    no: int
    id: str
    name: str
    longname: str
    source: str = ""
    start: str = ""
    elapsed: float | None = None
    message: Words = NO_WORDS
    suites: int = 0
    children: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(wire.STATUSES, 0))
    below: float = 0.0
    parent: ForeignSuite | None = None
    named: dict[str, ForeignSuite] = field(default_factory=dict)


class ForeignSuites:
    """`take` gets each test when it is added, and the suites when all is read."""

    def __init__(self, output: Output, take: Callable[[TestLine | SuiteLine], None]):
        self._output = output
        self._take = take
        self.root = ForeignSuite(1, ROOT, "", "")
        self._all = [self.root]
        self._held = 0

    def child(self, parent: ForeignSuite, name: str) -> ForeignSuite:
        """A new suite in another one. Raises `Unreadable`."""
        parent.suites += 1
        longname = f"{parent.longname}.{name}" if parent.longname else name
        if len(longname) > wire.MAX_NAME:
            raise Unreadable("Suites are nested deeper than anybody can read.")
        self._held += len(longname)
        if len(self._all) >= MOST_SUITES or self._held > MOST_NAMES:
            raise Unreadable(f"It holds more than {MOST_SUITES:,} suites, or longer names than anybody can read.")
        suite = ForeignSuite(len(self._all) + 1, f"{parent.id}-s{parent.suites}", name, longname, parent=parent)
        self._all.append(suite)
        return suite

    def group(self, parent: ForeignSuite, name: str) -> ForeignSuite:
        """The suite of that name in another one: the same for all tests that name it."""
        if (found := parent.named.get(name)) is None:
            found = parent.named[name] = self.child(parent, name)
        return found

    def add_test(
        self,
        suite: ForeignSuite,
        name: str,
        status: str,
        message: Words,
        start: str,
        elapsed: float,
        lineno: int = 0,
        attempts: Sequence[Attempt] = (),
        tries: int = 1,
    ) -> None:
        name = wire.clean_name(name)[: wire.MAX_NAME] or "(without a name)"
        suite.children += 1
        self._output.tests += 1
        longname = f"{suite.longname}.{name}" if suite.longname else name
        line = TestLine(
            f"{suite.id}-t{suite.children}",
            name,
            wire.clean_name(longname)[: wire.MAX_NAME],
            status,
            message,
            start or self._start_of(suite),
            elapsed,
            lineno,
            (),
            tuple(attempts) if len(attempts) > 1 else (),
            max(tries, len(attempts)),
        )
        above: ForeignSuite | None = suite
        while above is not None:
            above.counts[status] += 1
            above.below += elapsed
            above = above.parent
        self._take(line)

    def finish(self, name: str, start: str) -> None:
        """All is read: the root suite's name, and when it began."""
        root, output = self.root, self._output
        root.name = root.longname = wire.clean_name(name)[: wire.MAX_NAME]
        output.name, output.start, output.suites = root.name, start, len(self._all)
        root.start = start
        for suite in self._all:
            self._take(self._line(suite))

    def _start_of(self, suite: ForeignSuite | None) -> str:
        while suite is not None and not suite.start:
            suite = suite.parent
        return suite.start if suite else ""

    def _line(self, suite: ForeignSuite) -> SuiteLine:
        passed, failed, skipped, not_run = (suite.counts[status] for status in wire.STATUSES)
        return SuiteLine(
            suite.no,
            suite.id,
            wire.clean_name(suite.name)[: wire.MAX_NAME],
            wire.clean_name(suite.longname)[: wire.MAX_NAME],
            wire.clean(suite.source),
            NO_WORDS,
            {},
            suite.message,
            self._start_of(suite),
            suite.below if suite.elapsed is None else suite.elapsed,
            None,
            None,
            sum(suite.counts.values()),
            passed,
            failed + not_run,
            skipped,
        )
