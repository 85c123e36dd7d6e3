"""The result of one check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "FAILED", "left out"]


@dataclass(frozen=True, slots=True)
class Result:
    """One line. `subject`: what was looked at. `text` says what to repair, unless all is well."""

    level: Level
    subject: str
    text: str


def ok(subject: str, text: str) -> Result:
    return Result("ok", subject, text)


def warning(subject: str, text: str) -> Result:
    return Result("warning", subject, text)


def failed(subject: str, text: str) -> Result:
    return Result("FAILED", subject, text)


def left_out(subject: str, text: str) -> Result:
    return Result("left out", subject, text)
