"""What a build comes to: its result and the reason. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livewall_dashboard.branches.reading import StepFindings
from livewall_dashboard.branches.step_output import StepState

BAD_WORDS = ("FAIL", "XPASS", "ERROR")
"""Automake's words of tests that did not do as expected."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """`findings` None: it has written nothing."""

    no: int
    name: str
    timeout: float
    state: StepState
    findings: StepFindings | None = None

    @property
    def is_timed_out(self) -> bool:
        return self.state.is_timed_out(self.timeout)

    @property
    def first_error(self) -> Mapping[str, Any] | None:
        if self.is_timed_out:
            told = self.findings.first_error if self.findings else None
            text = f"timed out after {self.timeout:g} s"
            return {"text": text, "at": told["at"] if told else 0, "context": told["context"] if told else []}
        return self.findings.first_error if self.findings else None

    @property
    def failed_tests(self) -> int:
        return sum(word in BAD_WORDS for _, word, _ in self.findings.tests) if self.findings else 0

    def as_row(self) -> dict[str, Any]:
        found = self.findings
        return {
            "no": self.no,
            "status": self.state.status,
            "exit_code": self.state.exit_code,
            "elapsed_time": self.state.elapsed_time,
            "first_error": self.first_error,
            "diagnostics": list(found.diagnostics) if found else [],
            "warnings": found.warnings if found else 0,
            "errors": found.errors if found else 0,
            "lines": found.lines if found else 0,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    result: str
    reason: str = ""


def verdict_of(
    steps: Sequence[StepResult],
    *,
    trouble: str,
    end_reason: str,
    failed_runs: Mapping[str, int],
    is_cut: bool = False,
) -> Verdict:
    """Of a job that came to its end. Nothing is well of which it is not known that it is.

    `trouble`: why no step was begun; `end_reason`: what its agent says; `failed_runs`: tests that failed, by run.
    `is_cut`: the log lacks its end.
    """
    if trouble:
        return Verdict("failed", trouble)
    for step in steps:
        if step.is_timed_out:
            return Verdict("failed", f"{step.name} timed out after {step.timeout:g} s")
        if step.state.status == "failed":
            return Verdict("failed", f"{step.name} failed with exit code {step.state.exit_code}")
        if step.state.status in ("running", "killed"):
            return Verdict("failed", f"{step.name} was ended: {end_reason or 'it has no end in the log'}")
        if step.state.status != "ok":
            return Verdict("failed", f"{step.name} was not run: {end_reason or 'the job ended before'}")
    tests = sum(step.failed_tests for step in steps) + sum(failed_runs.values())
    if tests:
        return Verdict("failed", f"{tests} {'test' if tests == 1 else 'tests'} failed")
    warnings = sum(step.findings.warnings for step in steps if step.findings)
    if is_cut:
        return Verdict("warnings", "its log is cut off: what it said after that is not known")
    return Verdict("warnings" if warnings else "ok")
