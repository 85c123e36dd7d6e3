"""Says a report, or why it is refused, in one line: the script that uploads it prints the answer and nothing else."""

from __future__ import annotations

from collections import Counter

from livewall_dashboard.buildlogs.model import WORDS, FirstError, Report

MOST = 400
"""Characters of a line."""
_COMPILED = frozenset(("compiler", "missing header"))


def describe(error: FirstError) -> str:
    """`src/x.c:40: error: text`."""
    found = error.diagnostic
    place = f"{found.file}:{found.line}: " if found.file and found.line else f"{found.file}: " if found.file else ""
    word = "error: " if found.file and found.sort in _COMPILED else ""
    return f"{place}{word}{found.text}"


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


def _tests(report: Report) -> str:
    total = len(report.tests) + report.missing_tests
    if not total:
        return "no tests"
    counts = Counter(test.word for test in report.tests)
    parts = [f"{total} test{'s' * (total != 1)}", *(f"{counts[word]} {_SAYS[word]}" for word in WORDS if counts[word])]
    if report.missing_tests:
        parts.append(f"{report.missing_tests} not named")
    return ", ".join(parts)
