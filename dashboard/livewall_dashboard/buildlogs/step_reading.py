"""The log of any step of a build, read as those of build reports are: for other features of the wall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livewall_dashboard.buildlogs.assemble import first_error_of
from livewall_dashboard.buildlogs.model import Seen, TestResult
from livewall_dashboard.buildlogs.parts import StepLog
from livewall_dashboard.buildlogs.results import told_apart

MOST_LISTED = 100
"""Diagnostics that are listed; all are counted."""
MOST_HELD = 1 << 20
"""Bytes of a line that are held until its end comes."""


@dataclass(frozen=True, slots=True)
class StepFindings:
    """`first_error`: {text, file, line, hint, at, context}, None for a step that did well. `errors`, `warnings`: how
    many different ones. `diagnostics`: the first of them: {kind, text, file, line, flag, at, count}.
    `tests`: (name, automake's word, message).
    """

    first_error: Mapping[str, Any] | None
    errors: int
    warnings: int
    diagnostics: Sequence[Mapping[str, Any]]
    tests: Sequence[tuple[str, str, str]]
    lines: int


class StepReader:
    """Takes a log in any pieces."""

    def __init__(self, step: str) -> None:
        self._log = StepLog(step, with_tests=True)
        self._held = b""

    def feed(self, piece: bytes) -> None:
        whole, newline, self._held = (self._held + piece).rpartition(b"\n")
        if newline:
            self._log.feed(whole + newline)
        elif len(self._held) > MOST_HELD:
            self._log.feed(self._held)
            self._held = b""

    def finish(self, *, failed: bool) -> StepFindings:
        """Of a step that did well, errors that its log speaks of are none."""
        if self._held:
            self._log.feed(self._held)
        self._log.finish()
        assert self._log.tests is not None
        tests = told_apart(self._log.tests.tests or self._log.tap.tests)
        found: dict[str, Seen] = {}
        self._log.diagnostics.into(found, "", with_errors=failed)
        errors = sum(seen.diagnostic.kind == "error" for seen in found.values())
        return StepFindings(
            first_error=_first_error(self._log, tests) if failed else None,
            errors=errors,
            warnings=len(found) - errors,
            diagnostics=[_diagnostic(seen) for seen in list(found.values())[:MOST_LISTED]],
            tests=[(test.name, test.word, test.message) for test in tests],
            lines=self._log.scanner.lines,
        )


def _first_error(log: StepLog, tests: Sequence[TestResult]) -> Mapping[str, Any]:
    found = first_error_of(log, tests)
    diagnostic = found.diagnostic
    return {
        "text": _text(diagnostic.text),
        "file": _text(diagnostic.file) or None,
        "line": diagnostic.line or None,
        "hint": diagnostic.hint,
        "at": found.at,
        "context": [_text(line)[:1000] for line in found.context],
    }


def _diagnostic(seen: Seen) -> Mapping[str, Any]:
    diagnostic = seen.diagnostic
    return {
        "kind": diagnostic.kind,
        "text": _text(diagnostic.text),
        "file": _text(diagnostic.file),
        "line": diagnostic.line,
        "flag": diagnostic.flag,
        "at": seen.at,
        "count": seen.count,
    }


def _text(text: str) -> str:
    """As Postgres takes it."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
