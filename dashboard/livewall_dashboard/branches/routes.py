"""Projects, bundles and branch builds in the API, and what people do with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, Protocol

from flask import Blueprint, Response
from msgspec import Meta, Struct

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.base.errors import BadRequest, Forbidden, NotFound
from livewall_dashboard.branches import bundles_csv, resources
from livewall_dashboard.branches.numbers import number_of
from livewall_dashboard.branches.overview import Overview
from livewall_dashboard.branches.resources import BuildNumber, StepName
from livewall_dashboard.branches.runbot_json import runbot_json
from livewall_dashboard.lab.model import Lab
from livewall_dashboard.lab.projects import Project as ProjectConfig
from livewall_dashboard.web.csv_table import MOST, csv_answer, csv_table, pages_of
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.query import Limit
from livewall_dashboard.web.responses import json_response

MOST_NUMBER = 2**63 - 1

ProjectName = Annotated[str | None, Meta(description="Of this project")]


class BundlesFilter(Struct):
    project: ProjectName = None
    q: Annotated[str | None, Meta(description="With this text in its name")] = None
    sticky: Annotated[Literal["true", "false"] | None, Meta(description="true: sticky ones, false: others")] = None
    alive: Annotated[Literal["true", "false"], Meta(description="false: also those whose branches are gone")] = "true"


class BundlesQuery(BundlesFilter):
    after: Annotated[str | None, Meta(description="`next` of the page before")] = None
    limit: Limit = 100


class BuildsQuery(Struct):
    project: ProjectName = None
    bundle: Annotated[str | None, Meta(description="Of this bundle")] = None
    state: Annotated[Literal["gathering", "waiting", "building", "done"] | None, Meta(description="In this state")] = (
        None
    )
    result: Annotated[
        Literal["ok", "warnings", "failed", "killed", "skipped"] | None, Meta(description="With this result")
    ] = None
    after: Annotated[str | None, Meta(description="`next` of the page before")] = None
    limit: Limit = 50


class Rebuild(Struct):
    """A `project` and `bundle`, whose newest commits are built, or the `number` of a build, whose commits are."""

    project: str = ""
    bundle: Annotated[str, Meta(pattern=r"^[^\x00]*$")] = ""
    number: Annotated[int, Meta(ge=1, le=MOST_NUMBER)] | None = None


class KeepQuery(Struct):
    keep: Annotated[Literal["true", "false"], Meta(description="false: it may go again")] = "true"


class Actions(Protocol):
    """What people do. Each raises NotFound, and Conflict where it makes no sense."""

    def rebuild(self, project: ProjectConfig, bundle: str, by: str) -> int: ...
    def rebuild_number(self, number: int, by: str) -> int: ...
    def kill(self, number: int, by: str) -> None: ...
    def keep(self, number: int, keep: bool) -> None: ...
    def wake(self, number: int) -> None: ...
    def stop(self, number: int, by: str) -> None: ...


_BUILD = Answer(200, "The build as it is then.", resources.BranchBuild)


def blueprint(
    lab: Callable[[], Lab], overview: Overview, actions: Actions, log: Callable[[int, str], Response]
) -> Blueprint:
    """`log(number, step)`: what a step has written so far."""
    routes = Blueprint("branches", __name__)

    def project_of(name: str) -> ProjectConfig:
        found = next((each for each in lab().projects if each.name == name), None)
        if found is None:
            raise NotFound(f"There is no project {name[:100]!r} in the configuration.")
        return found

    def require_queue_of(number: int) -> None:
        """Raises Forbidden, NotFound."""
        project = overview.build(number).project
        _require_queue(next((each.queue for each in lab().projects if each.name == project), None))

    @routes.get("/api/v1/projects")
    @scope("read")
    @operation("listProjects", "Projects whose branches are built.", Answer(200, "All.", resources.ProjectList),
               errors=(503,))  # fmt: skip
    def projects() -> Response:
        return json_response(resources.ProjectList([overview.project(each) for each in lab().projects]))

    def read_bundles(query: BundlesFilter, after: str | None, limit: int) -> tuple[list[resources.Bundle], str | None]:
        wanted = [project_of(query.project)] if query.project is not None else lab().projects
        return overview.bundles(
            [each.name for each in wanted],
            text=query.q,
            sticky=None if query.sticky is None else query.sticky == "true",
            dead=query.alive == "false",
            after=after,
            limit=limit,
        )

    @routes.get("/api/v1/bundles")
    @scope("read")
    @operation(
        "listBundles",
        "Branches of one name over the repositories of a project: sticky ones first, then by their last push.",
        Answer(200, "A page of them.", resources.BundleList),
        errors=(404, 503),
    )
    def bundles(query: BundlesQuery) -> Response:
        return json_response(resources.BundleList(*read_bundles(query, query.after, query.limit)))

    @routes.get("/api/v1/bundles.csv")
    @scope("read")
    @operation(
        "listBundlesAsCsv",
        f"The same as CSV, all up to {MOST}, each with its newest build.",
        csv_answer("bundle"),
        errors=(404, 503),
    )
    def bundles_as_csv(query: BundlesFilter) -> Response:
        rows = pages_of(lambda after, limit: read_bundles(query, after, limit))
        return csv_table("branches.csv", bundles_csv.COLUMNS, map(bundles_csv.row_of, rows))

    @routes.get("/api/v1/branch-builds")
    @scope("read")
    @operation(
        "listBranchBuilds",
        "Builds of bundles, the newest first.",
        Answer(200, "A page of them.", resources.BranchBuildList),
        errors=(503,),
    )
    def builds(query: BuildsQuery) -> Response:
        found, following = overview.builds(
            project=query.project,
            bundle=query.bundle,
            state=query.state,
            result=query.result,
            before=None if query.after is None else number_of(query.after),
            limit=query.limit,
        )
        return json_response(resources.BranchBuildList(found, following))

    @routes.get("/api/v1/branch-builds/<number>")
    @scope("read")
    @operation("getBranchBuild", "One build.", _BUILD, errors=(404, 503))
    def build(number: BuildNumber) -> Response:
        return json_response(overview.build(number_of(number)))

    @routes.get("/api/v1/branch-builds/<number>/log/<step>")
    @scope("read")
    @operation(
        "getBranchBuildLog",
        "What a step has written so far.",
        Answer(200, "Text, as it came.", bytes, media="text/plain"),
        errors=(404, 503),
    )
    def step_log(number: BuildNumber, step: StepName) -> Response:
        return log(number_of(number), step)

    @routes.post("/api/v1/branch-builds")
    @scope("branch-builds")
    @operation(
        "rebuildBranch",
        "Builds a bundle's newest commits, or the commits of a build once more; scope builds, submit or admin.",
        Answer(201, "It is due.", resources.BranchBuild),
        errors=(404, 409, 503),
    )
    def rebuild(body: Rebuild) -> Response:
        if (body.number is None) == (not body.bundle or not body.project):
            raise BadRequest("Which build? Give its number, or a project and a bundle.")
        if body.number is not None:
            require_queue_of(body.number)
            made = actions.rebuild_number(body.number, _who())
        else:
            project = project_of(body.project)
            _require_queue(project.queue)
            made = actions.rebuild(project, body.bundle, _who())
        return json_response(overview.build(made), 201)

    @routes.post("/api/v1/branch-builds/<number>/kill")
    @scope("branch-builds")
    @operation(
        "killBranchBuild", "It ends, and is killed; scope builds, submit or admin.", _BUILD, errors=(404, 409, 503)
    )
    def kill(number: BuildNumber) -> Response:
        require_queue_of(number_of(number))
        actions.kill(number_of(number), _who())
        return json_response(overview.build(number_of(number)))

    @routes.post("/api/v1/branch-builds/<number>/keep")
    @scope("branch-builds")
    @operation(
        "keepBranchBuild",
        "It stays, with what it left running, or may go again; scope builds, submit or admin.",
        _BUILD,
        errors=(404, 503),
    )
    def keep(number: BuildNumber, query: KeepQuery) -> Response:
        require_queue_of(number_of(number))
        actions.keep(number_of(number), query.keep == "true")
        return json_response(overview.build(number_of(number)))

    @routes.post("/api/v1/branch-builds/<number>/wake")
    @scope("branch-builds")
    @operation(
        "wakeBranchBuild",
        "What it left running is started where it sleeps or has failed, which may put the project's least used one to "
        "sleep; scope builds, submit or admin.",
        _BUILD,
        errors=(404, 409, 503),
    )
    def wake(number: BuildNumber) -> Response:
        require_queue_of(number_of(number))
        actions.wake(overview.built_as(number_of(number)))
        return json_response(overview.build(number_of(number)))

    @routes.post("/api/v1/branch-builds/<number>/stop")
    @scope("branch-builds")
    @operation(
        "stopBranchBuild",
        "What it left running is stopped, and sleeps until it is woken, also where the build is kept or the newest of "
        "a sticky bundle; scope builds, submit or admin.",
        _BUILD,
        errors=(404, 409, 503),
    )
    def stop(number: BuildNumber) -> Response:
        require_queue_of(number_of(number))
        actions.stop(overview.built_as(number_of(number)), _who())
        return json_response(overview.build(number_of(number)))

    @routes.get("/<project>.json")
    @scope("read")
    def runbot(project: str) -> Response:
        return json_response(runbot_json(overview, project_of(project)))

    return routes


def _who() -> str:
    token = caller()
    return token.name if token else ""


def _require_queue(queue: str | None) -> None:
    """Raises Forbidden where the caller's token is bound to other queues. `queue` None: nobody knows any more."""
    token = caller()
    if token is not None and token.queues is not None and (queue is None or not token.may_use(queue)):
        raise Forbidden(f"The token {token.name!r} is not for the queue that builds this.")
