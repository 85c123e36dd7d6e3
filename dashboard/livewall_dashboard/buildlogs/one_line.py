"""Says a report, or why it is refused, in one line: the script that uploads it prints the answer and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from livewall_dashboard.buildlogs.model import WORDS, FirstError, Report

MOST = 400
"""Characters of a line."""
_COMPILED = frozenset(("compiler", "missing header"))


def describe(error: FirstError) -> str:
    """`src/x.c:40: error: text`."""
    found = error.diagnostic
    return _described(found.file, found.line, found.sort, found.text)


def describe_row(error: Mapping[str, Any]) -> str:
    """The same of an error that is stored."""
    return one_line(_described(error["file"] or "", error["line"] or 0, error["kind"], error["text"]))


def _described(file: str, line: int, sort: str, text: str) -> str:
    place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
    word = "error: " if file and sort in _COMPILED else ""
    return f"{place}{word}{text}"


def summary(report: Report) -> str:
    """`make failed: src/x.c:40: error: ...`, `ok: 5 tests, 4 passed, 1 skipped`."""
    step = report.step(report.failed_step)
    said = describe(step.first_error) if step is not None and step.first_error else _tests(report)
    hint = step.first_error.diagnostic.hint if step is not None and step.first_error else ""
    return one_line(f"{report.status}: {said}" + (f" ({hint})" if hint else ""))


def refusal(why: str) -> str:
    return one_line(f"livewall: NOT stored: {why}")


def one_line(text: str) -> str:
    """What is printed on a terminal: one line, no control characters."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    return plain if len(plain) <= MOST else plain[: MOST - 3] + "..."


_SAYS = {"PASS": "passed", "FAIL": "failed", "SKIP": "skipped", "XFAIL": "failed as expected"}
_SAYS |= {"XPASS": "passed unexpectedly", "ERROR": "with errors"}
_COUNTED = {"passed": "passed", "failed": "failed", "skipped": "skipped", "expected_failures": "failed as expected"}


def tests_of_row(row: Mapping[str, Any]) -> str:
    """`5 tests, 4 passed, 1 skipped` of a report that is stored."""
    missing = row["details"]["missing_tests"]
    parts = [f"{row[name]} {said}" for name, said in _COUNTED.items() if row[name]]
    return _counted(row["total"] + missing, [*parts, *([f"{missing} not named"] if missing else [])])


def _tests(report: Report) -> str:
    counts = Counter(test.word for test in report.tests)
    parts = [f"{counts[word]} {_SAYS[word]}" for word in WORDS if counts[word]]
    if report.missing_tests:
        parts.append(f"{report.missing_tests} not named")
    return _counted(len(report.tests) + report.missing_tests, parts)


def _counted(total: int, parts: list[str]) -> str:
    return ", ".join([f"{total} test{'s' * (total != 1)}", *parts]) if total else "no tests"
