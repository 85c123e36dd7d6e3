"""`/api/commits...`: commits as resultsdbpy tells of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from livewall_dashboard.access.guard import Guard, key_in_body, scope
from livewall_dashboard.access.rate_limits import UPLOADS
from livewall_dashboard.base.errors import BadRequest, NotFound
from livewall_dashboard.resultsdb import body
from livewall_dashboard.resultsdb.commit_search import NOTHING_FOUND
from livewall_dashboard.resultsdb.commit_store import CommitStore
from livewall_dashboard.resultsdb.model import Commit, Done, UploadsError
from livewall_dashboard.resultsdb.parameters import BranchesQuery, CommitsQuery, OneCommitQuery
from livewall_dashboard.resultsdb.unknown_commits import LooksForCommits, with_news
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response

FOUND = Answer(200, "By their order.", list[Commit])
READS: dict[str, Any] = {"errors": (404, 503), "error": UploadsError}
REGISTERS: dict[str, Any] = {"errors": (404, 503), "takes": dict[str, Any], "error": UploadsError}
DONE = Answer(200, "The commit is known.", Done)


def blueprint(store: CommitStore, fetchers: LooksForCommits, guard: Guard) -> Blueprint:
    routes = Blueprint("uploaded_commits", __name__, url_prefix="/api/commits")

    def found(query: CommitsQuery) -> Response:
        commits = store.find(query)
        if not commits:
            raise NotFound(NOTHING_FOUND)
        return json_response(commits)

    def registered() -> Response:
        request.max_content_length = request.max_form_memory_size = body.MAX_COMMIT
        refusal = "Expected uploaded data to be json"
        given = body.read_members(guard, request.get_data(), refusal=refusal)
        if request.query_string:
            raise BadRequest("Queries not supported on this endpoint")
        told = {name: body.value_of(given, name) for name in given}
        with_news(fetchers, lambda: store.register([told]))
        return json_response(Done())

    @routes.get("")
    @scope("read", UPLOADS)
    @operation("findCommits", "Commits as resultsdbpy tells of them.", FOUND, **READS)
    def commits(query: CommitsQuery) -> Response:
        return found(query)

    @routes.get("/find")
    @scope("read", UPLOADS)
    @operation("searchCommits", "The same.", FOUND, **READS)
    def find(query: CommitsQuery) -> Response:
        return found(query)

    @routes.post("")
    @key_in_body
    @scope("upload", UPLOADS)
    @operation(
        "registerCommit",
        "A commit: repository_id, branch, timestamp, hash or revision, and order, identifier, author, message; or a "
        "reference to one that is known. JSON or a form; the token as api_key or in the header.",
        DONE,
        **REGISTERS,
    )
    def register() -> Response:
        return registered()

    @routes.post("/register")
    @key_in_body
    @scope("upload", UPLOADS)
    @operation("registerCommitToo", "The same.", DONE, **REGISTERS)
    def register_too() -> Response:
        return registered()

    @routes.get("/siblings")
    @scope("read", UPLOADS)
    @operation(
        "findSiblings",
        "What the other repositories had at a commit, until the next one of its branch.",
        Answer(200, "By repository, the newest first.", dict[str, list[Commit]]),
        **READS,
    )
    def siblings(query: OneCommitQuery) -> Response:
        return json_response(store.siblings(query))

    @routes.get("/next")
    @scope("read", UPLOADS)
    @operation("findNextCommit", "The next one of its branch.", Answer(200, "One or none.", list[Commit]), **READS)
    def next_commit(query: OneCommitQuery) -> Response:
        return json_response(store.beside(query, later=True))

    @routes.get("/previous")
    @scope("read", UPLOADS)
    @operation("findPreviousCommit", "The one before.", Answer(200, "One or none.", list[Commit]), **READS)
    def previous_commit(query: OneCommitQuery) -> Response:
        return json_response(store.beside(query, later=False))

    @routes.get("/repositories")
    @scope("read", UPLOADS)
    @operation(
        "listRepositoryNames", "Repositories.", Answer(200, "Their names.", list[str]), errors=(503,),
        error=UploadsError,
    )  # fmt: skip
    def repositories() -> Response:
        return json_response(store.repositories())

    @routes.get("/branches")
    @scope("read", UPLOADS)
    @operation(
        "listBranches",
        "Branches that commits are known of.",
        Answer(200, "By repository.", dict[str, list[str]]),
        errors=(503,),
        error=UploadsError,
    )
    def branches(query: BranchesQuery) -> Response:
        return json_response(store.branches(query))

    return routes
