"""The run that a build is passes where the build is well, and fails where it is not, whether or not there are tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import pytest

from livewall_dashboard.branches.build_job import BuildOrder
from livewall_dashboard.branches.build_run import result_set_of
from livewall_dashboard.branches.step_output import StepState
from livewall_dashboard.branches.verdict import StepResult, verdict_of
from livewall_dashboard.history.result_sets.result_set_rows import ResultSetRows

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
ORDER = BuildOrder(7, "shop", "main", True, {"steps": [], "variables": {}}, [])
ERROR = {"text": "no semicolon", "at": 1, "context": ["a.c:3"]}


@dataclass
class Findings:
    first_error: Any = None
    errors: int = 0
    warnings: int = 0
    diagnostics: list[Any] = field(default_factory=list)
    tests: list[Any] = field(default_factory=list)
    lines: int = 1


def step(name: str, status: str = "ok", **found: Any) -> StepResult:
    code = {"ok": 0, "failed": 2}.get(status)
    return StepResult(1, name, 60.0, StepState(status, code, 0.0, 1.5), Findings(**found))


def run_of(*steps: StepResult, trouble: str = "", failed_runs: int = 0) -> tuple[str, dict[str, str]]:
    """-> the status of the run, and its tests with theirs."""
    verdict = verdict_of(
        steps, trouble=trouble, end_reason="", failed_runs={"other": failed_runs} if failed_runs else {}
    )
    made = result_set_of(ORDER, "key", steps, NOW, NOW, "agent", verdict)
    rows = ResultSetRows(made)
    tests = {event.longname: STATUSES[status] for some, _ in rows.tests(1) for *_, status, _, event in some}
    return next(iter(rows.suites()))["status"], tests


STATUSES = ("PASS", "FAIL", "SKIP")


@pytest.mark.parametrize(
    ("steps", "more", "status", "tests"),
    [
        ([step("build"), step("check")], {}, "PASS", {"shop.build": "PASS", "shop.check": "PASS"}),
        (
            [step("build"), step("check", tests=[("one", "PASS", "")])],
            {},
            "PASS",
            {"shop.build": "PASS", "shop.check.one": "PASS"},
        ),
        (
            [step("check", tests=[("one", "SKIP", "")])],
            {},
            "PASS",
            {"shop.check.one": "SKIP", "shop.check": "PASS"},
        ),
        (
            [step("build"), step("check", "failed", first_error=ERROR)],
            {},
            "FAIL",
            {"shop.build": "PASS", "shop.check": "FAIL"},
        ),
        (
            [step("check", "failed", tests=[("one", "FAIL", ""), ("two", "PASS", "")])],
            {},
            "FAIL",
            {"shop.check.one": "FAIL", "shop.check.two": "PASS"},
        ),
        (
            [step("check", "failed", tests=[("two", "PASS", "")])],
            {},
            "FAIL",
            {"shop.check.two": "PASS", "shop.check": "FAIL"},
        ),
        ([step("check", tests=[("one", "XPASS", "")])], {}, "FAIL", {"shop.check.one": "PASS"}),
        ([step("build")], {"failed_runs": 2}, "FAIL", {"shop": "FAIL", "shop.build": "PASS"}),
        ([], {"trouble": "git is not installed on this agent"}, "FAIL", {"shop": "FAIL"}),
        ([step("build"), step("check", "waiting")], {}, "FAIL", {"shop": "FAIL", "shop.build": "PASS"}),
    ],
)
def test_a_run_is_what_its_build_is(
    steps: list[StepResult], more: dict[str, Any], status: str, tests: dict[str, str]
) -> None:
    assert run_of(*steps, **more) == (status, tests)


def test_what_failed_besides_the_steps_is_said() -> None:
    verdict = verdict_of([step("build")], trouble="", end_reason="", failed_runs={"other": 2})
    (test,) = result_set_of(ORDER, "key", [step("build")], NOW, NOW, "agent", verdict).root.results
    assert (test.name, test.message) == ("shop", "2 tests failed")
