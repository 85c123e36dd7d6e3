"""The run that is made of a build's logs: its suites are the steps, its tests those that the logs name. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from livewall_dashboard.branches.build_job import BuildOrder
from livewall_dashboard.branches.verdict import StepResult, Verdict
from livewall_dashboard.history.commits.given_commit import GivenCommit
from livewall_dashboard.history.result_sets.result_set import GivenResult, GivenSuite, ResultSet, Status
from livewall_dashboard.history.results.expectation import ERROR, FAIL, PASS

MOST_LABEL = 200
_WORDS = {
    "PASS": (PASS, PASS), "FAIL": (FAIL, PASS), "XFAIL": (FAIL, FAIL), "XPASS": (PASS, FAIL), "ERROR": (ERROR, PASS),
    "SKIP": (PASS, PASS),
}  # fmt: skip
"""What a test was, and was expected to be."""


def key_of(number: int, job: UUID) -> str:
    """Of the run that a build is. Nobody knows it beforehand: who may report runs of another setup cannot begin it."""
    return f"branch-build-{number}-{sha256(job.bytes).hexdigest()[:16]}"


def labels_of(order: BuildOrder) -> dict[str, str]:
    return {
        "project": order.project,
        "bundle": order.bundle[:MOST_LABEL],
        "build": str(order.number),
    }


def result_set_of(
    order: BuildOrder,
    key: str,
    steps: Sequence[StepResult],
    started_at: datetime,
    ended_at: datetime,
    agent: str,
    verdict: Verdict,
) -> ResultSet:
    """Of the steps that were begun."""
    begun = [step for step in steps if step.state.status not in ("waiting", "skipped")]
    return ResultSet(
        key=key,
        setup=order.setup,
        suite=order.project,
        root=GivenSuite(order.project, _otherwise(order, begun, verdict), [_suite(order, step) for step in begun]),
        started_at=started_at,
        ended_at=ended_at,
        labels=labels_of(order),
        branch=order.bundle,
        commits=[
            GivenCommit(member.repository, member.commit, member.branch) for member in order.members if member.commit
        ],
        host=agent,
        warnings=sum(step.findings.warnings for step in begun if step.findings),
        errors=sum(step.findings.errors for step in begun if step.findings),
        is_whole=all(step.state.status in ("ok", "failed") for step in begun),
    )


def _otherwise(order: BuildOrder, begun: Sequence[StepResult], verdict: Verdict) -> list[GivenResult]:
    """The build itself, where it failed by nothing that its steps say: a run fails by its tests."""
    if verdict.result != "failed" or any(_has_failed(step) for step in begun):
        return []
    return [GivenResult(order.project, FAIL, message=verdict.reason, name=order.project)]


def _has_failed(step: StepResult) -> bool:
    return step.state.status != "ok" or step.failed_tests > 0


def _suite(order: BuildOrder, step: StepResult) -> GivenSuite:
    """A step is a test of its own where none of its tests was run, or none says that it failed."""
    longname = f"{order.project}.{step.name}"
    tests = [_test(longname, *test) for test in step.findings.tests] if step.findings else []
    failed = step.state.status != "ok"
    error = step.first_error
    message = str(error["text"]) if error else ""
    if not step.failed_tests and (failed or all(test.is_skipped for test in tests)):
        context = "\n".join(error["context"]) if error and failed else ""
        tests.append(
            GivenResult(
                longname,
                FAIL if failed else PASS,
                name=step.name,
                elapsed_time=step.state.elapsed_time or 0.0,
                message=f"{message}\n\n{context}".strip() if failed else "",
            )
        )
    status: Status | None = "FAIL" if failed else None
    return GivenSuite(step.name, tests, status=status, message=message, elapsed_time=step.state.elapsed_time)


def _test(longname: str, name: str, word: str, message: str) -> GivenResult:
    actual, expected = _WORDS[word]
    return GivenResult(
        f"{longname}.{name}", actual, expected, is_skipped=word == "SKIP", message=message, name=name,
        tags=[word] if word in {"XFAIL", "XPASS", "ERROR"} else [],
    )  # fmt: skip
