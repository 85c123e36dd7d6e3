"""Reads an output.xml in one go and little memory, whatever its size and whoever wrote it.

Robot Framework 7 and 6 (and the older ones' where it is the same). What keywords did is passed over: inside them the
parser's calls do nothing but count how deep they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers import expat

from livewall_dashboard.importing.corrections import counts_after
from livewall_dashboard.importing.model import (
    NO_WORDS,
    Correction,
    Output,
    PhaseLine,
    SuiteLine,
    TestLine,
    Unreadable,
    Words,
)
from livewall_dashboard.importing.suite_builder import Attributes, SuiteBuilder
from livewall_dashboard.importing.times import naive, seconds_between
from livewall_listener import wire

MOST_NESTED = 300
"""Suites within each other; the id of a deeper one would be longer than ids may be."""
MOST_HELD = 8_000_000
"""Characters of one tag, one test's tags, open suites' metadata, failed teardowns' messages: each is held in memory."""


def read(pieces: Iterable[bytes], take: Callable[[TestLine | SuiteLine], None]) -> Output:
    """The file whose bytes come in `pieces`; `take` gets its tests and suites, each when it ends.

    Raises `Unreadable`.
    """
    reader = _Reader(take)
    given = 0
    for piece in pieces:
        given += len(piece)
        reader.feed(piece, given)
    return reader.finish()


class _Reader:
    """expat's handlers. What is open: suites (a stack), at most one test, at most one element whose text is wanted.

    `_wanted`: how deep elements of interest are: the children of what is open.
    """

    def __init__(self, take: Callable[[TestLine | SuiteLine], None]):
        self._take = take
        self.output = Output()
        self._is_open = False
        self._has_suite = False
        self._suites: list[SuiteBuilder] = []
        self._name = ""
        self._lineno = 0
        self._tags: list[str] = []
        self._message = NO_WORDS
        self._status: Attributes = {}
        self._wanted = 2
        self._text: list[str] = []
        self._text_size = 0
        self._meta_name = ""
        self._held_tags = self._held_metadata = self._held_teardowns = 0
        self._in_fixture = False
        self._fixture = self._fixture_name = ""
        self._fixture_status: Attributes = {}
        self._fixture_message = NO_WORDS
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = 65_536
        parser.StartDoctypeDeclHandler = _refuse_doctype
        self._outside_tests = self._handlers()
        self._inside_tests = self._handlers_of_tests()
        parser.StartElementHandler, parser.EndElementHandler = self._outside_tests

    def feed(self, piece: bytes, given: int) -> None:
        parser = self._parser
        try:
            parser.Parse(piece, False)
        except expat.ExpatError as error:
            raise self._broken(error) from None
        if given - parser.CurrentByteIndex > MOST_HELD:
            raise Unreadable(f"Line {parser.CurrentLineNumber} has a tag of more than {MOST_HELD} bytes.")

    def finish(self) -> Output:
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._broken(error) from None
        if not self._has_suite:
            raise Unreadable("It holds no suite.")
        return self.output

    def _broken(self, error: expat.ExpatError) -> Unreadable:
        if error.code in _CUT_OFF:
            return Unreadable(
                f"It ends in the middle, in line {error.lineno}: robot was killed, or still writes it. "
                "An output.xml can be imported once robot has closed it."
            )
        return Unreadable(f"It is not XML: {expat.ErrorString(error.code)} in line {error.lineno}.")

    def _handlers(self) -> tuple[Callable[[str, Attributes], None], Callable[[str], None]]:
        """Called for each element outside of tests."""
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

    def _handlers_of_tests(self) -> tuple[Callable[[str, Attributes], None], Callable[[str], None]]:
        """Called inside tests, which is nearly all of a file: as seldom as can be.

        A test's own tags and status come last in it. So starts are not even listened to from that of another element
        on to its end, or that of one inside which may hold others; and what was found before such an end was not the
        test's.
        """
        passing = ""

        def start(tag: str, attributes: Attributes) -> None:
            nonlocal passing
            if tag == "tag":
                self._want_text()
            elif tag == "status":
                self._status = attributes
                self._want_text()
            else:
                passing = tag
                self._parser.StartElementHandler = None

        def end(tag: str) -> None:
            nonlocal passing
            if passing:
                if tag not in _LEAVES:
                    self._forget_found()
                elif tag != passing:
                    return
                passing = ""
                self._parser.StartElementHandler = start
            elif tag == "tag":
                self._end_tag()
            elif tag == "status":
                self._message = self._take_text()
            elif tag == "test":
                self._end_test()
            elif tag not in _LEAVES:
                self._forget_found()

        return start, end

    # ------------------------------------------------------------------ texts

    def _want_text(self) -> None:
        self._text, self._text_size = [], 0
        self._parser.CharacterDataHandler = self._add_text

    def _add_text(self, text: str) -> None:
        room = wire.MAX_TEXT - self._text_size
        self._text_size += len(text)
        if room > 0:
            self._text.append(text[:room])

    def _take_text(self) -> Words:
        """The text of the element that has just ended."""
        self._parser.CharacterDataHandler = None
        text = "".join(self._text)
        return text, self._text_size - len(text)

    def _check_held(self, size: int, what: str) -> None:
        if size > MOST_HELD:
            line = self._parser.CurrentLineNumber
            raise Unreadable(f"Line {line}: {what} are longer in sum than anybody can read.")

    # ------------------------------------------------------------------ elements

    def _start(self, tag: str, attributes: Attributes) -> None:
        if self._in_fixture:
            if tag == "status":
                self._fixture_status = attributes
                self._want_text()
        elif self._suites:
            self._start_in_suite(tag, attributes)
        else:
            self._start_outside(tag, attributes)

    def _end(self, tag: str) -> None:
        """A child of what is open has ended."""
        if self._in_fixture:
            if tag == "status":
                self._fixture_message = self._take_text()
        elif self._suites:
            if tag == "status":
                self._suites[-1].message = self._take_text()
            elif tag == "doc":
                self._suites[-1].doc = self._take_text()
            elif tag == "meta":
                self._end_meta()

    def _open(self) -> None:
        """What has just begun has children of interest."""
        self._wanted += 1

    def _close(self) -> None:
        """What is open has ended."""
        self._wanted -= 1
        if self._in_fixture:
            self._end_fixture()
        elif self._suites:
            self._end_suite()

    def _start_in_suite(self, tag: str, attributes: Attributes) -> None:
        if tag == "test":
            self._start_test(attributes)
        elif tag == "suite":
            self._start_suite(attributes)
        elif tag == "kw":
            self._start_fixture(attributes)
        elif tag == "status":
            self._suites[-1].status = attributes
            self._want_text()
        elif tag == "doc":
            self._want_text()
        elif tag == "meta":
            self._meta_name = attributes.get("name", "")
            self._want_text()

    def _start_outside(self, tag: str, attributes: Attributes) -> None:
        if not self._is_open:
            if tag != "robot":
                raise Unreadable(_another_file(tag))
            self._is_open = True
            self.output.generator = attributes.get("generator", "")
        elif tag == "suite" and not self._has_suite:
            self._start_suite(attributes)
        elif tag == "errors":
            self._open()
        elif tag == "msg":
            level = attributes.get("level")
            self.output.warnings += level == "WARN"
            self.output.errors += level == "ERROR"

    # ------------------------------------------------------------------ tests

    def _start_test(self, attributes: Attributes) -> None:
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._inside_tests
        self._name = attributes.get("name", "")
        self._lineno = _whole_number(attributes.get("line") or "0")
        self._forget_found()

    def _end_tag(self) -> None:
        text, _ = self._take_text()
        self._held_tags += len(text)
        self._check_held(self._held_tags, "tags")
        if len(self._tags) < wire.MAX_ITEMS:
            self._tags.append(wire.clean(text))

    def _forget_found(self) -> None:
        """It was a keyword's."""
        self._tags, self._message, self._status, self._held_tags = [], NO_WORDS, {}, 0

    def _end_test(self) -> None:
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._outside_tests
        self._outside_tests[1]("test")
        suite = self._suites[-1]
        suite.tests += 1
        status = self._status.get("status", "FAIL")
        if status == "PASS":
            suite.passed += 1
        elif status == "FAIL":
            suite.failed += 1
        elif status == "SKIP":
            suite.skipped += 1
        elif status != "NOT RUN":
            raise Unreadable(f"The status of test {self._name[:200]!r} is {status[:50]!r}.")
        start, elapsed = _times(self._status)
        suite.first_start = suite.first_start or start
        suite.elapsed += elapsed
        suite.children += 1
        self.output.tests += 1
        name = wire.clean_name(self._name)[: wire.MAX_NAME]
        longname = wire.clean_name(f"{suite.longname}.{self._name}")[: wire.MAX_NAME]
        self._take(
            TestLine(
                f"{suite.id}-t{suite.children}",
                name,
                longname,
                status,
                self._message,
                start or suite.first_start,
                elapsed,
                self._lineno,
                tuple(self._tags),
            )
        )

    # ------------------------------------------------------------------ suites

    def _start_suite(self, attributes: Attributes) -> None:
        self._open()
        self._has_suite = True
        name, source = attributes.get("name", ""), attributes.get("source", "")
        self.output.suites += 1
        no = self.output.suites
        if not self._suites:
            self.output.name = wire.clean_name(name)[: wire.MAX_NAME]
            suite = SuiteBuilder(no, "s1", name, name, source)
        else:
            parent = self._suites[-1]
            parent.suites += 1
            suite = SuiteBuilder(no, f"{parent.id}-s{parent.suites}", name, f"{parent.longname}.{name}", source)
        if len(self._suites) >= MOST_NESTED or len(suite.longname) > MOST_HELD:
            raise Unreadable(f"Suites are nested deeper than {MOST_NESTED} levels.")
        self._suites.append(suite)

    def _end_suite(self) -> None:
        suite = self._suites.pop()
        start, elapsed = _times(suite.status, suite.elapsed)
        start = start or suite.first_start
        self._note_teardown(suite)
        if self._suites:
            self._suites[-1].add(suite, start, elapsed)
        else:
            self.output.start = start
        self._held_metadata -= sum(len(name) + len(value) for name, value in suite.metadata.items())
        self._take(suite.line(start, elapsed))

    def _end_meta(self) -> None:
        text, beyond = self._take_text()
        self._held_metadata += len(text) + len(self._meta_name)
        self._check_held(self._held_metadata, "metadata")
        metadata = self._suites[-1].metadata
        if len(metadata) < wire.MAX_ITEMS:
            metadata[wire.clean_name(self._meta_name)] = wire.clean(text, beyond)

    # ------------------------------------------------------------------ suite setups and teardowns

    def _start_fixture(self, attributes: Attributes) -> None:
        suite = self._suites[-1]
        self._fixture = attributes.get("type", "").lower()
        if self._fixture in {"setup", "teardown"}:
            self._open()
            self._in_fixture = True
            self._fixture_name = attributes.get("name", "")
            self._fixture_status, self._fixture_message = {}, NO_WORDS
            return
        # A listener called a keyword outside of both: Robot Framework makes one up that holds it.
        self._fixture = "implicit teardown" if suite.suites or suite.children else "implicit setup"
        self._open()
        self._in_fixture = True
        self._fixture_status = {}

    def _end_fixture(self) -> None:
        self._in_fixture = False
        suite, status = self._suites[-1], self._fixture_status
        _, elapsed = _times(status)
        suite.elapsed += elapsed
        if self._fixture.startswith("implicit"):
            suite.add_implicit(self._fixture, elapsed)
            return
        name = wire.clean_name(self._fixture_name)[: wire.MAX_NAME]
        phase = PhaseLine(name, status.get("status", "FAIL"), elapsed)
        if self._fixture == "setup":
            suite.setup = phase
        else:
            suite.teardown, suite.teardown_message = phase, self._fixture_message

    def _note_teardown(self, suite: SuiteBuilder) -> None:
        """A teardown that failed or skipped changes all tests below; rebot writes them as they are then."""
        status = suite.teardown.status if suite.teardown else ""
        if status not in {"FAIL", "SKIP"} or self.output.is_put_together:
            return
        text, beyond = suite.teardown_message
        self._held_teardowns += len(text)
        self._check_held(self._held_teardowns, "messages of failed suite teardowns")
        correction = Correction(status == "SKIP", wire.clean(text, beyond))
        self.output.corrections[suite.id] = correction
        suite.passed, suite.failed, suite.skipped = counts_after(correction, suite.tests, suite.skipped)


_LEAVES = frozenset(("arg", "doc", "meta", "msg", "pattern", "status", "tag", "timeout", "value", "var"))
"""Elements that hold text alone, of which most of a file is."""
_CUT_OFF = (
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
)


def _refuse_doctype(*_: Any) -> None:
    raise Unreadable(
        "It has a document type declaration, which Robot Framework writes into no output.xml: it may define entities "
        "that grow without end."
    )


def _another_file(root: str) -> str:
    if root in {"testsuite", "testsuites"}:
        return "It is a JUnit file; output.xml of Robot Framework can be imported."
    return f"It is no output.xml of Robot Framework: its root element is <{root[:50]}>."


def _times(status: Attributes, otherwise: float = 0.0) -> tuple[str, float]:
    """Start ("" where the file has none) and seconds, of Robot Framework 7's attributes or those before."""
    if "elapsed" in status:
        try:
            elapsed = float(status["elapsed"])
        except ValueError:
            raise Unreadable(f"{status['elapsed'][:50]!r} is no number of seconds.") from None
        if not abs(elapsed) < 1e9:
            raise Unreadable(f"{status['elapsed'][:50]!r} is no number of seconds.")
        return naive(status.get("start", "")), elapsed
    start, end = naive(status.get("starttime", "")), naive(status.get("endtime", ""))
    return start, seconds_between(start, end) if start and end else otherwise


def _whole_number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise Unreadable(f"{text[:50]!r} is no line number.")
    return int(text)
