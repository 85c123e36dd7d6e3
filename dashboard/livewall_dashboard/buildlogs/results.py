"""The tests of a report, from all the files that speak of them; where these contradict each other, that is said."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable

from livewall_dashboard.buildlogs.dejagnu import DejaGnuSum, Tap
from livewall_dashboard.buildlogs.junit_file import JunitFile
from livewall_dashboard.buildlogs.meson_log import MesonLog
from livewall_dashboard.buildlogs.model import Counts, Report, TestResult
from livewall_dashboard.buildlogs.parts import Parts
from livewall_dashboard.buildlogs.suite_logs import SuiteLog, sum_of
from livewall_dashboard.buildlogs.test_lines import BAD_WORDS, words_of

MOST_SHOWN = 5


def add_tests(parts: Parts, report: Report) -> None:
    log = parts.logs.get("make-check")
    tests, counts, unnamed = [], None, 0
    if log is not None and log.tests is not None:
        tests, counts, unnamed = log.tests.tests, log.tests.counts, log.tests.unnamed
        if not tests and log.tap.planned is not None:
            tests = log.tap.tests
            counts = counts or Counts(total=log.tap.planned)
    tests = _with_files(tests, parts)
    _note_unread(parts, report)
    suites = sum_of(parts.suite_logs.values())
    if not tests:
        tests, counts = _of_blocks(parts.suite_logs.values()), counts or suites
    report.tests = _with_messages(told_apart(tests), parts.suite_logs.values(), report)
    _note_counts(report, counts, "what make check counts", unnamed)
    if suites is not None and counts is not suites:
        _note_counts(report, suites, "what test-suite.log counts", unnamed)
    step = report.step("make-check")
    if step is not None and step.status == "ok" and any(test.word in BAD_WORDS for test in report.tests):
        report.notes.append("make check ended well, although tests did not.")
    if step is not None and step.status == "ok" and not report.tests and not report.missing_tests:
        report.notes.append("There are no tests.")


def name_of(test: TestResult) -> str:
    return test.name


def _with_files(tests: list[TestResult], parts: Parts) -> list[TestResult]:
    """With those of DejaGnu's, TAP's, meson's and JUnit's files, which name also what passed.

    meson writes the same twice: beside its own file, its JUnit XML says nothing new.
    """
    junits = [file for name, file in parts.junits.items() if not (parts.mesons and "testlog" in name)]
    files: tuple[Iterable[DejaGnuSum | Tap | MesonLog | JunitFile], ...] = (
        parts.sums.values(), parts.taps.values(), parts.mesons.values(), junits,
    )  # fmt: skip
    named = [test for kind in files for file in kind for test in file.tests]
    if not named:
        return tests
    known = {test.name for test in named}
    return [*(test for test in tests if not _names_of(test) & known), *named]


def _names_of(test: TestResult) -> set[str]:
    """Meson prints the suite in front of a test's name."""
    return {test.name, test.name.rpartition(" / ")[2]}


def _note_unread(parts: Parts, report: Report) -> None:
    for name, junit in parts.junits.items():
        if junit.fault:
            report.notes.append(f"{name} cannot be read to its end: {junit.fault}.")
            report.missing_tests = max(report.missing_tests, bool(junit.tests))
    for name, sarif in parts.sarifs.items():
        if sarif.fault:
            report.notes.append(f"{name} cannot be read to its end: {sarif.fault}.")
    for name, log in parts.mesons.items():
        if log.unread:
            report.notes.append(f"{name} has {log.unread} lines that are no test.")


def _of_blocks(logs: Iterable[SuiteLog]) -> list[TestResult]:
    return [TestResult(name, word) for log in logs for name, (word, _) in log.blocks.items()]


def told_apart(tests: list[TestResult]) -> list[TestResult]:
    """The same name in two folders gets its folder in front; what then is there twice, a number."""
    often = Counter(test.name for test in tests)
    seen: Counter[str] = Counter()
    found = []
    for test in tests:
        name = f"{test.folder}/{test.name}" if often[test.name] > 1 and test.folder else test.name
        seen[name] += 1
        name = f"{name} ({seen[name]})" if seen[name] > 1 else name
        found.append(test if name == test.name else dataclasses.replace(test, name=name))
    return found


def _with_messages(tests: list[TestResult], logs: Iterable[SuiteLog], report: Report) -> list[TestResult]:
    blocks = {name: (word, str(text)) for log in logs for name, (word, text) in log.blocks.items()}
    stems = {name.rpartition(".")[0] or name: name for name in blocks}
    used = set()
    found = []
    for test in tests:
        plain = test.name.rpartition("/")[2] if test.folder else test.name
        name = next((key for key in (test.name, plain, stems.get(test.name, "")) if key in blocks), None)
        stem = test.name.rpartition(".")[0]
        name = name or (stem if stem in blocks else None)
        if name is None:
            found.append(test)
            continue
        used.add(name)
        word, text = blocks[name]
        if word != test.word and not test.folder:
            report.notes.append(f"make check says {test.word} of {test.name}, test-suite.log {word}.")
        found.append(dataclasses.replace(test, message=test.message or text))
    _note_strange(blocks.keys() - used, report)
    return found


def _note_strange(names: set[str], report: Report) -> None:
    if names:
        shown = ", ".join(sorted(names)[:MOST_SHOWN]) + (" and others" if len(names) > MOST_SHOWN else "")
        report.notes.append(f"test-suite.log has tests that make check does not name: {shown}.")


def _note_counts(report: Report, counts: Counts | None, whose: str, unnamed: int) -> None:
    """What is counted and not named is missing."""
    if counts is None:
        return
    named = words_of(report.tests)
    missing = counts.sum - len(report.tests)
    if missing:
        which = f"{counts.sum}, and {len(report.tests)} are named"
        report.notes.append(f"Of tests, {whose} are {which}.")
    elif any(counts.words.values()):
        differing = [
            word for word in named if counts.words[word] != named[word] and sum(counts.words.values()) == counts.sum
        ]
        if differing:
            said = ", ".join(f"{counts.words[word]} {word}, where {named[word]} are named" for word in differing)
            report.notes.append(f"Of tests, {whose} are {said}.")
    failures = sum(counts.words[word] - named[word] for word in BAD_WORDS if counts.words[word] > named[word])
    report.missing_tests = max(report.missing_tests, missing, unnamed)
    report.missing_failures = max(report.missing_failures, failures)
