"""schedule.ini: what is to run, how often, and what is wrong with what it says, by line."""

from __future__ import annotations

import configparser
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MINUTE, HOUR, DAY = 60, 3600, 86400
_UNITS = {"s": 1, "m": MINUTE, "h": HOUR, "d": DAY}
EVERY = "5m 10m 15m 20m 30m 1h 2h 3h 4h 6h 8h 12h 24h"
_OURS = ("-d", "--outputdir", "--output-dir")


class ScheduleError(Exception):
    """`problems`: a line of text each, most of them beginning with the file and the line they are about."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Entry:
    """One section of the file. Durations are seconds; `at` counts from midnight.

    Of two entries with the same `lock` one waits `wait` for the other and is skipped then. `limit` 0: none.
    """

    name: str
    suites: tuple[str, ...]
    every: int
    at: int = 0
    jitter: int = 10 * MINUTE
    lock: str = "node"
    wait: int = 0
    limit: int = 0
    keep: int = 20
    args: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def read(path: Path) -> list[Entry]:
    """The entries in the file's order. Raises ScheduleError with everything that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScheduleError([f"{path} cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ScheduleError([f"{path} is not UTF-8 text"]) from None
    return parse(text, str(path))


def parse(text: str, where: str = "schedule.ini") -> list[Entry]:
    sections = _sections(text, where)
    lines = _Lines(text)
    problems: list[str] = []
    entries = []
    for name, given in sections.items():
        reader = _Reader(name, given, lines, where, problems)
        entry = reader.entry()
        if entry:
            entries.append(entry)
    if problems:
        raise ScheduleError(problems)
    return entries


def _sections(text: str, where: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(
        delimiters=("=",), comment_prefixes=("#",), default_section="\n", empty_lines_in_values=False
    )
    try:
        parser.read_string(text)
    except configparser.MissingSectionHeaderError as error:
        raise ScheduleError([f"{where}:{error.lineno}: this stands before the first [name]"]) from None
    except configparser.ParsingError as error:
        raise ScheduleError([f"{where}:{line}: this is not name = value" for line, _ in error.errors]) from None
    except configparser.DuplicateSectionError as error:
        raise ScheduleError([f"{where}:{error.lineno}: [{error.section}] is there twice"]) from None
    except configparser.DuplicateOptionError as error:
        raise ScheduleError([f"{where}:{error.lineno}: {error.option} is there twice in [{error.section}]"]) from None
    return {name: dict(parser.items(name)) for name in parser.sections()}


class _Lines:
    """Where sections and their members stand, counted from 1."""

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[str, str], int] = {}
        section = ""
        for number, line in enumerate(text.splitlines(), 1):
            if header := re.match(r"\[(.+)\]", line):
                section = header[1]
                self._found[section, ""] = number
            elif member := re.match(r"([^\s#=][^=]*?)\s*=", line):
                self._found[section, member[1].lower()] = number

    def of(self, section: str, member: str) -> int:
        return self._found.get((section, member)) or self._found.get((section, ""), 1)


class _Reader:
    """One section -> an Entry, or problems."""

    def __init__(self, name: str, given: dict[str, str], lines: _Lines, where: str, problems: list[str]) -> None:
        self._name, self._given, self._lines, self._where, self._problems = name, given, lines, where, problems

    def entry(self) -> Entry | None:
        before = len(self._problems)
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", self._name):
            self._complain("", f"[{self._name}] is not a name of small letters, digits, - and _, at most 40")
        readers: dict[str, Callable[[str], Any]] = {
            "suites": _suites, "every": _every, "at": _time_of_day, "jitter": _duration, "lock": _lock,
            "wait": _duration, "limit": _duration, "keep": _count, "args": _args, "environment": _environment,
        }  # fmt: skip
        values: dict[str, Any] = {}
        for member, text in self._given.items():
            if member not in readers:
                self._complain(member, f"{member} is not known; known are {', '.join(readers)}")
                continue
            try:
                values[member] = readers[member](text.strip())
            except ValueError as error:
                self._complain(member, f"{member} {error}")
        for member in ("suites", "every"):
            if member not in self._given:
                self._complain("", f"[{self._name}] lacks {member}")
        if "every" in values:
            values.setdefault("jitter", min(Entry.jitter, values["every"] // 2))
            if values["jitter"] >= values["every"]:
                self._complain("jitter", "jitter must be shorter than every")
        return Entry(self._name, **values) if len(self._problems) == before else None

    def _complain(self, member: str, text: str) -> None:
        self._problems.append(f"{self._where}:{self._lines.of(self._name, member)}: {text}")


def _duration(text: str) -> int:
    match = re.fullmatch(r"(\d{1,6})\s*([smhd])|(0)", text)
    if not match:
        raise ValueError(f"{text!r} is not a time like 90s, 15m, 4h or 1d")
    return 0 if match[3] else int(match[1]) * _UNITS[match[2]]


def _every(text: str) -> int:
    seconds = _duration(text)
    divides_hour = seconds >= 5 * MINUTE and HOUR % seconds == 0
    divides_day = seconds and seconds % HOUR == 0 and DAY % seconds == 0
    if not (divides_hour or divides_day):
        raise ValueError(f"{text!r} does not come round with the clock; choose one of {EVERY}")
    return seconds


def _time_of_day(text: str) -> int:
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text)
    if not match:
        raise ValueError(f"{text!r} is not a time of day like 02:30")
    return int(match[1]) * HOUR + int(match[2]) * MINUTE


def _lock(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", text):
        raise ValueError(f"{text!r} is not a name of letters, digits, - and _")
    return text


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,4}", text):
        raise ValueError(f"{text!r} is not a number from 1 on")
    return int(text)


def _suites(text: str) -> tuple[str, ...]:
    paths = _words(text)
    if not paths:
        raise ValueError("names no file and no folder")
    for path in paths:
        if not path.startswith(("/", "~")):
            raise ValueError(f"{path!r} must begin with / or ~: a timer runs in no folder of yours")
    return tuple(str(Path(path).expanduser()) for path in paths)


def _args(text: str) -> tuple[str, ...]:
    words = _words(text)
    for word in words:
        if word.partition("=")[0] in _OURS:
            raise ValueError(f"{word!r}: where results go is the schedule's affair (keep = 20 of them)")
    return tuple(words)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValueError(f"cannot be parted into words: {str(error).lower()}") from None


def _environment(text: str) -> dict[str, str]:
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = line.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise ValueError(f"{line!r} is not NAME=value")
        found[name] = value
    return found
