"""What the timeline's API is asked and answers, as types.

A timeline of 5,000 points is told in columns: one list of each member, for all runs and for all points. What repeats is
told once, and pointed to by its place.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from livewall_dashboard.history.parameters import OnBranch
from livewall_dashboard.web.schemas import Time

RunsOfSetup = Annotated[int, Meta(ge=1, le=1000, description="Runs of each setup, the latest")]


class TimelineQuery(Struct):
    longname: Annotated[str | None, Meta(description="The results of this test; without it, runs as a whole")] = None
    suite: Annotated[str | None, Meta(description="In runs of this suite, as a run names it")] = None
    setup: Annotated[str | None, Meta(description="On this setup")] = None
    branch: OnBranch = None
    label: Annotated[
        list[str], Meta(description="With this label, `name=value`, or a name with any value; all of them")
    ] = []
    tag: Annotated[
        str | None, Meta(description="Of runs with a test that has this tag; case, spaces and _ do not matter")
    ] = None
    since: Annotated[str | None, Meta(description="Started then or later: a time in ISO 8601, or a day in UTC")] = (
        field(default=None, name="from")
    )
    until: Annotated[str | None, Meta(description="Started before that time, or on that day or before")] = field(
        default=None, name="to"
    )
    folder: Annotated[
        str | None,
        Meta(description="Results in this folder of tests alone, by its longname, put together in each run"),
    ] = None
    parts: Annotated[
        Literal["true"] | None, Meta(description="true: apart for each suite and test of the folder, or of the runs")
    ] = None
    limit: RunsOfSetup = 60


class MessagesQuery(Struct):
    longname: Annotated[str, Meta(description="The test's longname")]
    setup: Annotated[str | None, Meta(description="On this setup")] = None
    branch: OnBranch = None


class TimelineCommit(msgspec.Struct):
    """A commit of a repository that is known here. `message`: its first line. `uuid` orders those of a repository."""

    repository: str
    branch: str
    hash: str
    identifier: str
    uuid: int
    committed_at: Time
    author: str
    message: str


class LabelOrder(msgspec.Struct):
    """`values`: as people count, 2.9 before 2.10."""

    name: str
    values: list[str]


class RunColumns(msgspec.Struct):
    """A member of each list is one run; the latest run comes first.

    `setup`, `suite`, `branch`, `configuration`, `commits` are places in the timeline's lists, `commits` in
    `commit_sets`. `revision`: the commit's hash as the node has it, a place in `revisions`, or -1. `started_at`:
    seconds since 1970. `broken`: 1 where more than 80 % of at least 10 tests failed, which tells of the rig.
    """

    id: list[str]
    setup: list[int]
    suite: list[int]
    branch: list[int]
    configuration: list[int]
    commits: list[int]
    revision: list[int]
    started_at: list[int]
    broken: list[int]


class PointColumns(msgspec.Struct):
    """A member of each list is a result of the test or, without one, a run.

    `run`: its place among the runs. `outcome`, a letter each: p passed, f failed, s skipped, n not run, e failed as
    expected, u passed though a failure was expected, t passed at a later try; of a run also r running, a abandoned, i
    incomplete. `elapsed_time`: seconds, -1 while it runs. `failed`, `total`: tests of a run; of a result 1 and 1, or 0.
    `test`: the id of the result in its run, a place in `tests`; -1 for a run. `part`: what of a folder it is of, a
    place in `parts`; nothing where no folder was asked for.
    """

    run: list[int]
    outcome: str
    elapsed_time: list[float]
    failed: list[int]
    total: list[int]
    test: list[int]
    part: list[int] = []


PartKind = Literal["suite", "test"]


class FolderPart(msgspec.Struct):
    """A suite or a test of a folder; `name`: without the folder's."""

    longname: str
    name: str
    kind: PartKind


class TestPlace(msgspec.Struct):
    """Where a result is found in its run."""

    process: str
    id: str


class NotDrawn(msgspec.Struct):
    """Runs of a setup that are older than the `limit` that is told."""

    setup: str
    runs: int


class Timeline(msgspec.Struct):
    """How a test or whole runs did. `not_drawn`: what there is beyond; `is_cut`: older ones were not looked at.

    `folder`: whose `parts` are told of: of one in which there is a single other one, that. `parts_not_drawn`: how many
    more of them the newest run has than are told of one run.
    """

    setups: list[str]
    suites: list[str]
    branches: list[str]
    configurations: list[dict[str, str]]
    labels: list[LabelOrder]
    commits: list[TimelineCommit]
    commit_sets: list[list[int]]
    revisions: list[str]
    tests: list[TestPlace]
    runs: RunColumns
    points: PointColumns
    not_drawn: list[NotDrawn]
    is_cut: bool
    folder: str = ""
    parts: list[FolderPart] = []
    parts_not_drawn: int = 0


class FailureOfTest(msgspec.Struct):
    """Where a failure is found. `started_at`: of its run."""

    run: str
    process: str
    id: str
    setup: str
    started_at: Time


class MessageGroup(msgspec.Struct):
    """Failures whose messages differ in numbers, addresses, times and ids alone. `message`: that of the last one."""

    message: str
    count: int
    setups: list[str]
    first: FailureOfTest
    last: FailureOfTest


class MessagesOfTest(msgspec.Struct):
    """What a test failed with, of its latest 2,000 failures; the most frequent first."""

    longname: str
    messages: list[MessageGroup]
    next: str | None
