"""The contract of the API as an OpenAPI document, made of the very types that are decoded and encoded.

`docs/openapi.json` is a copy: `python -m livewall_dashboard.web.openapi > docs/openapi.json`.
"""

from __future__ import annotations

import json
import sys

from flask import Blueprint, Response

from livewall_dashboard.access.guard import public
from livewall_dashboard.base.sizes import MAX_CHUNK, MAX_PLAIN
from livewall_dashboard.base.version import VERSION
from livewall_dashboard.web.openapi_schemas import Schema, ref, schemas
from livewall_dashboard.web.parameters import MAX_LENGTH, MAX_LIMIT
from livewall_dashboard.web.request_head import MAX_HEAD, MAX_LINE
from livewall_listener import wire

_ERRORS = {
    400: ("BadRequest", "The request makes no sense; the message says why."),
    401: ("NotAuthenticated", "A token is needed, or this one is unknown or revoked."),
    403: ("Forbidden", "The token is for something else, or the request comes from another site's page."),
    404: ("NotFound", "There is no such thing."),
    409: ("Conflict", "It is there already, or there is no more room for it."),
    411: ("LengthRequired", "The body needs a Content-Length."),
    413: ("TooLarge", "The body is too large; send less at a time."),
    414: ("AddressTooLong", f"An address has less than {MAX_LINE} bytes."),
    422: ("Invalid", "The body is understood, but what it says cannot be."),
    429: ("TooManyRequests", "Come back after Retry-After seconds."),
    431: ("HeadersTooLarge", f"A header has less than {MAX_LINE} bytes, all of them together {MAX_HEAD}."),
    502: ("JenkinsFailed", "Jenkins refuses, is away, or answers with something else; the message says what."),
    503: ("Unavailable", "Postgres, the disk or Jenkins is away; come back after Retry-After seconds."),
    504: ("JenkinsTimedOut", "Jenkins does not answer in time."),
}


def blueprint(version: str) -> Blueprint:
    routes = Blueprint("openapi", __name__)
    body = encoded(version)

    @routes.get("/api/v1/openapi.json")
    @public
    def openapi() -> Response:
        return Response(body, content_type="application/json")

    return routes


def encoded(version: str) -> str:
    return json.dumps(document(version), indent=1, ensure_ascii=False) + "\n"


def document(version: str) -> Schema:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "livewall",
            "version": version,
            "description": "What robots report, what the wall shows, what the history knows. Times are ISO 8601 in "
            "UTC, durations seconds. Errors are `Error` with a message written for the caller.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"token": []}],
        "paths": {**_node_paths(), **_reading_paths(), **_builds_paths(), **_public_paths()},
        "components": {
            "schemas": schemas(),
            "responses": {name: _error(meaning) for name, meaning in _ERRORS.values()},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token `lw_...` of `livewall token create`, of scope read, ingest, upload or "
                    "builds. A wall on loopback asks for none, unless it was told to.",
                }
            },
        },
    }


def _node_paths() -> Schema:
    return {
        "/api/v1/runs/{run_id}": {
            "parameters": [_path("run_id", "Chosen by the node: letters, digits and . _ ~ -")],
            "put": _operation(
                "putRun",
                "Create or update a run; scope ingest. Comes before the events of each process; idempotent.",
                {"200": _json("What is stored of this process.", ref("Registered"))},
                errors=(400, 401, 403, 413, 422, 503),
                body=ref("RunInfo"),
            ),
            "get": _operation(
                "getRun",
                "One run with its processes, tags and files.",
                {"200": _json("The run.", ref("RunDetail"))},
                errors=(400, 401, 403, 404, 503),
            ),
        },
        "/api/v1/runs/{run_id}/events": {
            "parameters": [_path("run_id", "The run's id")],
            "post": _operation(
                "postEvents",
                "Events of one process, in order; scope ingest. Acknowledged when they are stored for good. May be "
                "gzip (Content-Encoding). Without events it is the heartbeat.",
                {
                    "200": _json("Everything up to this number is stored.", ref("Acknowledgement")),
                    "416": _json("Events are missing before these.", ref("GapError")),
                    "503": _json("On the wall, but not stored: keep the events.", ref("NotStoredError")),
                },
                errors=(400, 401, 403, 404, 413, 422),
                body=ref("Batch"),
            ),
        },
        "/api/v1/runs/{run_id}/artifacts/{name}": {
            "parameters": [
                _path("run_id", "The run's id"),
                _path("name", "log.html, output.xml, ...: letters, digits, spaces and . _ - + @ ( )"),
            ],
            "put": _operation(
                "putArtifact",
                "A file of the run; scope upload or ingest. Whole, or as chunks of a gzip file with Content-Range: "
                f"bytes first-last/total, of at most {MAX_CHUNK} bytes each; unpacked it has at most {MAX_PLAIN}.",
                {
                    "201": _json("The file is whole, checked and stored.", ref("ArtifactLink")),
                    "202": _json("So many bytes have arrived; go on from there.", ref("Received")),
                    "416": _json("The chunk does not follow what has arrived.", ref("OffsetError")),
                },
                errors=(400, 401, 403, 404, 409, 411, 413, 422, 503),
                parameters=[
                    _query("process", "Name of the robot process the file is from"),
                    _header("Content-Encoding", "gzip; required for chunks", {"enum": ["gzip", "identity"]}),
                    _header("Content-Range", "bytes 0-4194303/10485760, counted in the gzip file"),
                    _header("X-Content-SHA256", "Of the whole body as sent over all chunks, in hexadecimal digits"),
                ],
                body={"type": "string", "format": "binary"},
                body_type="application/octet-stream",
            ),
        },
    }


def _reading_paths() -> Schema:
    run_id = _path("run_id", "The run's id")
    of_test = [
        {**_query("longname", "The test's longname"), "required": True},
        _query("setup", "On this setup"),
        _query("branch", "On this branch"),
        _query("after", "`next` of the page before"),
    ]
    return {
        "/api/v1/live": {
            "get": _operation(
                "getLive",
                "The wall as screens have it now.",
                {"200": _json("A snapshot.", ref("Snapshot"))},
                parameters=[_query("setup", "Only this setup's tile")],
            )
        },
        "/api/v1/runs": {
            "get": _operation(
                "listRuns",
                "Runs, the latest first.",
                {"200": _json("A page of runs.", ref("RunList"))},
                errors=(400, 401, 403, 503),
                parameters=[
                    _query("setup", "Of this setup"),
                    _query("state", "In this state", {"enum": ["running", "finished", "abandoned"]}),
                    _query("status", "With this status; of ended runs", {"enum": ["PASS", "FAIL", "SKIP"]}),
                    _query("branch", "On this branch"),
                    _query("commit", "At the commit whose hash begins so"),
                    _query("before", "`next` of the page before"),
                    _limit(50),
                ],
            )
        },
        "/api/v1/runs/{run_id}/suites": {
            "get": _operation(
                "listSuites",
                "Suites of a run in the order they started.",
                {"200": _json("A page of suites.", ref("SuiteList"))},
                errors=(400, 401, 403, 404, 503),
                parameters=[run_id, _query("after", "`next` of the page before"), _limit(100)],
            )
        },
        "/api/v1/runs/{run_id}/tests": {
            "get": _operation(
                "listTests",
                "Tests of a run in the order they ended.",
                {"200": _json("A page of tests.", ref("TestList"))},
                errors=(400, 401, 403, 404, 503),
                parameters=[
                    run_id,
                    _query("status", "With this status", {"enum": list(wire.STATUSES)}),
                    _query("tag", "With this tag; case, spaces and underscores do not matter"),
                    _query("q", "With this text in longname or message"),
                    _query("suite", "In the suite with this id, or below it"),
                    _query("process", "Of the robot process of this name"),
                    _query("after", "`next` of the page before"),
                    _limit(100),
                ],
            )
        },
        "/api/v1/tests/history": {
            "get": _operation(
                "getTestHistory",
                "One test over runs, the latest first by when they started. `limit` counts runs.",
                {"200": _json("Its results.", ref("TestHistory"))},
                errors=(400, 401, 403, 503),
                parameters=[*of_test, _limit(100)],
            )
        },
        "/api/v1/tests/setups": {
            "get": _operation(
                "listSetupsOfTest",
                "The setups that a test ran on, that with the latest run first: all counts, the results of 40 runs.",
                {"200": _json("A page of setups.", ref("SetupsOfTest"))},
                errors=(400, 401, 403, 503),
                parameters=[*of_test, _limit(50)],
            )
        },
        "/api/v1/setups": {
            "get": _operation(
                "listSetups",
                "Setups, configured or heard of.",
                {"200": _json("All of them.", ref("SetupList"))},
                errors=(400, 401, 403, 503),
            )
        },
    }


def _builds_paths() -> Schema:
    crumb = _header("X-Livewall-Crumb", "What /api/v1/crumb says; needed by browsers, who have a cookie and no token")
    server = _path("server", "A Jenkins's name in the configuration")
    known = _header("If-None-Match", "The ETag of the answer before")
    return {
        "/api/v1/setups/{name}/builds": {
            "get": _operation(
                "getBuildsOfSetup",
                "The latest Jenkins builds of a setup's jobs, as far as known by now.",
                {"200": _json("They are.", ref("SetupBuilds")), "304": {"description": "Nothing has changed."}},
                errors=(400, 401, 403, 404),
                parameters=[_path("name", "The setup's name"), known],
            )
        },
        "/api/v1/builds": {
            "get": _operation(
                "listBuilds",
                "The latest Jenkins builds of all setups that have jobs; the wall's own jobs come last.",
                {"200": _json("They are.", ref("BuildsOfSetups")), "304": {"description": "Nothing has changed."}},
                parameters=[known],
            )
        },
        "/api/v1/crumb": {
            "get": _operation(
                "getCrumb", "What a browser sends along with an order.", {"200": _json("The crumb.", ref("Crumb"))}
            )
        },
        "/api/v1/jenkins/{server}/builds": {
            "parameters": [server],
            "post": _operation(
                "startBuild",
                "Start a build of a configured job; scope builds.",
                {"202": _json("Jenkins has taken it.", ref("Queued"))},
                errors=(400, 401, 403, 404, 413, 422, 502, 503, 504),
                parameters=[crumb],
                body=ref("StartBuild"),
            ),
        },
        "/api/v1/jenkins/{server}/stop": {
            "parameters": [server],
            "post": _operation(
                "stopBuild",
                "Stop a build of a configured job; scope builds.",
                {"202": _json("Jenkins was told.", {"type": "object"})},
                errors=(400, 401, 403, 404, 413, 502, 503, 504),
                parameters=[crumb],
                body=ref("StopBuild"),
            ),
        },
    }


def _public_paths() -> Schema:
    document_path = _operation(
        "getOpenapi", "This document.", {"200": _json("OpenAPI 3.1.", {"type": "object"})}, errors=()
    )
    health = _operation(
        "getHealth",
        "Whether the dashboard is well, with reasons if not.",
        {"200": _json("All is well.", ref("Health")), "503": _json("Something is wrong.", ref("Health"))},
        errors=(),
        parameters=[_query("live", "Given: only whether the process is there")],
    )
    metrics = _operation(
        "getMetrics",
        "Counters for Prometheus; scope read.",
        {"200": {"description": "Text exposition.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
        errors=(401, 403),
    )
    return {
        "/api/v1/openapi.json": {"get": {**document_path, "security": []}},
        "/healthz": {"get": {**health, "security": []}},
        "/metrics": {"get": metrics},
    }


def _operation(
    name: str,
    summary: str,
    responses: Schema,
    *,
    errors: tuple[int, ...] = (400, 401, 403),
    parameters: list[Schema] | None = None,
    body: Schema | None = None,
    body_type: str = "application/json",
) -> Schema:
    if 401 in errors:  # whoever is asked who they are may also be too many
        errors = (*errors, 429)
    errors = (*errors, 414, 431)
    refused = {str(status): {"$ref": f"#/components/responses/{_ERRORS[status][0]}"} for status in errors}
    operation: Schema = {"operationId": name, "summary": summary}
    if parameters:
        operation["parameters"] = parameters
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {body_type: {"schema": body}}}
    operation["responses"] = dict(sorted({**refused, **responses}.items()))
    return operation


def _json(meaning: str, schema: Schema) -> Schema:
    return {"description": meaning, "content": {"application/json": {"schema": schema}}}


def _error(meaning: str) -> Schema:
    return _json(meaning, ref("Error"))


def _path(name: str, meaning: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "description": meaning, "schema": {"type": "string"}}


def _query(name: str, meaning: str, schema: Schema | None = None) -> Schema:
    given = {"type": "string", "maxLength": MAX_LENGTH, **(schema or {})}
    return {"name": name, "in": "query", "description": meaning, "schema": given}


def _header(name: str, meaning: str, schema: Schema | None = None) -> Schema:
    return {"name": name, "in": "header", "description": meaning, "schema": {"type": "string", **(schema or {})}}


def _limit(default: int) -> Schema:
    schema = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": default}
    return {"name": "limit", "in": "query", "description": "Rows of a page", "schema": schema}


if __name__ == "__main__":
    sys.stdout.write(encoded(VERSION))
