"""`/api/results...`, `/api/failures/...`, `/api/urls`: what resultsdbpy tells of runs and tests."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Blueprint, Response
from msgspec import Meta

from livewall_dashboard.access.guard import scope
from livewall_dashboard.access.rate_limits import UPLOADS
from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.resultsdb.model import RunsOfConfiguration, UploadsError, UrlsOfConfiguration
from livewall_dashboard.resultsdb.parameters import (
    FailuresQuery,
    QueuesQuery,
    ResultsQuery,
    SummaryQuery,
    TestsQuery,
    UrlsQuery,
)
from livewall_dashboard.resultsdb.result_store import ResultStore
from livewall_dashboard.resultsdb.upload import RESERVED
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response

SuiteName = Annotated[str, Meta(description="As it was uploaded; ? and # as $3F and $23")]
TestName = Annotated[str, Meta(description="Its path; ? and # as $3F and $23")]

READS: dict[str, Any] = {"errors": (404, 503), "error": UploadsError}


def blueprint(store: ResultStore) -> Blueprint:
    routes = Blueprint("uploaded_results", __name__, url_prefix="/api")

    @routes.get("/<path:suite>/tests")
    @scope("read", UPLOADS)
    @operation("listUploadedTests", "Names of a suite's tests.", Answer(200, "In their order.", list[str]), **READS)
    def tests(suite: SuiteName, query: TestsQuery) -> Response:
        if suite.partition("/")[0] in RESERVED:
            raise NotFound(f"There is no suite {suite[:200]!r}.")
        return json_response(store.tests(_name(suite), query))

    @routes.get("/results/<path:suite>")
    @scope("read", UPLOADS)
    @operation(
        "findRunResults", "Runs of a suite, by configuration.",
        Answer(200, "The latest of each, by commit.", list[RunsOfConfiguration]), **READS,
    )  # fmt: skip
    def run_results(suite: SuiteName, query: ResultsQuery) -> Response:
        return json_response(store.runs(_name(suite), query))

    @routes.get("/results/<path:suite>/<path:test>")
    @scope("read", UPLOADS)
    @operation(
        "findTestResults", "Results of a test, by configuration.",
        Answer(200, "The latest of each, by commit.", list[RunsOfConfiguration]), **READS,
    )  # fmt: skip
    def test_results(suite: SuiteName, test: TestName, query: ResultsQuery) -> Response:
        return json_response(store.results(_name(suite), _name(test), query))

    @routes.get("/results-summary/<path:suite>/<path:test>")
    @scope("read", UPLOADS)
    @operation(
        "summarizeTestResults", "How a test did near a commit: percents by status, the nearer the more it counts.",
        Answer(200, "By status in lower case.", dict[str, Any]), **READS,
    )  # fmt: skip
    def summary(suite: SuiteName, test: TestName, query: SummaryQuery) -> Response:
        return json_response(store.summary(_name(suite), _name(test), query))

    @routes.get("/failures/<path:suite>")
    @scope("read", UPLOADS)
    @operation(
        "findFailures", "Failures of a suite's runs.",
        Answer(200, "Names of tests; with collapsed=False the failures of each run, by configuration.", list[Any]),
        **READS,
    )  # fmt: skip
    def failures(suite: SuiteName, query: FailuresQuery) -> Response:
        return json_response(store.failures(_name(suite), query))

    @routes.get("/urls")
    @scope("read", UPLOADS)
    @operation(
        "findBuilds", "Links of the builds that uploaded.",
        Answer(200, "By suite and configuration.", list[UrlsOfConfiguration]), **READS,
    )  # fmt: skip
    def urls(query: UrlsQuery) -> Response:
        return json_response(store.urls(query))

    @routes.get("/urls/queue")
    @scope("read", UPLOADS)
    @operation(
        "findQueues", "Links of build queues: no host is asked for them, so there are none.",
        Answer(200, "Empty.", list[Any]), error=UploadsError,
    )  # fmt: skip
    def queues(query: QueuesQuery) -> Response:
        del query  # read for what it must not have
        return json_response([])

    return routes


def _name(text: str) -> str:
    return text.replace("$3F", "?").replace("$23", "#")
