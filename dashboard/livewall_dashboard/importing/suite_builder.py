"""Collects one <suite> element while it is read: its end comes last, and says most of it."""

from __future__ import annotations

import re

from livewall_dashboard.importing.corrections import counts_after
from livewall_dashboard.importing.model import NO_WORDS, Correction, PhaseLine, SuiteLine
from livewall_dashboard.importing.normalized import set_metadata
from livewall_listener import wire

Attributes = dict[str, str]

_TEARDOWN_FAILED = re.compile(r"(?:^S|\n\nAlso s)uite teardown failed:\n(.*)", re.DOTALL)
"""What Robot Framework makes the message of a suite of."""


class SuiteBuilder:
    """A suite whose end has not been read; `line` makes the finished one of it.

    `longname` is uncut, as those below are made of it. `suites` and `children` are directly in it: suites, and tests.
    `elapsed`: seconds of its tests and suites.
    """

    __slots__ = (
        "children", "doc", "elapsed", "failed", "first_start", "id", "longname", "message", "metadata", "name", "no",
        "passed", "setup", "skipped", "source", "status", "suites", "teardown", "teardown_message", "tests",
    )  # fmt: skip

    def __init__(self, no: int, attributes: Attributes, parent: SuiteBuilder | None):
        self.no = no
        self.suites = self.children = 0
        self.source = attributes.get("source", "")
        self.name = attributes.get("name", "") or name_of(self.source)
        if parent is None:
            self.id, self.longname = "s1", self.name
        else:
            parent.suites += 1
            self.id, self.longname = f"{parent.id}-s{parent.suites}", f"{parent.longname}.{self.name}"
        self.doc = self.message = self.teardown_message = NO_WORDS
        self.metadata: dict[str, str] = {}
        self.status: Attributes = {}
        self.setup: PhaseLine | None = None
        self.teardown: PhaseLine | None = None
        self.tests = self.passed = self.failed = self.skipped = 0
        self.first_start = ""
        self.elapsed = 0.0

    def add_test(self, status: str, start: str, elapsed: float) -> None:
        """A test in it has ended."""
        self.children += 1
        self.tests += 1
        if status == "PASS":
            self.passed += 1
        elif status == "SKIP":
            self.skipped += 1
        else:  # NOT RUN, too, as Robot Framework counts
            self.failed += 1
        self.first_start = self.first_start or start
        self.elapsed += elapsed

    def add_suite(self, below: SuiteBuilder, start: str, elapsed: float) -> None:
        """A suite in it has ended."""
        self.first_start = self.first_start or start
        self.elapsed += elapsed
        self.tests += below.tests
        self.passed += below.passed
        self.failed += below.failed
        self.skipped += below.skipped

    @property
    def elapsed_inside(self) -> float:
        """Seconds of all that is in it, which a suite took that does not say."""
        return self.elapsed + sum(phase.elapsed for phase in (self.setup, self.teardown) if phase)

    def add_keyword(self, elapsed: float) -> None:
        """A listener called a keyword outside of setup and teardown: Robot Framework makes one up that holds it."""
        is_after = bool(self.suites or self.children)
        name = "Implicit teardown" if is_after else "Implicit setup"
        phase = (self.teardown if is_after else self.setup) or PhaseLine(name, "PASS", 0.0)
        if phase.name == name:
            phase = phase._replace(elapsed=phase.elapsed + elapsed)
        if is_after:
            self.teardown = phase
        else:
            self.setup = phase

    def set_metadata(self, name: str, value: str) -> None:
        if len(self.metadata) < wire.MAX_ITEMS:
            set_metadata(self.metadata, name, value)

    def correct(self) -> Correction | None:
        """What its teardown changes below it, where it failed or skipped; its counts are those after it."""
        correction = self._correction()
        if correction is None:
            return None
        self.passed, self.failed, self.skipped = counts_after(correction, self.tests, self.skipped)
        return correction

    def _correction(self) -> Correction | None:
        if self.teardown:
            skips = self.teardown.status == "SKIP"
            fails = self.teardown.status == "FAIL"
            return Correction(skips, wire.clean(*self.teardown_message)) if skips or fails else None
        # One whose name cannot be resolved is no keyword in the file, but robot's exit code and statistics know it.
        unseen = _TEARDOWN_FAILED.search(self.message[0])
        return Correction(False, wire.clean(unseen[1], self.message[1])) if unseen else None

    def line(self, start: str, elapsed: float, *, is_whole: bool = True) -> SuiteLine:
        """All of it, at its end, or at that of a file that is cut off."""
        return SuiteLine(
            self.no,
            self.id,
            wire.clean_name(self.name)[: wire.MAX_NAME],
            wire.clean_name(self.longname)[: wire.MAX_NAME],
            wire.clean(self.source),
            self.doc,
            self.metadata,
            self.message,
            start,
            elapsed,
            self.setup,
            self.teardown,
            self.tests,
            self.passed,
            self.failed,
            self.skipped,
            is_whole,
        )


def name_of(source: str) -> str:
    """As Robot Framework names a suite that has no name."""
    from robot.model import TestSuite  # noqa: PLC0415  # costs more than most imports, and is hardly ever needed

    return str(TestSuite.name_from_source(source)) if source else ""
