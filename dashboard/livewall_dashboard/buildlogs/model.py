"""A build report as it was read: plain data, nothing of where it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from livewall_listener.wire import Build

StepStatus = Literal["ok", "failed"]

Kind = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What a tool complained about. `file` "" and `line` 0 where it did not say; `flag`: the switch that has it warned.

    `rank`: 1 for a cause that names itself, 2 for an error of unknown meaning, 3 for what follows from others.
    `sort`: what kind of trouble it is, such as "compiler" or "missing header"; `hint`: what to do about it.
    """

    kind: Kind
    text: str
    file: str = ""
    line: int = 0
    flag: str = ""
    rank: int = 1
    sort: str = "compiler"
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FirstError:
    """What a step failed of. `at`: its line in the log, from 1; `context`: that line, those before and those after.

    `starts_at`: the line of the log with which the context begins; 0 where it is what a test said elsewhere.
    """

    diagnostic: Diagnostic
    at: int
    starts_at: int
    context: list[str]


@dataclass(slots=True)
class Seen:
    """How often a diagnostic came, and where in which log first."""

    diagnostic: Diagnostic
    step: str
    at: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class TestResult:
    """A test of `make check`: `word` as automake has it. `folder`: where it ran below the top, where make said so."""

    name: str
    word: str
    folder: str = ""
    message: str = ""
    at: int = 0

    __test__ = False


WORDS = ("PASS", "FAIL", "SKIP", "XFAIL", "XPASS", "ERROR")


@dataclass(slots=True)
class Counts:
    """How many tests there are of each word."""

    words: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WORDS, 0))
    total: int | None = None
    """As it was counted by whoever printed the summary; None where nobody did."""

    def add(self, other: Counts) -> None:
        for word in WORDS:
            self.words[word] += other.words[word]
        self.total = (self.total or 0) + other.sum

    @property
    def sum(self) -> int:
        return self.total if self.total is not None else sum(self.words.values())


@dataclass(slots=True)
class Step:
    """`elapsed_time` in seconds, None where the report has none. `lines`, `size`: of its log."""

    name: str
    status: StepStatus
    lines: int = 0
    size: int = 0
    elapsed_time: float | None = None
    first_error: FirstError | None = None


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """The question of configure that ended it, with what the compiler said to it."""

    name: str
    output: list[str]


@dataclass(slots=True)
class System:
    """Where it was built, as people say it: "Debian 12", "x86_64", "gcc 12.2"."""

    name: str = ""
    architecture: str = ""
    compiler: str = ""

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.name, self.architecture, self.compiler)))


@dataclass(slots=True)
class Report:
    """A whole report. `status`: "ok" or "<step> failed". `started_at`, `ended_at`: seconds of the epoch, 0 for unknown.

    `diagnostics` by fingerprint. `notes`: what contradicts or is missing, in sentences, to be shown. `ci_build`: the
    build of a CI server that it was part of. `missing_tests`, `missing_failures`: how many are counted and not named.
    `run`: that which was shown while it was built, of `setup`; "" where none was, or none was given.
    """

    basename: str = ""
    project: str = ""
    version: str = ""
    source: str = ""
    branch: str = ""
    commit: str = ""
    status: str = ""
    host: str = ""
    run: str = ""
    setup: str = ""
    ci_build: Build | None = None
    system: System = field(default_factory=System)
    started_at: float = 0.0
    ended_at: float = 0.0
    parameters: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    tests: list[TestResult] = field(default_factory=list)
    diagnostics: dict[str, Seen] = field(default_factory=dict)
    failed_check: FailedCheck | None = None
    missing_tests: int = 0
    missing_failures: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def failed_step(self) -> str:
        """The first step that failed; "" where none did."""
        return next((step.name for step in self.steps if step.status == "failed"), "")

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)
