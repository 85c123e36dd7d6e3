"""Reads diagnostics out of the lines of a log; some take several lines to say what and where."""

from __future__ import annotations

import dataclasses
import re
from enum import Enum

from livewall_dashboard.buildlogs.diagnostics import CAUSE, classify
from livewall_dashboard.buildlogs.model import Diagnostic

MOST_LINES = 200
"""Lines that one complaint is followed for."""
_ARROW = re.compile(r"\s{0,20}--> (?P<file>[^:]{1,400}):(?P<line>\d{1,7})")
_FRAME = re.compile(r'\s{1,8}File "(?P<file>[^"]{1,400})", line (?P<line>\d{1,7})')
_REQUIRED = re.compile(r"(?P<file>[^\s:][^:]{0,400}):(?P<line>\d{1,7}):\d{1,7}:\s{1,20}required from here$")
_OF_SYSTEM = ("/usr/include/", "/usr/lib/", "/usr/local/include/", "/opt/")
_LONGEST = 1000
_CMAKE_HEADS = ("CMake Error", "CMake Warning")
_SYMBOL = re.compile(r'\s{1,8}"(?P<symbol>[^"]{1,400})", referenced from:')


class _Line(Enum):
    """What a line is to a complaint that has begun."""

    MORE = "part of it"
    LAST = "its last"
    OTHER = "something else: it ended before"


class ComplaintReader:
    """Takes lines by their numbers; hands out each complaint with the number of the line that began it."""

    def __init__(self) -> None:
        self._begun: Diagnostic | None = None
        self._at = 0
        self._left = 0
        self._required: tuple[int, str, int] = (0, "", 0)
        """In which line of the log it was said where a template is used: file, line."""

    @property
    def wants_next(self) -> bool:
        """Whether the next line of the log may belong to what was begun, whatever it looks like."""
        return self._begun is not None

    def take(self, number: int, text: str) -> list[tuple[int, Diagnostic]]:
        found: list[tuple[int, Diagnostic]] = []
        if self._begun is not None:
            self._begun, what = _with_line(self._begun, text)
            self._left -= 1
            if what is _Line.MORE and self._left > 0:
                return []
            found = self.finish()
            if what is not _Line.OTHER:
                return found
        required = _REQUIRED.match(text)
        if required:
            self._required = number, required["file"], int(required["line"])
            return found
        diagnostic = self._where_used(number, _complaint_of(text))
        if diagnostic is not None and _goes_on(diagnostic, text):
            self._begun, self._at, self._left = diagnostic, number, MOST_LINES
        elif diagnostic is not None:
            found.append((number, diagnostic))
        return found

    def _where_used(self, number: int, diagnostic: Diagnostic | None) -> Diagnostic | None:
        """What is wrong in a header of the system is wrong where its template is used."""
        at, file, line = self._required
        if diagnostic is None or number != at + 1 or not diagnostic.file.startswith(_OF_SYSTEM):
            return diagnostic
        text = f"{diagnostic.text} (in {diagnostic.file}:{diagnostic.line})"
        return dataclasses.replace(diagnostic, file=file, line=line, text=text)

    def finish(self) -> list[tuple[int, Diagnostic]]:
        begun, self._begun = self._begun, None
        return [(self._at, begun)] if begun else []


def _complaint_of(text: str) -> Diagnostic | None:
    if text.startswith("Traceback (most recent call last)"):
        return Diagnostic("error", text, sort="exception")
    return classify(text)


def _goes_on(diagnostic: Diagnostic, text: str) -> bool:
    if diagnostic.sort == "CMake":
        return diagnostic.text == text
    if diagnostic.sort == "exception" or text.startswith("Undefined symbols for architecture"):
        return True
    return not diagnostic.file and diagnostic.sort == "compiler" and text.startswith(("error: ", "error[", "warning: "))


def _with_line(begun: Diagnostic, text: str) -> tuple[Diagnostic, _Line]:
    if begun.sort == "exception":
        return _with_frame(begun, text)
    if begun.sort == "CMake":
        return _with_paragraph(begun, text)
    if begun.sort == "linker":
        symbol = _SYMBOL.match(text)
        if symbol:
            return dataclasses.replace(begun, text=f"undefined symbol {symbol['symbol']}"), _Line.LAST
        return begun, _Line.OTHER
    arrow = _ARROW.match(text)
    if arrow:
        return dataclasses.replace(begun, file=arrow["file"], line=int(arrow["line"]), rank=CAUSE), _Line.LAST
    return begun, _Line.OTHER


def _with_paragraph(begun: Diagnostic, text: str) -> tuple[Diagnostic, _Line]:
    """What CMake says stands below its place, indented; of that the first paragraph."""
    has_begun = not begun.text.startswith(_CMAKE_HEADS)
    if text.strip() and not text.startswith("  "):
        return begun, _Line.OTHER
    if not text.strip():
        return begun, _Line.LAST if has_begun else _Line.MORE
    said = f"{begun.text} {text.strip()}" if has_begun else text.strip()
    return dataclasses.replace(begun, text=said[:_LONGEST]), _Line.MORE


def _with_frame(begun: Diagnostic, text: str) -> tuple[Diagnostic, _Line]:
    """A traceback of Python names the innermost place last, and then says what happened, at the margin."""
    frame = _FRAME.match(text)
    if frame:
        return dataclasses.replace(begun, file=frame["file"], line=int(frame["line"])), _Line.MORE
    if not text or text[0] in " \t":
        return begun, _Line.MORE
    if begun.text.startswith("Exception in") or text.startswith("Traceback"):
        return begun, _Line.OTHER
    return dataclasses.replace(begun, text=text), _Line.LAST
