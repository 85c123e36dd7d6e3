"""Parses one <test> element: nearly all of a file is inside of those, and nearly nothing of that is wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livewall_dashboard.importing.model import NO_WORDS, Unreadable
from livewall_dashboard.importing.normalized import normalized_tags
from livewall_dashboard.importing.suite_builder import Attributes
from livewall_dashboard.importing.text_collector import TextCollector

LONGEST_REMEMBERED = 5_000
"""Characters of a test's tags for which it is remembered what they are as Robot Framework has them."""
OVERHEAD = 100
"""About what a tag needs beside its characters."""

Handlers = tuple[Callable[[str, Attributes], None], Callable[[str], None]]
"""Of the starts and the ends of elements."""


class TestParser:
    """expat's handlers from a test's start to its end, when `finish` is called; then its parts are here to be read.

    Robot Framework writes a test's own tags and status last. So starts are not even listened to from that of another
    element on to its end, or that of one inside which may hold others; and what was found before such an end was not
    the test's. Where tags or a status come before the first keyword, as others write them, depth is counted instead.
    """

    __test__ = False

    def __init__(self, parser: Any, texts: TextCollector, finish: Callable[[], None]):
        self._parser = parser
        self._texts = texts
        self._finish = finish
        self.name = ""
        self.lineno = 0
        self.status: Attributes = {}
        self.message = NO_WORDS
        self._tags: list[str] = []
        self._tags_size = 0
        self._has_passed = False
        """Whether something that may hold others was in the test already."""
        self._fast = self._fast_handlers()

    @property
    def tags(self) -> tuple[str, ...]:
        if self._tags_size > LONGEST_REMEMBERED:
            return normalized_tags.__wrapped__(tuple(self._tags))
        return normalized_tags(tuple(self._tags))

    def start(self, attributes: Attributes) -> None:
        """The parser is inside of a test from now on."""
        self.name = attributes.get("name", "")
        self.lineno = _line_number(attributes.get("line") or "0")
        self._forget()
        self._has_passed = False
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._fast

    def _fast_handlers(self) -> Handlers:
        passing = ""

        def start(tag: str, attributes: Attributes) -> None:
            nonlocal passing
            if tag == "tag":
                self._texts.begin()
            elif tag == "status":
                self._start_status(attributes)
            elif self._is_early(tag):
                self._count_depth()
            elif tag != "tags":  # <tags> only holds those of Robot Framework 2 and 3
                passing = tag
                self._parser.StartElementHandler = None

        def end(tag: str) -> None:
            nonlocal passing
            if passing:
                if tag not in _LEAVES:
                    self._pass()
                elif tag != passing:
                    return
                passing = ""
                self._parser.StartElementHandler = start
            elif tag == "tag":
                self._end_tag()
            elif tag == "status":
                self.message = self._texts.take()
            elif tag == "test":
                self._finish()
            elif tag not in _LEAVES:
                self._pass()

        return start, end

    def _is_early(self, tag: str) -> bool:
        """Whether the test's own tags or status have come already, and what may hold others begins."""
        return bool(self._tags or self.status) and not self._has_passed and tag not in _LEAVES

    def _count_depth(self) -> None:
        """From a child of the test that has just begun on to the test's end."""
        depth = 2
        in_tags = False

        def start(tag: str, attributes: Attributes) -> None:
            nonlocal depth, in_tags
            depth += 1
            if depth == 2:
                in_tags = tag == "tags"
                if tag == "status":
                    self._start_status(attributes)
            if tag == "tag" and depth == 2 + in_tags:
                self._texts.begin()

        def end(tag: str) -> None:
            nonlocal depth
            if tag == "tag" and depth == 2 + in_tags:
                self._end_tag()
            elif tag == "status" and depth == 2:
                self.message = self._texts.take()
            depth -= 1
            if depth == 0:
                self._finish()

        self._parser.StartElementHandler, self._parser.EndElementHandler = start, end

    def _start_status(self, attributes: Attributes) -> None:
        self.status = attributes
        self._texts.begin()

    def _end_tag(self) -> None:
        text, _ = self._texts.take()
        self._tags_size += len(text) + OVERHEAD
        self._texts.check_held(self._tags_size, "tags")
        self._tags.append(text)

    def _pass(self) -> None:
        """What was found was a keyword's."""
        self._has_passed = True
        self._forget()

    def _forget(self) -> None:
        self._tags, self._tags_size, self.message, self.status = [], 0, NO_WORDS, {}


_LEAVES = frozenset(
    ("arg", "arguments", "assign", "doc", "meta", "msg", "pattern", "status", "tag", "tags", "timeout", "value", "var")
)
"""Elements that hold nothing with a status or tags of its own, of which most of a file is."""


def _line_number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise Unreadable(f"{text[:50]!r} is no line number.")
    return int(text)
