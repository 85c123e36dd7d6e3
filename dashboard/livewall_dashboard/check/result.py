"""What a check found out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "FAILED", "left out"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `subject`: what was looked at. `text` says what to repair, unless all is well."""

    level: Level
    subject: str
    text: str


def ok(subject: str, text: str) -> Finding:
    return Finding("ok", subject, text)


def warning(subject: str, text: str) -> Finding:
    return Finding("warning", subject, text)


def failed(subject: str, text: str) -> Finding:
    return Finding("FAILED", subject, text)


def left_out(subject: str, text: str) -> Finding:
    return Finding("left out", subject, text)
