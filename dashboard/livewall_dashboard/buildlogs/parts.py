"""What is read of each member of a report, before it is put together: members come in any order."""

from __future__ import annotations

from dataclasses import dataclass, field

from livewall_dashboard.buildlogs.config_log import ConfigLog
from livewall_dashboard.buildlogs.dejagnu import DejaGnuSum, Tap
from livewall_dashboard.buildlogs.diagnostic_list import DiagnosticList
from livewall_dashboard.buildlogs.junit_file import JunitFile
from livewall_dashboard.buildlogs.log_scanner import LogScanner
from livewall_dashboard.buildlogs.meson_log import MesonLog
from livewall_dashboard.buildlogs.sarif import SarifFile
from livewall_dashboard.buildlogs.suite_logs import SuiteLog
from livewall_dashboard.buildlogs.test_lines import TestLines


class StepLog:
    """The log of a step. `tests` and `tap`: of make check alone, or of a step `with_tests`."""

    def __init__(self, step: str, *, with_tests: bool = False):
        self.step = step
        self.size = 0
        self.diagnostics = DiagnosticList(step)
        self.tests = TestLines() if with_tests or step == "make-check" else None
        self.tap = Tap()
        self.scanner = LogScanner(self.diagnostics.add, self._take_test_line if self.tests else None)

    def feed(self, block: bytes) -> None:
        self.size += len(block)
        self.scanner.feed(block)

    def finish(self) -> None:
        self.scanner.finish()
        if self.tests:
            self.tests.finish()

    def _take_test_line(self, number: int, text: str) -> bool:
        assert self.tests is not None
        return self.tests.take(number, text) or self.tap.take(number, text)


@dataclass(slots=True)
class Parts:
    """By the names of members; `succeeded`: steps with a file that says so."""

    small: dict[str, bytes] = field(default_factory=dict)
    changed_at: dict[str, float] = field(default_factory=dict)
    succeeded: set[str] = field(default_factory=set)
    logs: dict[str, StepLog] = field(default_factory=dict)
    suite_logs: dict[str, SuiteLog] = field(default_factory=dict)
    sums: list[DejaGnuSum] = field(default_factory=list)
    taps: list[Tap] = field(default_factory=list)
    junits: dict[str, JunitFile] = field(default_factory=dict)
    mesons: dict[str, MesonLog] = field(default_factory=dict)
    sarifs: dict[str, SarifFile] = field(default_factory=dict)
    config: ConfigLog | None = None

    def finish(self) -> None:
        """Nothing more comes."""
        for log in self.logs.values():
            log.finish()
        for junit in self.junits.values():
            junit.finish()
        for sarif in self.sarifs.values():
            sarif.finish()
