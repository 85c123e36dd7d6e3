"""What came of the checks, in few lines."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from runner import parts, pythons, results


@dataclass
class Outcome:
    """Of one check. One that is no pytest counts as one test. `skipped`: tests by their reason."""

    name: str
    seconds: float
    passed: int
    failed: int
    skipped: Counter[str] = field(default_factory=Counter)


def show(*, everything: bool) -> int:
    """Print it; -> the exit code."""
    outcomes = list(_outcomes())
    print("\n=== summary")
    for outcome in outcomes:
        counts = f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped.total()} skipped"
        verdict = "FAILED" if outcome.failed else "ok"
        print(f"{verdict:9}{outcome.name:24}{outcome.seconds:5.0f} s   {counts}")
    skipped = sum((outcome.skipped for outcome in outcomes), Counter[str]())
    for reason, number in sorted(skipped.items()):
        print(f"{'skipped':9}{number} x {reason}")
    for line in _left_out() if everything else _linters_left_out():
        print(f"LEFT OUT {line}")
    if results.COVERAGE_REPORT.exists():
        total = results.COVERAGE_REPORT.read_text(encoding="utf-8").split()[-1]
        print(f"coverage {total} of the lines, by unit and integration tests ({results.COVERAGE_REPORT})")
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    failed += not outcomes  # nox itself did not come to run one
    print(f"{sum(outcome.seconds for outcome in outcomes) / 60:.1f} minutes")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _outcomes() -> Iterable[Outcome]:
    if not results.NOX_REPORT.exists():
        return
    for session in json.loads(results.NOX_REPORT.read_text(encoding="utf-8"))["sessions"]:
        passed, failed, skipped = _count(session["name"])
        if session["result"] not in ("success", "skipped"):
            failed = failed or 1
        elif session["result"] == "success" and not results.file_of(session["name"]).exists():
            passed = 1
        yield Outcome(session["name"], session["duration"], passed, failed, skipped)


def _count(check: str) -> tuple[int, int, Counter[str]]:
    """Passed and failed tests of a JUnit file, and the skipped ones; zeros where there is none."""
    report = results.file_of(check)
    if not report.exists():
        return 0, 0, Counter()
    passed, failed, skipped = 0, 0, Counter[str]()
    for case in ET.parse(report).getroot().iter("testcase"):
        reason = case.find("skipped")
        if reason is not None:
            skipped[reason.get("message", "")] += 1
        elif case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        else:
            passed += 1
    return passed, failed, skipped


def _left_out() -> Iterable[str]:
    """What this machine has no Python or program for, and the command that brings it."""
    for version in (*pythons.NODE_ALONE, *pythons.WALL):
        if version not in pythons.found():
            what = "the wall" if version in pythons.WALL else "a node"
            yield f"{what} on Python {version}, which is not installed: .venv/bin/uv python install {version}"
    yield from map(_without, parts.missing())
    if not results.has_module("schemathesis"):
        yield (
            "requests made up from the OpenAPI document, for want of schemathesis, which this Python is too old for: "
            "PYTHON=python3.11 make clean test"
        )


def _linters_left_out() -> Iterable[str]:
    return (_without(part) for part in parts.missing() if part.lints)


def _without(part: parts.Part) -> str:
    return f"{part.wanted_for}, for want of {part.package}: {parts.command_for(part)}"
