"""What is read of each member of a report, before it is put together: members come in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from livewall_dashboard.buildlogs.config_log import ConfigLog
from livewall_dashboard.buildlogs.dejagnu import DejaGnuSum, Tap
from livewall_dashboard.buildlogs.diagnostic_list import DiagnosticList
from livewall_dashboard.buildlogs.junit_file import JunitFile
from livewall_dashboard.buildlogs.limits import TooLargeReport
from livewall_dashboard.buildlogs.log_scanner import LogScanner
from livewall_dashboard.buildlogs.meson_log import MesonLog
from livewall_dashboard.buildlogs.sarif import SarifFile
from livewall_dashboard.buildlogs.suite_logs import SuiteLog
from livewall_dashboard.buildlogs.test_lines import MOST_OF_FILES, TestLines


class StepLog:
    """The log of a step. `tests` and `tap`: of make check alone, or of a step `with_tests`."""

    def __init__(self, step: str, *, with_tests: bool = False):
        self.step = step
        self.size = 0
        self.diagnostics = DiagnosticList(step)
        self.tests = TestLines() if with_tests or step == "make-check" else None
        self.tap = Tap()
        self.scanner = LogScanner(self.diagnostics.add, _Tests(self.tests, self.tap) if self.tests else None)

    def feed(self, block: bytes) -> None:
        self.size += len(block)
        self.scanner.feed(block)

    def finish(self) -> None:
        self.scanner.finish()
        if self.tests:
            self.tests.finish()


@dataclass(frozen=True, slots=True)
class _Tests:
    """What may be of tests goes to those who read that, in turn."""

    lines: TestLines
    tap: Tap

    @property
    def wants_next(self) -> bool:
        return self.lines.wants_next

    @property
    def bad(self) -> int:
        return self.lines.bad + self.tap.bad

    def take(self, number: int, text: str) -> bool:
        return self.lines.take(number, text) or self.tap.take(number, text)


@dataclass(slots=True)
class Parts:
    """By the names of members; `succeeded`: steps with a file that says so. `named`: tests in files."""

    small: dict[str, bytes] = field(default_factory=dict)
    changed_at: dict[str, float] = field(default_factory=dict)
    succeeded: set[str] = field(default_factory=set)
    logs: dict[str, StepLog] = field(default_factory=dict)
    suite_logs: dict[str, SuiteLog] = field(default_factory=dict)
    sums: dict[str, DejaGnuSum] = field(default_factory=dict)
    taps: dict[str, Tap] = field(default_factory=dict)
    junits: dict[str, JunitFile] = field(default_factory=dict)
    mesons: dict[str, MesonLog] = field(default_factory=dict)
    sarifs: dict[str, SarifFile] = field(default_factory=dict)
    config: ConfigLog | None = None
    named: int = 0

    def end(self, name: str) -> None:
        """Nothing more comes of a member: it is read before the next one is held. Raises TooLargeReport."""
        if name in self.sarifs:
            self.sarifs[name].finish()
        if name in self.junits:
            self.junits[name].finish()
        kinds: tuple[Mapping[str, DejaGnuSum | Tap | JunitFile | MesonLog], ...] = (
            self.sums, self.taps, self.junits, self.mesons,
        )  # fmt: skip
        self.named += sum(len(files[name].tests) for files in kinds if name in files)
        if self.named > MOST_OF_FILES:
            raise TooLargeReport(f"its files name more than {MOST_OF_FILES:,} tests; send less of its logs")

    def finish(self) -> None:
        """Nothing more comes."""
        for log in self.logs.values():
            log.finish()
