"""Jobs and builds as the API shows them. Times are ISO 8601 in UTC, durations seconds."""

from __future__ import annotations

from typing import Literal

import msgspec

from livewall_dashboard.web.schemas import Time

Result = Literal["SUCCESS", "UNSTABLE", "FAILURE", "NOT_BUILT", "ABORTED"]
ServerCondition = Literal["ok", "away", "unknown"]
JobCondition = Literal["ok", "missing", "disabled", "unknown"]
ParameterKind = Literal["text", "boolean", "choice", "password", "other"]


class BuildCommit(msgspec.Struct, frozen=True):
    """A change that a build was the first to have."""

    id: str
    author: str
    message: str


class BuildTests(msgspec.Struct, frozen=True):
    """How many tests the build itself reports. `source`: where it says so."""

    total: int
    passed: int
    failed: int
    skipped: int
    source: Literal["junit", "robot", "description"]


class Stage(msgspec.Struct, frozen=True):
    """A stage of a pipeline. `status` is Jenkins's: SUCCESS, FAILED, IN_PROGRESS, NOT_EXECUTED, ..."""

    name: str
    status: str
    started_at: Time | None
    elapsed_time: float


class RunCounts(msgspec.Struct, frozen=True):
    """Tests of a run, as in `/api/v1/runs`. While it runs, `total` is what is expected."""

    total: int
    passed: int
    failed: int
    skipped: int
    expected_failures: int


class RunBuild(msgspec.Struct, frozen=True):
    """The build that started a run, as the run's node told it."""

    system: str
    url: str
    job: str
    number: str


class FailingSince(msgspec.Struct, frozen=True):
    """The first run of a streak of failures."""

    run: str
    build: RunBuild | None
    commit: str
    started_at: Time


class BuildFailure(msgspec.Struct, frozen=True):
    """A test that failed in a run. `since`: where the streak began that this run is part of, on this setup."""

    id: str
    process: str
    longname: str
    message: str
    since: FailingSince | None


class RunOfBuild(msgspec.Struct, frozen=True):
    """One of our own runs that a build started. `failures`: at most 5, those that failed first.

    `has_log`: its log.html can be had at /runs/{id}/artifacts/log.html.
    """

    id: str
    setup: str
    state: Literal["running", "finished", "abandoned"]
    status: Literal["PASS", "FAIL", "SKIP"] | None
    verification: Literal["pending", "verified", "partial"]
    counts: RunCounts
    failures: list[BuildFailure]
    has_log: bool = False


class JenkinsBuild(msgspec.Struct, frozen=True):
    """A build. `result` and `elapsed_time` are null while it runs; `name` is Jenkins's display name.

    `input_url`: where somebody has to say whether it goes on, of a pipeline that waits for that; else "".
    """

    number: int
    url: str
    name: str
    result: Result | None
    building: bool
    started_at: Time | None
    elapsed_time: float | None
    estimated_time: float | None
    description: str
    causes: list[str]
    branch: str
    revision: str
    commits: list[BuildCommit]
    culprits: list[str]
    node: str
    tests: BuildTests | None
    stages: list[Stage] = []
    input_url: str = ""
    runs: list[RunOfBuild] = []
    can_stop: bool = False


class Parameter(msgspec.Struct, frozen=True):
    """What a job wants to know before it starts.

    `own_default`: Jenkins's default is not told here (a password, too long a text): where no value is given, none is
    sent, so that it applies. A parameter of the kind `other` (a file, credentials, ...) takes no value from here at
    all; `type` is what Jenkins calls it.
    """

    name: str
    kind: ParameterKind
    default: str
    choices: list[str]
    description: str
    own_default: bool = False
    type: str = ""


class JobBuilds(msgspec.Struct, frozen=True):
    """A job with its latest builds, newest first. `name` is the full name, or the pattern when nothing matches it."""

    jenkins: str
    name: str
    title: str
    url: str
    state: JobCondition
    message: str
    can_start: bool
    parameters: list[Parameter]
    builds: list[JenkinsBuild]


class BuildServer(msgspec.Struct, frozen=True):
    """A Jenkins. `since`: from when on it is ok or away; `polled_at`: its last good answer."""

    name: str
    url: str
    state: ServerCondition
    since: Time | None
    message: str
    polled_at: Time | None


class SetupBuilds(msgspec.Struct, frozen=True):
    """The latest builds of a setup's jobs; `setup` null: of the wall's own."""

    setup: str | None
    servers: list[BuildServer]
    jobs: list[JobBuilds]
    next: str | None = None


class BuildsOfSetups(msgspec.Struct, frozen=True):
    """All setups that have jobs, in the order of the configuration; the wall's own jobs come last."""

    setups: list[SetupBuilds]
    next: str | None = None


class Crumb(msgspec.Struct, frozen=True):
    """What a browser sends along as `X-Livewall-Crumb` when it starts or stops a build."""

    crumb: str


class Queued(msgspec.Struct, frozen=True):
    """`queued`: where Jenkins tells what becomes of the build."""

    queued: str


class StartBuild(msgspec.Struct, forbid_unknown_fields=True):
    """`job`: the full name. Parameters that are not given have their defaults."""

    job: str
    parameters: dict[str, str | bool] = {}


class StopBuild(msgspec.Struct, forbid_unknown_fields=True):
    job: str
    number: int
