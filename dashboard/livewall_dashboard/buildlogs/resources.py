"""What the API answers of build reports, and what it may be asked, as types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from livewall_dashboard.history.resources import Counts
from livewall_dashboard.web.query import Limit
from livewall_dashboard.web.schemas import Time

Kind = Literal["error", "warning"]
Run = Annotated[str, Meta(description="The run's id")]


class Report(Struct):
    """A build report. `status`: ok, "configure failed", ...; `counts`: of the package's own tests.

    `errors` and `warnings`: different ones. `new_warnings`, `fixed_warnings`: beside the report before of the same
    project and system, which is that of run `former`; null where there is none.
    """

    run: str
    project: str
    version: str
    source: str
    setup: str
    system: str
    architecture: str
    compiler: str
    status: str
    failed_step: str
    started_at: Time
    counts: Counts
    errors: int
    warnings: int
    new_warnings: int | None
    fixed_warnings: int | None
    first_error: StepError | None
    former: str | None


class StepError(Struct):
    """Why a step failed. `text`: without its place; `kind`: compiler, linker, "missing header", ...; `hint`: what to do
    about it, or "". `context`: lines of the log; `starts_at`: the number of the first of these, `at`: its own.
    """

    file: str | None
    line: int | None
    text: str
    context: list[str]
    flag: str | None
    kind: str
    hint: str
    at: int
    starts_at: int


class Step(Struct):
    """A step of the build. `lines`: of its log."""

    name: str
    status: Literal["ok", "failed"]
    lines: int
    elapsed_time: float | None
    first_error: StepError | None


class FailedCheck(Struct):
    """The question of configure that ended it, with what the compiler said to it."""

    name: str
    output: list[str]


class ReportDetail(Report):
    """`tarball`: its address: the bytes as they were sent, but for secrets, where `is_masked`.

    `notes`: what contradicts or is missing. `files`: members that can be opened. `answers`: what configure found.
    """

    steps: list[Step]
    tarball: str
    is_masked: bool
    notes: list[str]
    branch: str
    commit: str
    host: str
    parameters: dict[str, str]
    versions: dict[str, str]
    failed_check: FailedCheck | None
    answers: dict[str, str]


class ReportList(Struct):
    reports: list[Report]
    next: str | None


class ReportDiagnostic(Struct):
    """An error or a warning. `step` and `at`: in which log, at which line it came first; `count`: how often.

    `change`: beside the report before; null where there is none. What is "fixed" is of that one.
    """

    fingerprint: str
    kind: Kind
    sort: str
    text: str
    file: str
    line: int
    flag: str
    hint: str
    step: str
    at: int
    count: int
    change: Literal["new", "outstanding", "fixed"] | None


class DiagnosticList(Struct):
    diagnostics: list[ReportDiagnostic]
    next: str | None


class LogLines(Struct):
    """Lines of a log as they stand there, colours and all, each at most 2,000 characters; `total`: of the log.

    `first`: the number of the first of `lines`. `next`: where to go on, null at the end. `url`: of the log as a file.
    """

    step: str
    first: int
    lines: list[str]
    total: int
    next: int | None
    url: str


class StepChange(Struct):
    """A step's status in both; null where it was not taken."""

    name: str
    left: str | None
    right: str | None


class TestChange(Struct):
    """A test that went otherwise, or is in one alone; null where it is not."""

    name: str
    left: str | None
    right: str | None


class AnswerChange(Struct):
    """A question of configure that was answered otherwise; null where it was not asked."""

    name: str
    left: str | None
    right: str | None


class ReportComparison(Struct):
    """What differs from the left report to the right one."""

    left: Report
    right: Report
    steps: list[StepChange]
    tests: list[TestChange]
    new_warnings: list[ReportDiagnostic]
    fixed_warnings: list[ReportDiagnostic]
    answers: list[AnswerChange]


class ReportsQuery(Struct):
    project: Annotated[str | None, Meta(description="Of this project")] = None
    version: Annotated[str | None, Meta(description="Of this version")] = None
    basename: Annotated[str | None, Meta(description="Of this project and version, as hello-2.10")] = None
    setup: Annotated[str | None, Meta(description="Of this setup")] = None
    status: Annotated[str | None, Meta(description="With this status: ok, make failed, ...")] = None
    before: Annotated[str | None, Meta(description="`next` of the page before")] = None
    limit: Limit = 50


class DiagnosticsQuery(Struct):
    kind: Annotated[Kind | None, Meta(description="Errors or warnings alone")] = None
    after: Annotated[str | None, Meta(description="`next` of the page before")] = None
    limit: Limit = 100


class LogQuery(Struct):
    start: Annotated[int, Meta(ge=1, le=999_999_999, description="The first line")] = field(default=1, name="from")
    lines: Annotated[int, Meta(ge=1, le=5000, description="How many")] = 500


class CompareQuery(Struct):
    left: Annotated[str, Meta(description="The run of the one")]
    right: Annotated[str, Meta(description="The run of the other")]
