"""Projects, bundles and branch builds as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

from msgspec import Meta, Struct

from livewall_dashboard.branches.html_folders import INDEX
from livewall_dashboard.web.schemas import Number, Time
from livewall_dashboard.web.values import time_text

Project = Annotated[str, Meta(description="The project's name")]
BuildNumber = Annotated[str, Meta(description="The build's number")]
StepName = Annotated[str, Meta(description="The step's name")]

_UNKNOWN: Mapping[str, Any] = {"ahead": None, "behind": None}


class RemoteInfo(Struct):
    """`trouble`: why the last look at it failed, null where it did not; `trouble_since`: since when each one does."""

    name: str
    url: str
    fetched_at: Time | None
    trouble: str | None
    trouble_since: Time | None


class RepositoryInfo(Struct):
    """`main`: null where the configuration does not name it."""

    name: str
    url: str
    main: str | None
    remotes: list[RemoteInfo]


class ProjectInfo(Struct):
    """`number`: of instances that may run, null where builds leave none; `instances`: how many do. Other counts are of
    builds.

    `status_trouble`: why a host was not told of the last build, null where it was or nobody is told.
    """

    name: str
    repositories: list[RepositoryInfo]
    sticky: list[str]
    steps: list[str]
    queue: str
    number: int | None
    instances: Number
    bundles: Number
    gathering: Number
    waiting: Number
    building: Number
    done: Number
    status_trouble: str | None = None


class ProjectList(Struct):
    projects: list[ProjectInfo]
    next: str | None = None


class BundleCommit(Struct):
    """The newest of a repository in the bundle. `match`: head, where the branch is the bundle's own; base_match or
    base, where one of the base stands in; none, where there is nothing.

    `ahead`: how many commits it has that the base's newest in that repository has not; `behind`: the other way round.
    Null where there is no base, where that is not counted yet, or of a build that newer commits have followed.
    """

    repository: str
    branch: str
    commit: str | None
    match: str
    remote: str | None = None
    subject: str = ""
    author: str = ""
    committed_at: Time | None = None
    ahead: Number | None = None
    behind: Number | None = None


class BuildPoint(Struct):
    """`same_as`: the number of the build that had the same commits and steps before."""

    number: int
    state: str
    result: str | None
    started_at: Time | None
    ended_at: Time | None
    reason: str
    kept: bool
    same_as: int | None


class Instance(Struct):
    """What a build left running, as its agent `agent` said last. `url`: where people reach it, null where they do not.

    `wanted`: running, stopped, or gone, where nothing of it is to be left. `restarts`: how often it has ended by itself
    since it was started, or was ended as it did not answer; `exit_code`: how, the last time, null where it did not
    answer. `unhealthy_since`: since then it runs and does not answer well. `message`: why it is as it is, "" where that
    needs no word. `log`: the address of the end of what it wrote; `last_lines`: the end of that, where it has failed.
    """

    build: int
    project: str
    bundle: str
    state: Literal["starting", "running", "stopping", "stopped", "failed"]
    url: str | None
    port: int | None
    host: str | None
    started_at: Time | None
    last_used_at: Time | None
    agent: str
    away: bool
    wanted: Literal["running", "stopped", "gone"]
    restarts: Number
    exit_code: int | None
    message: str
    log: str | None
    unhealthy_since: Time | None = None
    last_lines: list[str] = []


class Bundle(Struct):
    """`builds`: the last five, the newest first. `instance`: the newest that one of them left running, or which sleeps
    where none runs; `no_instance`: why there is none, "" where there is one: of the newest build.
    """

    project: str
    name: str
    sticky: bool
    alive: bool
    pushed_at: Time
    commits: list[BundleCommit]
    builds: list[BuildPoint]
    instance: Instance | None = None
    no_instance: str = ""


class BundleList(Struct):
    bundles: list[Bundle]
    next: str | None = None


class StepError(Struct):
    """`at`: its line in the step's log."""

    text: str
    file: str | None = None
    line: int | None = None
    hint: str = ""
    at: int = 0
    context: list[str] = []


class HtmlPages(Struct):
    """A folder of HTML that a step has written, as of coverage. `url`: where it is browsed, null where it was not kept,
    for which `trouble` has the reason. `coverage`: percent, as far as its index says so in a way that is known.
    """

    name: str
    url: str | None
    coverage: float | None
    trouble: str | None


class BuildStep(Struct):
    """`elapsed_time`: seconds. `log`: the address of what it has written, null where that is nothing."""

    name: str
    status: Literal["waiting", "running", "ok", "failed", "killed", "skipped"]
    elapsed_time: float | None
    first_error: StepError | None
    exit_code: int | None
    warnings: Number
    errors: Number
    log: str | None
    html: list[HtmlPages]


class InstanceList(Struct):
    instances: list[Instance]
    next: str | None = None


class BranchBuild(Struct):
    """`job`: the id of its job in the queue; `runs`: ids of its runs, `run` the one that its logs are.

    `no_instance`: why `instance` is null, "" where it is not.
    """

    number: int
    project: str
    bundle: str
    sticky: bool
    state: Literal["gathering", "waiting", "building", "done"]
    result: Literal["ok", "warnings", "failed", "killed", "skipped"] | None
    reason: str
    kept: bool
    same_as: int | None
    rebuild_of: int | None
    superseded_by: int | None
    created_at: Time
    due_at: Time | None
    started_at: Time | None
    ended_at: Time | None
    warnings: Number
    errors: Number
    commits: list[BundleCommit]
    job: str | None
    run: str | None
    runs: list[str]
    steps: list[BuildStep]
    instance: Instance | None
    no_instance: str = ""


class BranchBuildList(Struct):
    builds: list[BranchBuild]
    next: str | None = None


class FetchOrdered(Struct):
    project: str


def commit_of(row: Mapping[str, Any], distances: Iterable[Mapping[str, Any]] = ()) -> BundleCommit:
    """`distances`: those of its bundle."""
    place = (row["repository"], row["commit"])
    distance = next((each for each in distances if (each["repository"], each["commit"]) == place), _UNKNOWN)
    return BundleCommit(
        repository=row["repository"],
        branch=row["branch"],
        commit=row["commit"] or None,
        match=row["match"],
        remote=row["remote"] or None,
        subject=row["subject"],
        author=row["author"],
        committed_at=time_text(row["committed_at"]),
        ahead=distance["ahead"],
        behind=distance["behind"],
    )


def point_of(row: Mapping[str, Any]) -> BuildPoint:
    return BuildPoint(
        number=row["number"],
        state=row["state"],
        result=row["result"],
        started_at=time_text(row["started_at"]),
        ended_at=time_text(row["ended_at"]),
        reason=row["reason"],
        kept=row["is_kept"],
        same_as=row["same_as"],
    )


def step_of(number: int, row: Mapping[str, Any], html: Iterable[Mapping[str, Any]] = ()) -> BuildStep:
    """`html`: folders of its build."""
    error = row["first_error"]
    has_log = row["status"] not in ("waiting", "skipped")
    return BuildStep(
        name=row["name"],
        status=row["status"],
        elapsed_time=row["elapsed_time"],
        first_error=StepError(**error) if error else None,
        exit_code=row["exit_code"],
        warnings=row["warnings"],
        errors=row["errors"],
        log=f"/api/v1/branch-builds/{number}/log/{row['name']}" if has_log else None,
        html=[_html_of(each) for each in html if each["no"] == row["no"]],
    )


def _html_of(row: Mapping[str, Any]) -> HtmlPages:
    url = f"/branch-builds/{row['number']}/html/{quote(row['folder'])}/{INDEX}"
    return HtmlPages(row["folder"], None if row["trouble"] else url, row["coverage"], row["trouble"] or None)
