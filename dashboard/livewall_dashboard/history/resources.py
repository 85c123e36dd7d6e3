"""What the read API answers, as types: they are encoded as they stand here, and the OpenAPI document is made of them.

Members have Robot Framework's names where it has one. Times are ISO 8601 in UTC, durations seconds.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from livewall_dashboard.base.run_status import RunStatus, State, Verification
from livewall_dashboard.history.results.result_words import Outcome
from livewall_dashboard.web.schemas import Time
from livewall_dashboard.web.values import time_text

JoinedBy = Literal["file", "rename"]
Status = Literal["PASS", "FAIL", "SKIP", "NOT RUN"]
RunId = Annotated[str, Meta(description="The run's id")]
ChosenRunId = Annotated[str, Meta(description="Chosen by the node: letters, digits and . _ ~ -")]

T = TypeVar("T", bound=msgspec.Struct)


class Counts(msgspec.Struct):
    """Tests, each counted once. While a run runs, `total` is what is expected.

    `expected_failures` were expected to fail; `failed` were not, or were expected to fail and passed.
    """

    total: int
    passed: int
    failed: int
    skipped: int
    expected_failures: int


class BuildLink(msgspec.Struct):
    """The CI build that started a run. `system`: jenkins, gitlab, github or ""."""

    system: str
    url: str
    job: str
    number: str


class SuitePhase(msgspec.Struct):
    """A suite's setup or teardown."""

    name: str
    status: str
    elapsed_time: float


class Author(msgspec.Struct):
    name: str
    email: str


class Commit(msgspec.Struct):
    """A commit of a repository that was read by `livewall commits sync`.

    `uuid` orders the commits of a repository: time x 100 + order, greater than that of each parent. `branch`: the
    default one where that has it; "" where no branch has it any more. `identifier`: `12@main`, the twelfth commit of
    main, `12.1@fix`, the first one of a branch that began there; "" for what came by a merge. `runs`: made at it.
    """

    repository: str
    branch: str
    hash: str
    identifier: str
    uuid: int
    committed_at: Time
    author: Author
    message: str
    runs: int


class Run(msgspec.Struct):
    """One execution. `ended_at` is null while it runs; `lost`: events the node could not keep.

    `suite`: what it is a run of: `name`, which is its root suite's, unless the node says otherwise. `commits`: those of
    the repositories known here that it was made at.

    `status` is null while it runs and where, for all that is known, no test failed but something is missing. `counts`
    are of what is stored. `missing`: tests known to be missing here, `missing_failures`: failures that the node counted
    and that are not stored; `livewall import` adds both from the node's output.xml.
    """

    id: str
    setup: str
    name: str
    suite: str
    state: State
    status: RunStatus | None
    verification: Verification
    counts: Counts
    warnings: int
    errors: int
    lost: int
    missing: int
    missing_failures: int
    processes: int
    pabot: bool
    started_at: Time
    ended_at: Time | None
    elapsed_time: float | None
    received_at: Time
    last_news_at: Time
    repository: str
    branch: str
    commit: str
    commits: list[Commit]
    labels: dict[str, str]
    build: BuildLink | None
    host: str
    platform: str
    robot_version: str
    python_version: str
    listener_version: str


class Process(msgspec.Struct):
    """One robot process of a run. A superseded one was repeated by a later one with the same slot."""

    name: str
    slot: str
    superseded: bool
    ended: bool
    verified: bool
    lost: int
    counts: Counts


class Tag(msgspec.Struct):
    tag: str
    counts: Counts


class ArtifactLink(msgspec.Struct):
    """A file of a run. `size`: bytes unpacked; `sha256`: of the file as kept, packed by gzip."""

    name: str
    url: str
    process: str | None
    content_type: str
    size: int
    sha256: str
    stored_at: Time


class Repository(msgspec.Struct):
    """`addresses`: where it lies, by which runs are its; `read_at`: when a branch last had something new."""

    name: str
    default_branch: str
    addresses: list[str]
    branches: list[str]
    read_at: Time | None


class Pin(msgspec.Struct):
    """A run that is kept for ever: since when, and by whose wish."""

    pinned_at: Time
    pinned_by: str


class JobOfRun(msgspec.Struct):
    """The job of a queue that a run is part of. `agent`: who took it; `state`: the job's, `lost` where that is gone."""

    id: str
    queue: str
    name: str
    state: str
    agent: str | None


class RunDetail(Run):
    """A run with its parts. `log`: where its log.html opens, `#id` added leads to a test. `pin`: null for one that goes
    when the rules of retention say so. `job`: null for one that nobody ran as a job of a queue.
    """

    log: str | None
    pin: Pin | None
    job: JobOfRun | None
    process_list: list[Process]
    tags: list[Tag]
    artifacts: list[ArtifactLink]


class Suite(msgspec.Struct):
    """`id` is unique within a process. `status` and `elapsed_time` are null while it runs."""

    id: str
    process: str
    name: str
    longname: str
    source: str
    doc: str
    metadata: dict[str, str]
    test_count: int
    counts: Counts
    status: Status | None
    message: str
    start_time: Time
    elapsed_time: float | None
    setup: SuitePhase | None
    teardown: SuitePhase | None


class Test(msgspec.Struct):
    """`id` is unique within a process; its part before the last `-` is the suite's.

    `outcome`: as what it counts. `actual` and `expected`: what it was and was expected to be, of an uploaded result in
    resultsdbpy's words, the worst first: CRASH, TIMEOUT, IMAGE, AUDIO, TEXT, FAIL, ERROR, WARNING, PASS; "" where it
    did not run. `attempts`: how often it was tried; more than 1 are listed by `/runs/{id}/attempts`, as far as they are
    told, and `failed_attempts` of these failed. `extra`: what else was uploaded with it.
    """

    id: str
    process: str
    name: str
    longname: str
    source: str
    lineno: int | None
    tags: list[str]
    status: Status
    outcome: Outcome
    expected: str
    actual: str
    attempts: int
    failed_attempts: int
    message: str
    start_time: Time
    elapsed_time: float
    extra: dict[str, Any] | None


class Attempt(msgspec.Struct):
    """One try of a test. `id`: the test's; `no`: from 1, in the order they were made. Null is what nobody told."""

    id: str
    process: str
    no: int
    status: Status
    message: str
    start_time: Time | None
    elapsed_time: float | None


class TestOfRun(msgspec.Struct):
    """A test as it went in one run. `repository_commit`: the commit as its repository has it, with `order=commit`.

    `longname`: what it was called there. `outcome` to `failed_attempts`: as in `/runs/{id}/tests`.
    """

    run: str
    id: str
    longname: str
    process: str
    setup: str
    state: State
    status: Status
    outcome: Outcome
    expected: str
    actual: str
    attempts: int
    failed_attempts: int
    message: str
    start_time: Time
    elapsed_time: float
    started_at: Time
    repository: str
    branch: str
    commit: str
    labels: dict[str, str]
    build: BuildLink | None
    repository_commit: Commit | None


class Setup(msgspec.Struct):
    """A rig under test, configured or heard of. What is about its last run is null without one."""

    name: str
    group: str
    first_seen: Time | None
    last_run: str | None
    state: State | None
    status: RunStatus | None
    last_news_at: Time | None


class RunList(msgspec.Struct):
    runs: list[Run]
    next: str | None


class CommitList(msgspec.Struct):
    commits: list[Commit]
    next: str | None


class RepositoryList(msgspec.Struct):
    repositories: list[Repository]
    next: str | None


class SuiteList(msgspec.Struct):
    suites: list[Suite]
    next: str | None


class TestList(msgspec.Struct):
    tests: list[Test]
    next: str | None


class AttemptList(msgspec.Struct):
    attempts: list[Attempt]
    next: str | None


class TestName(msgspec.Struct):
    """Another longname under which a test has results, and why that is the same test. `undo`: what would part them."""

    longname: str
    by: JoinedBy
    because: str
    since: Time
    undo: str


class TestHistory(msgspec.Struct):
    """One test over runs, the latest first by what they are ordered by; runs that have no place there are left out.

    `names`: its other longnames, whose results are among these.
    """

    longname: str
    names: list[TestName]
    history: list[TestOfRun]
    next: str | None


class SetupOfTest(msgspec.Struct):
    """A setup that a test ran on. `counts`: of all its results; `history`: the latest of them."""

    setup: str
    counts: Counts
    history: list[TestOfRun]


class SetupsOfTest(msgspec.Struct):
    """`counts`: of all results, also on setups of other pages."""

    longname: str
    counts: Counts
    setups: list[SetupOfTest]
    next: str | None


class RenamedName(msgspec.Struct):
    """What was renamed by hand. `doubted_by`: a run in which, found later, a test ran under both names."""

    kind: Literal["suite", "test"]
    old: str
    new: str
    at: Time
    doubted_by: str | None


class SuiteOfFile(msgspec.Struct):
    """A suite that has several longnames, as `robot` was given its folder or one above it."""

    file: str
    names: list[str]
    since: Time


class RenamingList(msgspec.Struct):
    """`renames`: by hand; `joined`: found by themselves, suites of one file."""

    renames: list[RenamedName]
    joined: list[SuiteOfFile]
    next: str | None


class Renamed(msgspec.Struct):
    """`tests`: that have results under the old name; `joined`: of those, that have some under the new one already."""

    kind: Literal["suite", "test"]
    old: str
    new: str
    tests: int
    joined: int


class Undone(msgspec.Struct):
    """`by`: what had joined the names. `apart`: longnames that stand alone from now on."""

    by: JoinedBy
    old: str
    new: str
    apart: list[str]


class Label(msgspec.Struct):
    """A label that the latest 10,000 runs have. `values`: the latest 50 as people count, 2.10 before 2.9."""

    name: str
    values: list[str]


class LabelList(msgspec.Struct):
    labels: list[Label]
    next: str | None


class SetupList(msgspec.Struct):
    setups: list[Setup]
    next: str | None


def of(kind: type[T], row: dict[str, Any]) -> T:
    """A row of the store as `kind`: what is null there and text here becomes ""."""
    return msgspec.convert({name: _value(row.get(name), wanted) for name, wanted in _members(kind)}, kind)


@cache
def _members(kind: type[msgspec.Struct]) -> list[tuple[str, Any]]:
    return [(field.name, field.type) for field in msgspec.structs.fields(kind)]


def _value(value: Any, wanted: Any) -> Any:
    if isinstance(value, datetime):
        return time_text(value)
    return "" if value is None and wanted is str else value
