"""What an output.xml says, as plain data: tests and suites one by one, and the file as a whole.

Tests and suites are tuples of plain values: a large file has a million, and they wait on disk while it is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.history.result_sets.result_set import Attempt
from livewall_listener import wire

Words = tuple[str, int]
"""A text that may be endless: its first `wire.MAX_TEXT` characters, and how many more there are."""
NO_WORDS: Words = ("", 0)


class Unreadable(LivewallError):
    """A file is not what it should be, or not what it was taken for; the message says what to do."""

    code, http_status = "unreadable", 422


class Unrecognized(Unreadable):
    """A file is of no kind that can be imported."""


class TestLine(NamedTuple):
    """A test as it stands in the file, before its suites' teardowns. `start`: local time without zone, "" for none:
    that of the root suite. `attempts`: where it was tried several times; `tries`: how often, if no more is told.
    """

    id: str
    name: str
    longname: str
    status: str
    message: Words
    start: str
    elapsed: float
    lineno: int
    tags: tuple[str, ...]
    attempts: tuple[Attempt, ...] = ()
    tries: int = 1


class PhaseLine(NamedTuple):
    """A suite's setup or teardown."""

    name: str
    status: str
    elapsed: float


class SuiteLine(NamedTuple):
    """A suite as it stands in the file. `no` orders suites as they started; the counts are of the tests below it,
    after the suite's own teardown and before those above it. `is_whole`: its end was there to be read.
    """

    no: int
    id: str
    name: str
    longname: str
    source: str
    doc: Words
    metadata: dict[str, str]
    message: Words
    start: str
    elapsed: float
    setup: PhaseLine | None
    teardown: PhaseLine | None
    tests: int
    passed: int
    failed: int
    skipped: int
    is_whole: bool = True


class Correction(NamedTuple):
    """A suite's teardown that failed or skipped: it changes every test below."""

    skips: bool
    message: str


@dataclass
class Output:
    """The file without its tests and suites. `start`: of the root suite.

    `generator`: the program that wrote it, such as `Robot 7.5 (Python 3.11.2 on linux)`. `corrections` by suite id;
    empty where the writer has applied them. `is_merged`: rebot put later executions in the place of earlier ones.
    `generated`: when robot began the file. `cut_off`: where it ends, "" for a file that robot has closed; it holds the
    tests that had ended. `longnames`: of suites by id, where the file has them after what is in them; then their lines
    and tests have none.
    """

    generator: str = ""
    generated: str = ""
    cut_off: str = ""
    name: str = ""
    start: str = ""
    tests: int = 0
    suites: int = 0
    warnings: int = 0
    errors: int = 0
    corrections: dict[str, Correction] = field(default_factory=dict)
    is_merged: bool = False
    longnames: dict[str, str] = field(default_factory=dict)
    foreign: Foreign | None = None

    @property
    def is_put_together(self) -> bool:
        """Written by rebot or pabot out of other files, not by the robot that ran the tests."""
        return self.generator.upper().split()[:1] != ["ROBOT"]

    def longname_of(self, line: TestLine | SuiteLine) -> str:
        if line.longname or not self.longnames:
            return line.longname
        if isinstance(line, SuiteLine):
            return self.longnames[line.id]
        return f"{self.longnames[wire.suite_id_of(line.id)]}.{line.name}"[: wire.MAX_NAME]


@dataclass
class Foreign:
    """What is otherwise of a file that is not Robot Framework's: no node reported its run, and its times are UTC.

    `digest`: of its content, which is what tells its run from others. `has_start`: whether it says when it began; else
    its start is when it was written. `tests` and `failed`: what it counts itself, where it holds none of them;
    `missing`: tests that it so lacks.
    """

    format: str
    digest: str = ""
    has_start: bool = True
    tests: int = 0
    failed: int = 0
    missing: int = 0

    def compare(self, told: tuple[int, int], held: tuple[int, int]) -> None:
        """What one file says that it holds, tests and failed ones, with what it does hold.

        Writers count in ways of their own: only where nothing of a kind is held, something is known to be missing.
        """
        tests, failed = told[0], 0 if held[1] else told[1]
        self.failed += failed
        if not held[0]:
            self.tests += tests
            self.missing += max(tests, failed)
        elif tests:  # what failed may be a suite's setup, and no test
            self.missing += max(0, min(failed, tests - held[0]))
        else:
            self.missing += failed
