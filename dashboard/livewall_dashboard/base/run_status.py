"""The status of a run: the one rule that the wall, the history and all who ask them share. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["running", "finished", "abandoned"]
Verification = Literal["pending", "verified", "partial"]
RunStatus = Literal["PASS", "FAIL", "SKIP"]

COUNTS = ("total", "passed", "failed", "skipped", "expected_failures")
"""What is counted of tests. Those that are here count once, as one of the last four."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a run.

    `ended`: all its processes have. `passed`, `failed`, `skipped`, `expected_failures`: tests that are here; `failed`
    are not as they were expected to be. `missing`: tests known not to be here, `missing_failures`: failures that its
    nodes counted and that are not. `lost`: events that nodes could not keep.
    `not_run`: tests here whose own status is NOT RUN, which Robot Framework counts as failed.
    """

    state: State
    ended: bool
    verification: Verification
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    missing: int = 0
    missing_failures: int = 0
    lost: int = 0
    not_run: int = 0
    expected_failures: int = 0

    @property
    def is_incomplete(self) -> bool:
        """Whether something of its results is known to be missing.

        What was lost may be no more than the starts of tests: where all results are proven to be here, it was.
        """
        return (
            self.state == "abandoned"
            or (self.state == "finished" and not self.ended)
            or self.missing > 0
            or self.verification == "partial"
            or (self.lost > 0 and self.verification != "verified")
        )


def status_of(run: Evidence) -> RunStatus | None:
    """FAIL where a failure is here or was counted, else None while anything is missing or nothing has ended.

    A failure that was expected is none. Else Robot Framework's own rule, by which a run without a test is SKIP. Of a
    run that goes on: its status so far.
    """
    if run.failed or run.missing_failures or run.not_run:
        return "FAIL"
    if run.is_incomplete:
        return None
    if run.passed or run.expected_failures:
        return "PASS"
    return "SKIP" if run.skipped or run.state == "finished" else None
