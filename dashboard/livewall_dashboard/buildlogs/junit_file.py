"""Reads a JUnit XML file of any size: what each test was, and what was said of those that did not pass."""

from __future__ import annotations

from xml.parsers import expat

from livewall_dashboard.buildlogs.model import TestResult
from livewall_dashboard.buildlogs.suite_logs import Text
from livewall_dashboard.buildlogs.test_lines import MOST_OF_FILES

_WORDS = {"failure": "FAIL", "error": "ERROR", "skipped": "SKIP"}
_LONGEST_NAME = 500
MOST_NESTED = 300
MOST_HELD = 1024 * 1024
"""Bytes of a tag or a comment: expat holds it, and looks through it again with each block that comes."""


class _Refused(Exception):
    """It has what no JUnit file has."""


class JunitFile:
    """`tests` of the file; `fault`: why it could not be read to its end, "" where it could."""

    def __init__(self) -> None:
        self.tests: list[TestResult] = []
        self.fault = ""
        self._name = self._word = ""
        self._text: Text | None = None
        self._is_open = False
        self._fed = self._depth = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = self._refuse

    def feed(self, block: bytes) -> None:
        self._parse(block, is_last=False)

    def finish(self) -> None:
        """Once: what the parser holds is let go of."""
        self._parse(b"", is_last=True)
        del self._parser

    def _parse(self, block: bytes, *, is_last: bool) -> None:
        if self.fault:
            return
        try:
            self._parser.Parse(block, is_last)
            self._fed += len(block)
            if self._fed - self._parser.CurrentByteIndex > MOST_HELD:
                raise _Refused(f"a tag has more than {MOST_HELD} bytes")
        except (expat.ExpatError, ValueError, LookupError, _Refused) as error:
            self.fault = str(error)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise _Refused(f"elements are nested deeper than {MOST_NESTED} levels")
        if name == "testcase":
            names = (attributes.get("classname", ""), attributes.get("name", ""))
            self._name = " ".join(".".join(filter(None, names)).split())[:_LONGEST_NAME] or "unnamed"
            self._word, self._text, self._is_open = "PASS", Text(), True
        elif self._is_open and name in _WORDS and self._word in {"PASS", "SKIP"}:
            self._word = _WORDS[name]
            if self._text is not None and attributes.get("message"):
                self._text.add(attributes["message"])

    def _characters(self, text: str) -> None:
        if self._is_open and self._text is not None and self._word != "PASS" and text.strip():
            self._text.add(text.strip("\n"))

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == "testcase" and self._is_open:
            self._is_open = False
            if len(self.tests) <= MOST_OF_FILES:
                message = str(self._text) if self._word != "PASS" else ""
                self.tests.append(TestResult(self._name, self._word, message=message))

    def _refuse(self, *_: object) -> None:
        raise _Refused("it defines entities")
