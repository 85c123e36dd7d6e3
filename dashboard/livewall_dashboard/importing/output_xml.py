"""Reads an output.xml in one go and little memory, whatever its size and whoever wrote it: Robot Framework 2.9 to 7.

What keywords did is passed over. The rule for everything else is Robot Framework's own `ExecutionResult`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers import expat

from livewall_dashboard.importing.encodings import for_expat
from livewall_dashboard.importing.model import (
    NO_WORDS,
    Output,
    PhaseLine,
    SuiteLine,
    TestLine,
    Unreadable,
    Unrecognized,
)
from livewall_dashboard.importing.suite_builder import Attributes, SuiteBuilder
from livewall_dashboard.importing.test_parser import Handlers, TestParser
from livewall_dashboard.importing.text_collector import MOST_HELD, TextCollector
from livewall_dashboard.importing.times import naive, times_of
from livewall_listener import wire

MOST_NESTED = 300
"""Suites within each other; the id of a deeper one would be longer than ids may be."""


def read(pieces: Iterable[bytes], take: Callable[[TestLine | SuiteLine], None]) -> Output:
    """The file whose bytes come in `pieces`; `take` gets its tests and suites, each when it ends.

    Raises `Unreadable`.
    """
    encoding, pieces = for_expat(pieces)
    reader = _Reader(take, encoding)
    given = 0
    for piece in pieces:
        given += len(piece)
        reader.feed(piece, given)
    return reader.finish()


class _Reader:
    """expat's handlers. What is open: suites (a stack), at most one thing inside them, at most one text.

    `_wanted`: how deep elements of interest are: the children of what is open. `_inside`: "", or the kind of element
    that is open in a suite: setup, teardown, keyword, metadata.
    """

    def __init__(self, take: Callable[[TestLine | SuiteLine], None], encoding: str | None):
        self._take = take
        self.output = Output()
        self._is_open = False
        self._has_suite = False
        self._suites: list[SuiteBuilder] = []
        self._inside = ""
        self._wanted = 2
        self._meta_name = ""
        self._held_metadata = self._held_teardowns = 0
        self._keyword_name = ""
        self._keyword_status: Attributes = {}
        self._keyword_message = NO_WORDS
        self._parser = parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.buffer_size = 65_536
        parser.StartDoctypeDeclHandler = _refuse_doctype
        self._texts = TextCollector(parser)
        self._test = TestParser(parser, self._texts, self._end_test)
        self._handlers = self._handlers_outside_tests()
        parser.StartElementHandler, parser.EndElementHandler = self._handlers

    def feed(self, piece: bytes, given: int) -> None:
        parser = self._parser
        try:
            parser.Parse(piece, False)
        except expat.ExpatError as error:
            raise _broken(error) from None
        if given - parser.CurrentByteIndex > MOST_HELD:
            raise Unreadable(f"Line {parser.CurrentLineNumber} has a tag of more than {MOST_HELD} bytes.")

    def finish(self) -> Output:
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            if not self._is_of_killed_robot(error):
                raise _broken(error) from None
            self._close_cut_off(error.lineno)
        if not self._has_suite:
            raise Unreadable("It holds no suite.")
        return self.output

    def _is_of_killed_robot(self, error: expat.ExpatError) -> bool:
        """Whether it holds anything, and was written while tests ran."""
        return error.code in _CUT_OFF and self._has_suite and not self.output.is_put_together

    def _close_cut_off(self, line: int) -> None:
        """End what is open as if it ended here; what had not ended is known by nobody."""
        self.output.cut_off = f"line {line}"
        while self._suites:
            self._end_suite(is_whole=False)
        self.output.start = naive(self.output.generated) or self.output.start

    def _handlers_outside_tests(self) -> Handlers:
        depth = 0

        def start(tag: str, attributes: Attributes) -> None:
            nonlocal depth
            depth += 1
            if depth <= self._wanted:
                self._start(tag, attributes)

        def end(tag: str) -> None:
            nonlocal depth
            if depth == self._wanted:
                self._end(tag)
            elif depth < self._wanted:
                self._close()
            depth -= 1

        return start, end

    # ------------------------------------------------------------------ elements

    def _start(self, tag: str, attributes: Attributes) -> None:
        if self._inside == "metadata":
            self._start_meta(attributes)
        elif self._inside:
            if tag == "status":
                self._keyword_status = attributes
                self._texts.begin()
        elif self._suites:
            self._start_in_suite(tag, attributes)
        else:
            self._start_outside(tag, attributes)

    def _end(self, tag: str) -> None:
        """A child of what is open has ended."""
        if self._inside == "metadata":
            self._end_meta()
        elif self._inside:
            if tag == "status":
                self._keyword_message = self._texts.take()
        elif self._suites:
            if tag == "status":
                self._suites[-1].message = self._texts.take()
            elif tag == "doc":
                self._suites[-1].doc = self._texts.take()
            elif tag == "meta":
                self._end_meta()

    def _open(self, inside: str = "") -> None:
        """What has just begun has children of interest."""
        self._wanted += 1
        self._inside = inside

    def _close(self) -> None:
        """What is open has ended."""
        self._wanted -= 1
        inside, self._inside = self._inside, ""
        if inside in {"setup", "teardown", "keyword"}:
            self._end_keyword(inside)
        elif not inside and self._suites:
            self._end_suite()

    def _start_in_suite(self, tag: str, attributes: Attributes) -> None:
        if tag == "test":
            self._test.start(attributes)
        elif tag == "suite":
            self._start_suite(attributes)
        elif tag == "kw":
            self._start_keyword(attributes)
        elif tag == "status":
            self._suites[-1].status = attributes
            self._texts.begin()
        elif tag == "doc":
            self._texts.begin()
        elif tag == "meta":
            self._start_meta(attributes)
        elif tag == "metadata":  # Robot Framework 2 and 3
            self._open("metadata")

    def _start_outside(self, tag: str, attributes: Attributes) -> None:
        if not self._is_open:
            if tag != "robot":
                raise Unrecognized(_another_file(tag))
            self._is_open = True
            self.output.generator = attributes.get("generator", "")
            self.output.generated = attributes.get("generated", "")
        elif tag == "suite":
            if self._has_suite:
                raise Unreadable(
                    "It holds several root suites, which neither robot nor rebot writes: what the run was as a whole "
                    "it does not say. Import the files it was made of, or what `rebot --output` puts together of them."
                )
            self._start_suite(attributes)
        elif tag == "errors":
            self._open()
        elif tag == "msg":
            level = attributes.get("level")
            self.output.warnings += level == "WARN"
            self.output.errors += level == "ERROR"

    # ------------------------------------------------------------------ tests and suites

    def _end_test(self) -> None:
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._handlers
        self._handlers[1]("test")
        test, suite = self._test, self._suites[-1]
        status = test.status.get("status", "FAIL")
        if status not in wire.STATUSES:
            raise Unreadable(f"The status of test {test.name[:200]!r} is {status[:50]!r}.")
        if _MERGED.match(test.message[0]):
            self.output.is_merged = True
        start, elapsed = times_of(test.status)
        suite.add_test(status, start, elapsed)
        self.output.tests += 1
        self._take(
            TestLine(
                f"{suite.id}-t{suite.children}",
                wire.clean_name(test.name)[: wire.MAX_NAME],
                wire.clean_name(f"{suite.longname}.{test.name}")[: wire.MAX_NAME],
                status,
                test.message,
                start or suite.first_start,
                elapsed,
                test.lineno,
                test.tags,
            )
        )

    def _start_suite(self, attributes: Attributes) -> None:
        self._open()
        self._has_suite = True
        self.output.suites += 1
        suite = SuiteBuilder(self.output.suites, attributes, self._suites[-1] if self._suites else None)
        if not self._suites:
            self.output.name = wire.clean_name(suite.name)[: wire.MAX_NAME]
        if len(self._suites) >= MOST_NESTED or len(suite.longname) > MOST_HELD:
            raise Unreadable(f"Suites are nested deeper than {MOST_NESTED} levels.")
        self._suites.append(suite)

    def _end_suite(self, *, is_whole: bool = True) -> None:
        suite = self._suites.pop()
        start, elapsed = times_of(suite.status, suite.elapsed_inside)
        start = start or suite.first_start
        self._note_teardown(suite)
        if self._suites:
            self._suites[-1].add_suite(suite, start, elapsed)
        else:
            self.output.start = start
        self._held_metadata -= sum(len(name) + len(value) for name, value in suite.metadata.items())
        self._take(suite.line(start, elapsed, is_whole=is_whole))

    def _start_meta(self, attributes: Attributes) -> None:
        self._meta_name = attributes.get("name", "")
        self._texts.begin()

    def _end_meta(self) -> None:
        text, beyond = self._texts.take()
        self._held_metadata += len(text) + len(self._meta_name)
        self._texts.check_held(self._held_metadata, "metadata")
        self._suites[-1].set_metadata(wire.clean_name(self._meta_name), wire.clean(text, beyond))

    # ------------------------------------------------------------------ keywords of suites

    def _start_keyword(self, attributes: Attributes) -> None:
        kind = attributes.get("type", "").lower()
        self._open(kind if kind in {"setup", "teardown"} else "keyword")
        self._keyword_name = attributes.get("name", "")
        self._keyword_status, self._keyword_message = {}, NO_WORDS

    def _end_keyword(self, kind: str) -> None:
        suite, status = self._suites[-1], self._keyword_status
        _, elapsed = times_of(status)
        if kind == "keyword":
            suite.add_keyword(elapsed)
            return
        name = wire.clean_name(self._keyword_name)[: wire.MAX_NAME]
        phase = PhaseLine(name, status.get("status", "FAIL"), elapsed)
        if kind == "setup":
            suite.setup = phase
        else:
            suite.teardown, suite.teardown_message = phase, self._keyword_message

    def _note_teardown(self, suite: SuiteBuilder) -> None:
        """A teardown that failed or skipped changes all tests below; rebot writes them as they are then."""
        if self.output.is_put_together or (correction := suite.correct()) is None:
            return
        self._held_teardowns += len(correction.message)
        self._texts.check_held(self._held_teardowns, "messages of failed suite teardowns")
        self.output.corrections[suite.id] = correction


_MERGED = re.compile(
    r'\*HTML\* (<span class="merge">)?(Test|Task) (has been re-executed and results merged|added from merged output)\.'
)
"""How a message begins that `rebot --merge` has written."""
_CUT_OFF = (
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
)


def _broken(error: expat.ExpatError) -> Unreadable:
    if error.code in _CUT_OFF:
        return Unreadable(
            f"It ends in the middle, in line {error.lineno}: "
            "it was written when that stopped, or still is, and holds nothing that could be imported."
        )
    return Unreadable(f"It is not XML: {expat.ErrorString(error.code)} in line {error.lineno}.")


def _refuse_doctype(*_: Any) -> None:
    raise Unreadable(
        "It has a document type declaration, which Robot Framework writes into no output.xml: it may define entities "
        "that grow without end."
    )


def _another_file(root: str) -> str:
    return f"It is no output.xml of Robot Framework: its root element is <{root[:50]}>."
