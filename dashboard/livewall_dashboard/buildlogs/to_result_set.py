"""Makes a run's results of a build report: suites are its steps, tests those of `make check`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from livewall_agent.reportwire import PROCESS
from livewall_dashboard.buildlogs.model import FirstError, Report, Step, TestResult
from livewall_dashboard.buildlogs.one_line import describe
from livewall_dashboard.buildlogs.systems import variables_of
from livewall_dashboard.buildlogs.test_lines import BAD_WORDS
from livewall_dashboard.history.commits.given_commit import GivenCommit
from livewall_dashboard.history.recording.model import UPLOADED
from livewall_dashboard.history.result_sets.result_set import GivenResult, GivenSuite, ResultSet, Status
from livewall_dashboard.history.results.expectation import ERROR, FAIL, PASS

MOST_NAME = 200
BEFORE = 3
"""Lines in front of an error that the message of a step has."""
MOST_LINE = 400
"""Characters of such a line."""
_WORDS = {
    "PASS": (PASS, PASS), "FAIL": (FAIL, PASS), "XFAIL": (FAIL, FAIL), "XPASS": (PASS, FAIL), "ERROR": (ERROR, PASS),
    "SKIP": (PASS, PASS),
}  # fmt: skip
"""What a test was, and was expected to be."""
FAR = timedelta(minutes=10)
"""A clock may be ahead of ours by so much; a report that begins later begins when it arrives."""


def started_at(report: Report, received_at: datetime) -> datetime:
    if not report.started_at:
        return received_at
    began = datetime.fromtimestamp(report.started_at, timezone.utc)
    return began if began < received_at + FAR else received_at


def result_set_of(report: Report, key: str, setup: str, labels: Mapping[str, str], received_at: datetime) -> ResultSet:
    """`labels`: what the sender says beside what the report says of itself."""
    began = started_at(report, received_at)
    took = max(0.0, report.ended_at - report.started_at) if report.ended_at else 0.0
    project = name_of(report.project)
    errors = sum(seen.diagnostic.kind == "error" for seen in report.diagnostics.values())
    return ResultSet(
        key=key,
        setup=setup,
        suite=project,
        root=GivenSuite(project, suites=[_suite(step, report) for step in report.steps]),
        started_at=began,
        ended_at=began + timedelta(seconds=took),
        labels={**labels_of(report), **labels},
        branch=name_of(report.branch) if report.branch else "",
        commits=_commits(report),
        host=report.host[:MOST_NAME],
        platform=str(report.system),
        build=report.ci_build,
        warnings=len(report.diagnostics) - errors,
        errors=errors,
        process=PROCESS if key == report.run else UPLOADED,
        is_whole=not report.missing_tests and not report.missing_failures and report.status != "unknown",
    )


def labels_of(report: Report) -> dict[str, str]:
    """Its configuration: what the system is called, and what was asked of configure."""
    system = report.system
    chosen = variables_of(report.parameters)
    labels = {"system": system.name, "architecture": system.architecture, "compiler": system.compiler}
    labels |= {name: chosen[name][:MOST_NAME] for name in ("CC", "host") if name in chosen}
    return {name: value for name, value in labels.items() if value}


def name_of(text: str) -> str:
    """A name out of a report, such as people can look at; "unnamed" for none."""
    return "".join(character for character in text if character.isprintable()).strip()[:MOST_NAME] or "unnamed"


def _commits(report: Report) -> list[GivenCommit]:
    hash_or_version = report.commit or report.version
    if not hash_or_version:
        return []
    return [
        GivenCommit(name_of(report.project), name_of(hash_or_version), name_of(report.branch) if report.branch else "")
    ]


def _suite(step: Step, report: Report) -> GivenSuite:
    """A step that failed is a failed test where none of its tests says so: a run fails by its tests."""
    tests = [_result(test, report) for test in report.tests] if step.name == "make-check" else []
    message = describe(step.first_error) if step.first_error else ""
    failed = step.status == "failed"
    if failed and not (step.name == "make-check" and any(test.word in BAD_WORDS for test in report.tests)):
        longname = f"{name_of(report.project)}.{step.name}"
        details = "\n".join(_around(step.first_error)) if step.first_error else ""
        tests.append(GivenResult(longname, FAIL, message=f"{message}\n\n{details}".strip(), name=step.name))
    status: Status | None = "FAIL" if failed else "PASS" if not tests else None
    return GivenSuite(step.name, tests, status=status, message=message, elapsed_time=step.elapsed_time)


def _around(error: FirstError) -> list[str]:
    """The lines of the log that a reader wants first: commands before it may fill a screen each."""
    here = error.at - error.starts_at if error.starts_at else 0
    return [line[:MOST_LINE] for line in error.context[max(0, here - BEFORE) :]]


def _result(test: TestResult, report: Report) -> GivenResult:
    actual, expected = _WORDS[test.word]
    longname = f"{name_of(report.project)}.make-check.{test.name}"
    return GivenResult(
        longname, actual, expected, is_skipped=test.word == "SKIP", message=test.message, name=test.name,
        tags=[test.word] if test.word in {"XFAIL", "XPASS", "ERROR"} else [],
    )  # fmt: skip


def counts_of(report: Report) -> dict[str, int]:
    """Of the package's own tests, as a run counts: what failed as expected is neither passed nor failed."""
    words = [test.word for test in report.tests]
    return {
        "total": len(words),
        "passed": words.count("PASS"),
        "failed": sum(word in BAD_WORDS for word in words),
        "skipped": words.count("SKIP"),
        "expected_failures": words.count("XFAIL"),
    }
