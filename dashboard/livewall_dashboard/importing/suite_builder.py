"""Collects one <suite> element while it is read: its end comes last, and says most of it."""

from __future__ import annotations

from livewall_dashboard.importing.model import NO_WORDS, PhaseLine, SuiteLine
from livewall_listener import wire

Attributes = dict[str, str]


class SuiteBuilder:
    """A suite whose end has not been read; `line` makes the finished one of it."""

    __slots__ = (
        "children", "doc", "elapsed", "failed", "first_start", "id", "longname", "message", "metadata", "name", "no",
        "passed", "setup", "skipped", "source", "status", "suites", "teardown", "teardown_message", "tests",
    )  # fmt: skip

    def __init__(self, no: int, suite_id: str, name: str, longname: str, source: str):
        self.no = no
        self.id = suite_id
        self.name = name
        self.longname = longname
        """Uncut, as those below are made of it."""
        self.source = source
        self.doc = self.message = NO_WORDS
        self.metadata: dict[str, str] = {}
        self.status: Attributes = {}
        self.setup: PhaseLine | None = None
        self.teardown: PhaseLine | None = None
        self.teardown_message = NO_WORDS
        self.suites = self.children = 0
        """Directly in it: suites, and tests."""
        self.tests = self.passed = self.failed = self.skipped = 0
        self.first_start = ""
        self.elapsed = 0.0
        """Of what is in it, for a suite that does not say."""

    def add(self, below: SuiteBuilder, start: str, elapsed: float) -> None:
        """A suite in it has ended."""
        self.first_start = self.first_start or start
        self.elapsed += elapsed
        self.tests += below.tests
        self.passed += below.passed
        self.failed += below.failed
        self.skipped += below.skipped

    def add_implicit(self, kind: str, elapsed: float) -> None:
        """A keyword has ended in the `implicit setup` or `implicit teardown`; a real one has a time of its own."""
        place, name = kind.split()[1], kind.capitalize()
        phase = getattr(self, place)
        if phase is None or phase.name == name:
            setattr(self, place, PhaseLine(name, "PASS", (phase.elapsed if phase else 0.0) + elapsed))

    def line(self, start: str, elapsed: float) -> SuiteLine:
        """All of it, at its end."""
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
        )
