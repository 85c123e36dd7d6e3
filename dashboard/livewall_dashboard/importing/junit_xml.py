"""Reads JUnit XML, of whatever dialect, in one go: pytest, Maven and Gradle, GoogleTest, Jest, Go, and their kin.

A <testsuite> becomes a suite; a test's classname becomes one in it, where it says more than the suite's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers import expat

from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.history.result_sets.result_set import Attempt
from livewall_dashboard.importing.encodings import for_expat
from livewall_dashboard.importing.foreign_suites import ForeignSuite, ForeignSuites
from livewall_dashboard.importing.foreign_times import ForeignTimes, seconds
from livewall_dashboard.importing.model import NO_WORDS, Foreign, Output, SuiteLine, TestLine, Unreadable, Words
from livewall_dashboard.importing.text_collector import MOST_HELD, TextCollector
from livewall_listener import wire

Attributes = dict[str, str]

MOST_NESTED = 300
MOST_TRIES = 1_000
FAILURES = frozenset(("failure", "error"))
TRIES = frozenset(("flakyFailure", "flakyError", "rerunFailure", "rerunError"))
"""Tries that failed, as Maven Surefire, Gradle and nextest write them: flaky ones of a test that passed in the end, and
reruns of one that failed each time, whose first try is its <failure>."""
OUTCOMES = FAILURES | TRIES | {"skipped"}
SKIPPING = frozenset(("notrun", "disabled", "skipped", "suppressed", "ignored", "pending"))
"""Values of `status` and `result`, by which GoogleTest, CTest and others say that a test did not run."""
FAILING = frozenset(("fail", "failed", "failure", "error"))
PYTEST = "pytest"
"""The one <testsuite> of pytest's files: where a test is, its classname says."""
JEST = "jest tests"


def read(
    pieces: Iterable[bytes], take: Callable[[TestLine | SuiteLine], None], times: ForeignTimes, name: str, start: str
) -> Output:
    """The file whose bytes come in `pieces`. `name` and `start`: for a run that says neither.

    Raises `Unreadable`.
    """
    reader = _Reader(take, times)
    reader.read(pieces)
    return reader.finish(name, start)


def read_build(
    files: Iterable[tuple[str, Iterable[bytes]]],
    take: Callable[[TestLine | SuiteLine], None],
    times: ForeignTimes,
    name: str,
    start: str,
) -> Output:
    """The files of one build, by name, each a suite of it.

    Raises `Unreadable`, which names the file.
    """
    reader = _Reader(take, times, is_build=True)
    for shown, pieces in files:
        try:
            reader.read(pieces)
        except LivewallError as error:
            raise Unreadable(f"{shown}: {error.message}") from None
    return reader.finish(name, start)


class _Reader:
    """expat's handlers. `_open`: the elements that are, from the outside; `_suites`: those of them that are suites.

    `is_build`: several files are read, none of which is the root.
    """

    def __init__(self, take: Callable[[TestLine | SuiteLine], None], times: ForeignTimes, *, is_build: bool = False):
        self._foreign = Foreign("JUnit XML")
        self.output = Output(foreign=self._foreign)
        self._is_build = is_build
        self._told = (0, 0)
        self._tree = ForeignSuites(self.output, take)
        self._times = times
        self._open: list[str] = []
        self._suites: list[ForeignSuite] = []
        self._name = ""
        self._first_start = ""
        self._test: _Test | None = None

    def read(self, pieces: Iterable[bytes]) -> None:
        """One file."""
        encoding, pieces = for_expat(pieces)
        parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        self._texts = TextCollector(parser)
        self._told, (tests, failed) = (0, 0), self._held()
        given = 0
        try:
            for piece in pieces:
                given += len(piece)
                parser.Parse(piece, False)
                if given - parser.CurrentByteIndex > MOST_HELD:
                    raise Unreadable(f"Line {parser.CurrentLineNumber} has a tag of more than {MOST_HELD} bytes.")
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise _broken(error) from None
        held = self._held()
        self._foreign.compare(self._told, (held[0] - tests, held[1] - failed))

    def finish(self, name: str, start: str) -> Output:
        told = self._tree.root.start or self._first_start
        self._foreign.has_start = bool(told)
        self._tree.finish(self._name or name, told or start)
        return self.output

    def _held(self) -> tuple[int, int]:
        """Tests, and failed ones."""
        return self.output.tests, self._tree.root.counts["FAIL"]

    def _tell(self, tests: int, failed: int) -> None:
        """What a suite counts: those around it count the same ones."""
        self._told = max(self._told[0], tests), max(self._told[1], failed)

    # ------------------------------------------------------------------ elements

    def _start(self, tag: str, attributes: Attributes) -> None:
        tag = _local(tag)
        parent = self._open[-1] if self._open else ""
        self._open.append(tag)
        if len(self._open) > MOST_NESTED:
            raise Unreadable(f"Elements are nested deeper than {MOST_NESTED} levels.")
        if tag == "testsuites" and not parent:
            self._start_root(attributes)
        elif tag == "testsuite" and parent in {"", "testsuites", "testsuite"}:
            self._start_suite(attributes, parent)
        elif tag == "testcase" and parent == "testsuite":
            self._test = _Test(attributes)
        elif parent == "testcase" and self._test and tag in OUTCOMES:
            self._test.open_outcome(attributes)
            self._texts.begin()
        elif parent in TRIES and self._test and tag == "stackTrace":
            self._texts.begin()
        elif parent in TRIES and self._test and not self._test.trace[0]:  # what the try wrote is another thing
            self._test.trace = self._texts.take()
        elif parent == "testsuite" and tag in FAILURES:  # its setup, say: no test stands for it
            self._tell(0, 1)
        elif not parent:
            raise Unreadable(f"It is no JUnit XML: its root element is <{tag[:50]}>.")

    def _end(self, tag: str) -> None:
        tag = self._open.pop()
        parent = self._open[-1] if self._open else ""
        if tag == "testsuite" and parent in {"", "testsuites", "testsuite"}:
            self._suites.pop()
        elif tag == "testcase" and parent == "testsuite" and self._test:
            self._end_test(self._test)
            self._test = None
        elif parent == "testcase" and self._test and tag in FAILURES | {"skipped"}:
            self._test.close_outcome(self._texts.take(), failed=tag in FAILURES)
        elif parent in TRIES and self._test and tag == "stackTrace":
            self._test.trace = self._texts.take()
        elif parent == "testcase" and self._test and tag in TRIES:
            self._test.close_try(self._texts.take(), self._times)

    def _start_root(self, attributes: Attributes) -> None:
        name = attributes.get("name", "")
        self._times.are_utc = name == JEST
        if self._is_build:
            self._tell_counts(attributes)
        else:
            self._name = name
            self._describe(self._tree.root, attributes)

    def _start_suite(self, attributes: Attributes, parent: str) -> None:
        name = attributes.get("name", "") or attributes.get("package", "") or "(without a name)"
        if not self._is_build and (not parent or name == PYTEST):
            suite = self._tree.root
            self._name = self._name or name
            suite.longname = "" if name == PYTEST else wire.clean_name(name)[: wire.MAX_NAME]
        else:
            suite = self._tree.child(self._suites[-1] if self._suites else self._tree.root, name)
        self._describe(suite, attributes)
        self._suites.append(suite)

    def _describe(self, suite: ForeignSuite, attributes: Attributes) -> None:
        suite.start = self._times.utc(attributes.get("timestamp", "")) or suite.start
        if suite.start and (not self._first_start or suite.start < self._first_start):
            self._first_start = suite.start
        suite.elapsed = seconds(attributes.get("time", ""))
        suite.source = attributes.get("file", "")
        self._tell_counts(attributes)

    def _tell_counts(self, attributes: Attributes) -> None:
        failed = _count(attributes, "failures") + _count(attributes, "errors")
        self._tell(_count(attributes, "tests"), failed)

    def _end_test(self, test: _Test) -> None:
        attributes = test.attributes
        suite = self._suites[-1]
        group = attributes.get("classname", "") or attributes.get("class", "")
        if _says_more(group, suite, attributes.get("name", "")):
            suite = self._tree.group(suite, group)
        self._tree.add_test(
            suite,
            attributes.get("name", ""),
            test.status,
            test.message,
            self._times.utc(attributes.get("timestamp", "")),
            seconds(attributes.get("time", "")) or 0.0,
            lineno=_count(attributes, "line"),
            attempts=test.attempts,
        )


class _Test:
    """A <testcase> while it is read: it failed if it says so once, and is skipped only where it says nothing else."""

    def __init__(self, attributes: Attributes):
        self.attributes = attributes
        self._failures: list[Words] = []
        self._skips: list[Words] = []
        self._outcome: Attributes = {}
        self._tries: list[Attempt] = []
        self.trace: Words = NO_WORDS
        """Of the try that is being read."""

    def open_outcome(self, attributes: Attributes) -> None:
        self._outcome, self.trace = attributes, NO_WORDS

    def close_try(self, text: Words, times: ForeignTimes) -> None:
        """A try that failed."""
        if len(self._tries) >= MOST_TRIES:
            raise Unreadable(f"A test was tried more than {MOST_TRIES} times.")
        words = _put_together(self._outcome.get("message", ""), self.trace if self.trace[0] else text)
        start, took = times.utc(self._outcome.get("timestamp", "")), seconds(self._outcome.get("time", ""))
        self._tries.append(Attempt("FAIL", wire.clean(words[0][: wire.MAX_TEXT], words[1]), start, took))

    @property
    def attempts(self) -> list[Attempt]:
        """All tries in their order: one that passed comes after those that failed, one that failed before."""
        status = self.status
        if not self._tries or status not in {"PASS", "FAIL"}:
            return []
        own = Attempt(status, wire.clean(*self.message))  # type: ignore[arg-type]
        return [*self._tries, own] if status == "PASS" else [own, *self._tries]

    def close_outcome(self, text: Words, *, failed: bool) -> None:
        message = self._outcome.get("message", "")
        if not failed:
            self._skips.append((message, 0) if message else _stripped(text))
        elif sum(len(held) for held, _ in self._failures) < wire.MAX_TEXT:
            self._failures.append(_put_together(message, text))
        else:
            held, beyond = self._failures[-1]
            self._failures[-1] = held, beyond + len(message) + len(text[0]) + text[1]

    @property
    def status(self) -> str:
        if self._failures:
            return "FAIL"
        said = {self.attributes.get(name, "").lower() for name in ("status", "result")}
        if self._skips or said & SKIPPING:
            return "SKIP"
        return "FAIL" if said & FAILING else "PASS"

    @property
    def message(self) -> Words:
        texts = self._failures or self._skips
        text = "\n\n".join(text for text, _ in texts if text)
        beyond = sum(more for _, more in texts) + max(0, len(text) - wire.MAX_TEXT)
        return text[: wire.MAX_TEXT], beyond


def _put_together(message: str, words: Words) -> Words:
    """What failed, once: many writers repeat the message at the head of the text, where the stack trace is.

    Not all repeat it as it was: Surefire leaves its line feeds out after `]]>`.
    """
    text, beyond = _stripped(words)
    message = message.strip()
    if not text or not message or (message.partition("\n")[0] in text.partition("\n")[0] and message in text):
        return text or message, beyond
    return f"{message}\n\n{text}", beyond


def _stripped(words: Words) -> Words:
    text, beyond = words
    return (text, beyond) if beyond else (text.strip(), 0)


def _says_more(group: str, suite: ForeignSuite, test: str) -> bool:
    """Whether a classname is more than the suite's name, or Go's last part of it, or Jest's name of the test."""
    name = suite.longname if not suite.parent else suite.name
    return bool(group) and group not in (name, test) and not name.endswith((f"/{group}", f".{group}"))


def _count(attributes: Attributes, name: str) -> int:
    text = attributes.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 8 else 0


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _broken(error: expat.ExpatError) -> Unreadable:
    return Unreadable(f"It is not whole, or no XML: {expat.ErrorString(error.code)} in line {error.lineno}.")


def _refuse_doctype(*_: Any) -> None:
    raise Unreadable("It has a document type declaration: it may define entities that grow without end.")
