"""What the API answers of build reports, and what it may be asked, as types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from livewall_dashboard.history.resources import Counts
from livewall_dashboard.web.query import Limit
from livewall_dashboard.web.schemas import Time

Kind = Literal["error", "warning"]
Change = Literal["new", "outstanding", "fixed"]
Run = Annotated[str, Meta(description="The run's id")]


class Report(Struct):
    """A build report. `status`: ok, "configure failed", ...; `counts`: of the package's own tests that are named,
    beside `missing_tests`.

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
    missing_tests: int
    errors: int
    warnings: int
    new_warnings: int | None
    fixed_warnings: int | None
    first_error: ReportError | None
    former: str | None


class ReportError(Struct):
    """Why a step failed. `text`: without its place; `kind`: compiler, linker, "missing header", ...; `hint`: what to do
    about it, or "". `context`: lines of the log; `starts_at`: the number of the first of these, 0 where they
    are what a test said elsewhere; `at`: its own.
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
    first_error: ReportError | None


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


class ReportProject(Struct):
    """What was built lately. `version`: of its latest report; `reports`: how many of the last 2,000."""

    project: str
    version: str
    started_at: Time
    reports: int


class ReportProjectList(Struct):
    """The latest first."""

    projects: list[ReportProject]


class ReportVersion(Struct):
    """`started_at`: of its latest report; `reports`: how many there are of it."""

    version: str
    started_at: Time
    reports: int


class VersionOnSystem(Struct):
    """How a version went on a system: of the latest report of each setup there, the one that went worst.

    `reports`, `failed`: how many such there are, and how many of these failed. `is_known`: so did the version before.
    """

    run: str
    setup: str
    status: str
    failed_step: str
    started_at: Time
    counts: Counts
    missing_tests: int
    reports: int
    failed: int
    is_known: bool


class SystemOfProject(Struct):
    """`compiler`: without its version. `cells`: one for each version, null where nobody built that."""

    system: str
    architecture: str
    compiler: str
    cells: list[VersionOnSystem | None]


class ProjectVersions(Struct):
    """A project's versions, that with the newest report first, and its systems. `next`: to older versions."""

    project: str
    versions: list[ReportVersion]
    systems: list[SystemOfProject]
    next: str | None


class StepState(Struct):
    """A step of the build. `lines`: of its log."""

    name: str
    status: Literal["ok", "failed"]
    lines: int
    elapsed_time: float | None


class SystemReport(Struct):
    """The latest report of a version from a setup. `name`: what people call that system; `parameters`: as they were
    typed.

    `missing_tests`: tests that are counted and not named. `error`: which of the summary's errors ended it. `former`:
    the run of the report before of the same project and system, with its version and status.
    """

    run: str
    name: str
    setup: str
    system: str
    architecture: str
    compiler: str
    parameters: str
    status: str
    failed_step: str
    started_at: Time
    counts: Counts
    missing_tests: int
    warnings: int
    new_warnings: int | None
    fixed_warnings: int | None
    former: str | None
    former_version: str | None
    former_status: str | None
    steps: list[StepState]
    error: int | None
    notes: list[str]


class SharedError(Struct):
    """An error that ended the build on one system or several. `runs`: theirs; `is_known`: all failed before, too."""

    step: str
    error: ReportError
    runs: list[str]
    is_known: bool


class VersionSummary(Struct):
    """A version over all systems: first what failed. `errors`: that of most systems first. `text`: all for a mail.

    `steps`: all that were taken anywhere, in the order of a build.
    """

    project: str
    version: str
    steps: list[str]
    systems: list[SystemReport]
    errors: list[SharedError]
    text: str


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
    change: Change | None


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


class LogMatches(Struct):
    """`lines`: numbers of lines with the text, as many as were asked for. `count`: of all of them in the part that was
    looked through. `next`: the line with which the part behind it begins, null where nothing is left.
    """

    lines: list[int]
    count: int
    next: int | None


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


class ReportsFilter(Struct):
    project: Annotated[str | None, Meta(description="Of this project")] = None
    version: Annotated[str | None, Meta(description="Of this version")] = None
    basename: Annotated[str | None, Meta(description="Of this project and version, as hello-2.10")] = None
    setup: Annotated[str | None, Meta(description="Of this setup")] = None
    run: Annotated[str | None, Meta(description="That which is this run, if it is one")] = None
    status: Annotated[str | None, Meta(description="With this status: ok, make failed, ...")] = None


class ReportsQuery(ReportsFilter):
    before: Annotated[str | None, Meta(description="`next` of the page before")] = None
    limit: Limit = 50


class ProjectQuery(Struct):
    project: Annotated[str, Meta(description="Of this project")]


class VersionsQuery(ProjectQuery):
    after: Annotated[str | None, Meta(description="`next` of the page before")] = None
    limit: Annotated[int, Meta(ge=1, le=50, description="Versions of a page")] = 12


class SummaryQuery(Struct):
    project: Annotated[str, Meta(description="Of this project")]
    version: Annotated[str, Meta(description="Of this version")] = ""


class DiagnosticsFilter(Struct):
    kind: Annotated[Kind | None, Meta(description="Errors or warnings alone")] = None
    change: Annotated[Change | None, Meta(description="Those alone that are so beside the report before")] = None


class DiagnosticsQuery(DiagnosticsFilter):
    after: Annotated[str | None, Meta(description="`next` of the page before")] = None
    limit: Limit = 100


class LogQuery(Struct):
    start: Annotated[int, Meta(ge=1, le=999_999_999, description="The first line")] = field(default=1, name="from")
    lines: Annotated[int, Meta(ge=1, le=5000, description="How many")] = 500


class LogSearchQuery(Struct):
    q: Annotated[str, Meta(description="The text, whatever its case")]
    start: Annotated[int, Meta(ge=1, le=999_999_999, description="The first line to look at")] = field(
        default=1, name="from"
    )
    to: Annotated[int, Meta(ge=1, le=999_999_999, description="The last line to look at")] = 999_999_999
    order: Annotated[Literal["first", "last"], Meta(description="Which lines to name if there are more")] = "first"
    limit: Limit = 100


class CompareQuery(Struct):
    left: Annotated[str, Meta(description="The run of the one")]
    right: Annotated[str, Meta(description="The run of the other")]
