"""What came of the checks, in few lines."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from runner import parts, pythons, results


@dataclass
class Outcome:
    """Of one check. One that is no pytest counts as one test. `skipped`: tests by their reason.

    `unsteady`: what those said that failed, and passed when they were run again.
    """

    name: str
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    unsteady: dict[str, str] = field(default_factory=dict)

    def count(self) -> None:
        """The tests of its JUnit file, where there is one. What failed and passed when run again is unsteady."""
        passed_again = {name for name, case in _tests_of(results.again_of(self.name)) if not _has_failed(case)}
        for name, case in _tests_of(results.file_of(self.name)):
            reason = case.find("skipped")
            if reason is not None:
                self.skipped[reason.get("message", "")] += 1
            elif not _has_failed(case):
                self.passed += 1
            elif name in passed_again:
                self.passed += 1
                self.unsteady[name] = _fault_of(case)
            else:
                self.failed += 1


def show(checks: Sequence[str], seconds: float, *, everything: bool) -> int:
    """Print what came of these checks, which took so long together; -> the exit code."""
    outcomes = [outcome for check in checks for outcome in _outcomes(check)]
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
    if results.why_some_were_on_disk():
        print(f"SLOWER   files of tests were on disk, and not in memory: {results.why_some_were_on_disk()}")
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    for outcome in outcomes:
        for name, fault in outcome.unsteady.items():
            print(f"UNSTEADY {outcome.name}: {name} passed when it was run again alone; before: {fault}")
    print(f"{seconds / 60:.1f} minutes")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _outcomes(check: str) -> Iterable[Outcome]:
    """Of a check, and of what it ran before itself."""
    if not results.report_of(check).exists():  # nox itself did not come to run it
        yield Outcome(check, 0, 0, 1)
        return
    for session in json.loads(results.report_of(check).read_text(encoding="utf-8"))["sessions"]:
        outcome = Outcome(session["name"], session["duration"])
        outcome.count()
        if session["result"] not in ("success", "skipped"):
            outcome.failed = outcome.failed or 1
        elif session["result"] == "success" and not results.file_of(outcome.name).exists():
            outcome.passed = 1
        yield outcome


def _tests_of(report: Path) -> Iterable[tuple[str, ET.Element]]:
    if report.exists():
        for case in ET.parse(report).getroot().iter("testcase"):
            yield f"{case.get('classname')}.{case.get('name')}", case


def _has_failed(case: ET.Element) -> bool:
    return case.find("failure") is not None or case.find("error") is not None


def _fault_of(case: ET.Element) -> str:
    """In a line."""
    found = (case.find(kind) for kind in ("failure", "error"))
    return next(fault.get("message", "").partition("\n")[0] for fault in found if fault is not None)


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
