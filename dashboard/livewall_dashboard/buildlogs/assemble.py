"""Puts together what the members of a report say: its steps, what it was made of and on, and what does not fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from livewall_agent import reportwire
from livewall_agent.build_report.masking import mask_text
from livewall_agent.reportwire import STEPS, is_git, project_and_version
from livewall_dashboard.buildlogs import results
from livewall_dashboard.buildlogs.config_log import ConfigLog
from livewall_dashboard.buildlogs.diagnostic_list import DiagnosticList, below
from livewall_dashboard.buildlogs.diagnostics import CAUSE, CONSEQUENCE, classify
from livewall_dashboard.buildlogs.key_values import first_line, pairs
from livewall_dashboard.buildlogs.model import Diagnostic, FirstError, Report, Step, StepStatus, TestResult
from livewall_dashboard.buildlogs.names import hash_in
from livewall_dashboard.buildlogs.parts import Parts, StepLog
from livewall_dashboard.buildlogs.systems import system_of
from livewall_dashboard.buildlogs.test_lines import BAD_WORDS
from livewall_dashboard.buildlogs.times import elapsed_times, times_of
from livewall_listener.wire import Build

NOTHING_FOUND = 4
"""The rank of an error that is no more than the end of the log."""


def report_of(parts: Parts) -> Report:
    parts.finish()
    report = _described(parts)
    report.steps = _steps(parts, report)
    results.add_tests(parts, report)
    folder = pairs(parts.small.get("environment.txt", b""), "=").get("PWD", "")
    _add_errors(parts, report, folder)
    for step in report.steps:
        if step.name in parts.logs:
            failed = step.status == "failed"
            parts.logs[step.name].diagnostics.into(report.diagnostics, folder, with_errors=failed)
            _note_unlisted(f"{step.name}.log", parts.logs[step.name].diagnostics, report)
    for name, file in parts.sarifs.items():
        for found in file.found:
            found.into(report.diagnostics, folder, with_errors=True)
            _note_unlisted(name, found, report)
    return report


def _note_unlisted(name: str, diagnostics: DiagnosticList, report: Report) -> None:
    if diagnostics.unlisted:
        report.notes.append(f"{name} has {diagnostics.unlisted} more diagnostics than are listed.")


def _described(parts: Parts) -> Report:
    given = pairs(parts.small.get("input.txt", b""), "=")
    versions = pairs(parts.small.get("versions.txt", b""), ":")
    environment = pairs(parts.small.get("environment.txt", b""), "=")
    config = parts.config or ConfigLog()
    basename = given.get("BASENAME", "")
    project, version = project_and_version(basename)
    source = mask_text(given.get("SOURCE", ""))
    started_at, ended_at = times_of(parts)
    commit = first_line(parts.small.get(reportwire.COMMIT_FILE, b""))
    told = pairs(parts.small.get(reportwire.RUN_FILE, b""), ":")
    run = told.get("RUN", "")
    return Report(
        basename=basename,
        project=project or "unnamed",
        version=version,
        source=source,
        branch=given.get("git_branch", ""),
        commit=commit or (hash_in(version) if is_git(source) else ""),
        host=environment.get("hostname", ""),
        run=run if reportwire.is_run_key(run) else "",
        setup=told.get("SETUP", ""),
        ci_build=_ci_build(pairs(parts.small.get(reportwire.CI_FILE, b""), ":")),
        system=system_of(versions, given, config.compiler),
        started_at=started_at,
        ended_at=ended_at,
        parameters={name: mask_text(value) for name, value in given.items() if name.endswith("_params") and value},
        versions=dict(list(versions.items())[:200]),
        answers=config.answers,
        failed_check=config.failed_check,
    )


def _ci_build(told: Mapping[str, str]) -> Build | None:
    url = told.get("URL", "")
    url = url if url.startswith(("http://", "https://")) else ""  # it becomes a link
    job = told.get("JOB", "")
    return Build(told.get("SYSTEM", ""), url, job, told.get("NUMBER", "")) if url or job else None


# -------------------------------------------------------------------- steps


def _steps(parts: Parts, report: Report) -> list[Step]:
    """In the order of a build. What the status and the files say of each may differ: then it failed."""
    told = first_line(parts.small["status"])
    failed = _failed_step(told)
    if told != "ok" and not failed:
        report.notes.append(f"logs/status says {told[:80]!r}, which is neither ok nor that a step failed.")
    took = elapsed_times(parts, report.started_at)
    taken = [name for name in STEPS if name in parts.logs or name in parts.succeeded or name == failed]
    steps = [_step(name, failed, parts, report, took) for name in taken]
    first = next((step.name for step in steps if step.status == "failed"), "")
    report.status = f"{first} failed" if first else "ok" if told == "ok" else "unknown"
    if not steps:
        report.notes.append("It has no log of any step.")
    return steps


def _failed_step(told: str) -> str:
    step, space, what = told.partition(" ")
    return step if space and what == "failed" and step in STEPS else ""


def _step(name: str, failed: str, parts: Parts, report: Report, took: Mapping[str, float]) -> Step:
    log = parts.logs.get(name)
    is_ok = name in parts.succeeded
    status: StepStatus = "ok" if is_ok and name != failed else "failed"
    if is_ok and name == failed:
        report.notes.append(f"logs/status says that {name} failed, {name}.ok that it did not.")
    elif not is_ok and name != failed:
        report.notes.append(f"logs/status says nothing of it, but {name}.ok is missing: {name} did not end well.")
    if log is None:
        report.notes.append(f"{name}.log is missing.")
        return Step(name, status, elapsed_time=took.get(name))
    return Step(name, status, log.scanner.lines, log.size, took.get(name))


# -------------------------------------------------------------------- errors


def _add_errors(parts: Parts, report: Report, folder: str) -> None:
    for step in report.steps:
        if step.status == "failed" and step.name in parts.logs:
            found = _first_error(parts.logs[step.name], report)
            if step.name == "configure" and report.failed_check is not None:
                found = _with_hint(found, report.failed_check.output)
            step.first_error = dataclasses.replace(found, diagnostic=below(found.diagnostic, folder))


def _first_error(log: StepLog, report: Report) -> FirstError:
    """What ended a step: of make check a test, unless something broke before it."""
    return first_error_of(log, report.tests if log.tests else [])


def first_error_of(log: StepLog, tests: Sequence[TestResult]) -> FirstError:
    """`tests`: those of the step; of a log in which nothing is found, its end."""
    found = log.scanner.first_error
    test = next((test for test in tests if test.word in BAD_WORDS), None)
    if test is not None and (found is None or found.diagnostic.rank > CAUSE or (0 < test.at < found.at)):
        return _failed_test(test, log.scanner.first_bad_test)
    if found is not None:
        return _with_line_before(found)
    tail = log.scanner.tail
    last = next((line for line in reversed(tail) if line.strip()), "The log is empty.")
    starts_at = log.scanner.lines - len(tail) + 1
    return FirstError(Diagnostic("error", last, rank=NOTHING_FOUND, sort="unknown"), log.scanner.lines, starts_at, tail)


def _with_line_before(found: FirstError) -> FirstError:
    """That a command failed says little without what it said before, which no pattern knows."""
    diagnostic = found.diagnostic
    before = [line for line in found.context[: max(0, found.at - found.starts_at)] if line.strip()]
    if diagnostic.rank < CONSEQUENCE or not before:
        return found
    text = f"{diagnostic.text}, after: {before[-1].strip()}"
    return dataclasses.replace(found, diagnostic=dataclasses.replace(diagnostic, text=text))


def _failed_test(test: TestResult, first: FirstError | None) -> FirstError:
    """`first`: where the log names the first test that was not well: why stands around it, if nothing else says."""
    diagnostic = Diagnostic("error", f"{test.word}: {results.name_of(test)}", sort="test")
    if not test.message and first is not None and first.at == test.at:
        return dataclasses.replace(first, diagnostic=diagnostic)
    return FirstError(diagnostic, test.at, 0, test.message.splitlines()[-40:])


def _with_hint(found: FirstError, output: list[str]) -> FirstError:
    """Configure says what it wants; what the compiler said to its question says which package has that."""
    if found.diagnostic.hint:
        return found
    hints = (complaint.hint for line in output if (complaint := classify(line)) and complaint.hint)
    return dataclasses.replace(found, diagnostic=dataclasses.replace(found.diagnostic, hint=next(hints, "")))
