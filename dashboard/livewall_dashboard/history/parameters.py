"""What the read API may be asked for, as types: requests are read by them, and the OpenAPI document is made of them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from livewall_dashboard.base.run_status import RunStatus, State
from livewall_dashboard.history.axis import Order
from livewall_dashboard.history.resources import Status
from livewall_dashboard.history.results.result_words import Outcome
from livewall_dashboard.web.query import Limit

Before = Annotated["str | None", Meta(description="`next` of the page before")]
After = Before
MOST_ATTEMPTS = 1000
OnBranch = Annotated["str | None", Meta(description="On this branch")]


class RunsFilter(Struct):
    setup: Annotated[str | None, Meta(description="Of this setup")] = None
    suite: Annotated[str | None, Meta(description="Of this suite, as a run names it")] = None
    state: Annotated[State | None, Meta(description="In this state")] = None
    status: Annotated[RunStatus | None, Meta(description="With this status; of ended runs")] = None
    branch: OnBranch = None
    commit: Annotated[str | None, Meta(description="At the commit whose hash begins so")] = None
    label: Annotated[
        list[str], Meta(description="With this label, `name=value`, or a name with any value; all of them")
    ] = []
    tag: Annotated[
        str | None, Meta(description="With a test that has this tag; case, spaces and underscores do not matter")
    ] = None
    q: Annotated[
        str | None,
        Meta(description="With this text in name, suite, setup, branch, label or the commit's message; or of this id"),
    ] = None
    since: Annotated[str | None, Meta(description="Started then or later: a time in ISO 8601, or a day in UTC")] = (
        field(default=None, name="from")
    )
    until: Annotated[str | None, Meta(description="Started before that time, or on that day or before")] = field(
        default=None, name="to"
    )


class RunsQuery(RunsFilter):
    before: Before = None
    limit: Limit = 50


class CommitsQuery(Struct):
    repository: Annotated[str | None, Meta(description="Of the repository of this name")] = None
    branch: OnBranch = None
    commit: Annotated[str | None, Meta(description="Whose hash begins so")] = None
    newer_than: Annotated[str | None, Meta(description="After the commit of this hash, in its repository")] = None
    up_to: Annotated[str | None, Meta(description="Up to the commit of this hash")] = None
    after: After = None
    limit: Limit = 100


class SuitesQuery(Struct):
    after: After = None
    limit: Limit = 100


class TestsQuery(Struct):
    status: Annotated[Status | None, Meta(description="With this status")] = None
    outcome: Annotated[Outcome | None, Meta(description="That count so")] = None
    attempts: Annotated[int, Meta(description="Tried at least so often", ge=1, le=MOST_ATTEMPTS)] = 1
    tag: Annotated[str | None, Meta(description="With this tag; case, spaces and underscores do not matter")] = None
    q: Annotated[str | None, Meta(description="With this text in longname or message")] = None
    longname: Annotated[str | None, Meta(description="Of this longname, or another name of that test")] = None
    suite: Annotated[str | None, Meta(description="In the suite with this id, or below it")] = None
    folder: Annotated[str | None, Meta(description="In the folder of this longname, or below it")] = None
    process: Annotated[str | None, Meta(description="Of the robot process of this name")] = None
    test: Annotated[str | None, Meta(description="With this id, of each process")] = None
    after: After = None
    limit: Limit = 100


class AttemptsQuery(Struct):
    test: Annotated[str | None, Meta(description="Of the test with this id")] = None
    process: Annotated[str | None, Meta(description="Of the robot process of this name")] = None
    after: After = None
    limit: Limit = 100


class TestQuery(Struct):
    longname: Annotated[str, Meta(description="The test's longname")]
    setup: Annotated[str | None, Meta(description="On this setup")] = None
    branch: OnBranch = None
    after: After = None


class TestHistoryQuery(TestQuery):
    order: Annotated[
        Order,
        Meta(description="The latest first by when runs started, by their commit, or by a label such as a version"),
    ] = "start"
    repository: Annotated[str | None, Meta(description="With `order=commit`: whose commits")] = None
    label: Annotated[str | None, Meta(description="With `order=label`: the label's name")] = None
    limit: Limit = 100


class Names(Struct):
    """Longnames of a suite or a test."""

    old: str
    new: str


class Rename(Names):
    """`kind` is needed where a test and a suite have the same longname. With `dry_run` nothing is changed."""

    kind: Literal["suite", "test"] | None = None
    dry_run: bool = False


class SetupsOfTestQuery(TestQuery):
    limit: Limit = 50
