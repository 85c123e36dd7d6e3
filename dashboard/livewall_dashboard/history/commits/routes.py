"""Repositories and their commits, for programs."""

from __future__ import annotations

from flask import Blueprint, Response
from msgspec.structs import asdict

from livewall_dashboard.access.guard import scope
from livewall_dashboard.history import resources
from livewall_dashboard.history.commits.store import CommitStore
from livewall_dashboard.history.parameters import CommitsQuery
from livewall_dashboard.history.resources import of
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response


def blueprint(store: CommitStore) -> Blueprint:
    routes = Blueprint("commits", __name__, url_prefix="/api/v1")

    @routes.get("/commits")
    @scope("read")
    @operation(
        "listCommits",
        "Commits in the order of their repository, the latest first.",
        Answer(200, "A page of commits.", resources.CommitList),
        errors=(503,),
    )
    def commits(query: CommitsQuery) -> Response:
        rows, following = store.commits(**asdict(query))
        return json_response(resources.CommitList([of(resources.Commit, row) for row in rows], following))

    @routes.get("/repositories")
    @scope("read")
    @operation(
        "listRepositories",
        "Repositories whose commits are known.",
        Answer(200, "All of them.", resources.RepositoryList),
        errors=(503,),
    )
    def repositories() -> Response:
        found = [of(resources.Repository, row) for row in store.repositories()]
        return json_response(resources.RepositoryList(found, None))

    return routes
