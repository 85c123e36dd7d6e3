"""Reads config.log: configure's answers, and what the compiler said to the question that ended it."""

from __future__ import annotations

import re
from collections import deque

from livewall_dashboard.buildlogs.model import FailedCheck
from livewall_dashboard.buildlogs.plain_text import plain

MOST_ANSWERS = 10_000
MOST_OUTPUT = 60
"""Lines that the compiler said to one check."""
_ANSWER = re.compile(r"(?P<name>[a-z]{1,20}_cv_\w{1,200})=(?P<value>.{0,500})")
_STEP = re.compile(r"(?:\S{0,200}/)?configure:\d{1,7}: (?P<text>.*)")
_COMMAND = re.compile(r"\s{1,4}\$ (?P<command>\S.{0,2000})")
_VERSION_OF = re.compile(r"(?P<compiler>\S{1,300}) --version >&5")


class ConfigLog:
    """A log, taken in blocks of whole lines.

    `answers`: by the names of its cache. `command`: how configure was called. `compiler`: the first line of what the C
    compiler says of its version. `failed_check`: what ended it, None where nothing did or it is not known.
    """

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.command = ""
        self.compiler = ""
        self.failed_check: FailedCheck | None = None
        self._check = ""
        self._output: deque[str] = deque(maxlen=MOST_OUTPUT)
        self._last_no: tuple[str, list[str]] | None = None
        self._is_version_next = False

    def feed(self, block: bytes) -> None:
        for line in block.split(b"\n"):
            self._take(plain(line))

    def _take(self, text: str) -> None:
        if text.startswith("| "):  # the program that was tried
            return
        step = _STEP.match(text)
        if step is not None:
            self._step(step["text"])
            return
        if self._is_version_next and not self.compiler:
            self.compiler = text
        self._is_version_next = False
        answer = _ANSWER.match(text)
        if answer is not None:
            if len(self.answers) < MOST_ANSWERS:
                self.answers[answer["name"]] = _unquoted(answer["value"])
        elif not self.command and (command := _COMMAND.match(text)):
            self.command = command["command"]
        elif self._check and text and not text.startswith("configure: failed program was"):
            self._output.append(text)

    def _step(self, text: str) -> None:
        if text.startswith("checking "):
            self._check = text[len("checking ") :]
            self._output.clear()
        elif text.startswith("result: "):
            if text == "result: no" and self._output:
                self._last_no = (self._check, list(self._output))
            self._check = ""
        elif text.startswith("error: "):
            self._fail()
        elif (version := _VERSION_OF.match(text)) and not self.compiler:
            self._is_version_next = bool(version["compiler"])
        elif self._check and not text.startswith("$? = 0"):
            self._output.append(text)

    def _fail(self) -> None:
        if self.failed_check is not None:
            return
        if self._check and self._output:
            self.failed_check = FailedCheck(self._check, list(self._output))
        elif self._last_no is not None:
            self.failed_check = FailedCheck(*self._last_no)


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("'\\''", "'")
    return value
