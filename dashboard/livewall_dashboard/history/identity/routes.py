"""Which names are of one test or suite, for programs: what was found, what was renamed, and to rename."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response
from msgspec.structs import asdict

from livewall_dashboard.access.guard import scope
from livewall_dashboard.history import resources
from livewall_dashboard.history.identity import identity, renaming
from livewall_dashboard.history.parameters import Names, Rename
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response


def blueprint(database: Database) -> Blueprint:
    routes = Blueprint("renames", __name__, url_prefix="/api/v1")

    @routes.get("/renames")
    @scope("read")
    @operation(
        "listRenames",
        "Names that are of one suite or test: renamed by hand, and found to be of one file.",
        Answer(200, "All of them.", resources.RenamingList),
        errors=(503,),
    )
    def renames() -> Response:
        with database.connection() as connection:
            return json_response(renaming.listing(connection))

    @routes.post("/renames")
    @scope("admin")
    @operation(
        "rename",
        "Join a test, or all below a suite, with the one that has its new name; scope admin.",
        Answer(200, "It is done or, with `dry_run`, would be.", resources.Renamed),
        errors=(404, 409, 503),
    )
    def rename(body: Rename) -> Response:
        work = partial(renaming.rename, **asdict(body))
        return json_response(identity.beside_requests(database, work))

    @routes.post("/renames/undo")
    @scope("admin")
    @operation(
        "undoRename",
        "Part what a renaming or, by itself, a common file has joined; scope admin.",
        Answer(200, "It is done.", resources.Undone),
        errors=(404, 503),
    )
    def undo(body: Names) -> Response:
        return json_response(identity.beside_requests(database, renaming.undo, body.old, body.new))

    return routes
