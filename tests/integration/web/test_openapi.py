"""The contract: complete, valid, and checked in as it is."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from livewall_dashboard.access.guard import scope_of
from livewall_dashboard.app import Dashboard
from support.reporter import Reporter, T

NO_API = (
    "/", "/runs", "/runs/{run_id}", "/runs/{run_id}/artifacts/{name}", "/tests", "/history", "/login", "/logout",
    "/compare", "/jobs", "/jobs/{job_id}", "/agents", "/{project}.json",
    "/history/grid", "/search",
    "/static/{filename}", "/__health",
    "/upload", "/d/{number}", "/g/{number}/{member}", "/s/{number}/{name}", "/q/{basename}", "/tarhelp",
    "/runs/{run}/logs/{step}", "/log", "/reports", "/reports/{project}", "/reports/{project}/{version}",
    "/branches", "/branches/{project}", "/branch-builds/{number}", "/branch-builds/{number}/connect",
    "/instances/{number}/enter", "/instances/{number}/way",
    "/branch-builds/{number}/html/{path}", "/html/{number}/{ticket}/{path}",
)  # fmt: skip
"""Pages and what they load: for people, not part of the contract. And pretest's addresses, which answer text."""


BY_OTHER_SECRETS = (
    "/login", "/logout", "/v1/oauth2/token", "/v1/oauth2/refresh", "/api/v1/projects/<project>/fetch",
)  # fmt: skip
"""What changes something and looks itself at who is there."""


def routes_of(app: Dashboard) -> dict[str, set[str]]:
    """Paths as OpenAPI writes them, with their methods."""
    routes: dict[str, set[str]] = {}
    for rule in app.flask.url_map.iter_rules():
        path = "".join(
            "{" + text.rpartition(":")[2] + "}" if is_variable else text for is_variable, text in _parts(rule.rule)
        )
        routes.setdefault(path, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return routes


def _parts(rule: str) -> list[tuple[bool, str]]:
    parts = []
    for index, text in enumerate(rule.replace(">", "<").split("<")):
        parts.append((index % 2 == 1, text))
    return parts


@pytest.fixture
def document(client: FlaskClient) -> Any:
    return client.get("/api/v1/openapi.json").json


def test_the_document_is_valid(document: Any) -> None:
    validate(document)


def test_every_route_is_documented_and_nothing_else(app: Dashboard, document: Any) -> None:
    routes = {path: methods for path, methods in routes_of(app).items() if path not in NO_API}
    documented = {
        path: {name.upper() for name in operations if name != "parameters"}
        for path, operations in document["paths"].items()
    }
    assert routes == documented


def test_every_route_says_who_may_call_it(app: Dashboard) -> None:
    for rule in app.flask.url_map.iter_rules():
        assert scope_of(app.flask.view_functions[rule.endpoint]) is not None, f"{rule.rule} carries no mark"


def test_what_changes_something_is_not_for_readers(app: Dashboard) -> None:
    for rule in app.flask.url_map.iter_rules():
        changes = (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
        if changes and rule.rule not in BY_OTHER_SECRETS:
            assert scope_of(app.flask.view_functions[rule.endpoint]) not in ("read", "jobs", "public"), rule.rule


def test_answers_are_as_documented(client: FlaskClient, reporter: Reporter, document: Any) -> None:
    run = reporter.run([T("One", "FAIL", "why", ["a"]), T("Two")], build=None, labels={"os": "x"})
    client.put(f"/api/v1/runs/{run}/artifacts/log.html", data=b"<html>")
    for path, schema in {
        "/api/v1/live": "Snapshot",
        "/api/v1/runs": "RunList",
        f"/api/v1/runs/{run}": "RunDetail",
        f"/api/v1/runs/{run}/suites": "SuiteList",
        f"/api/v1/runs/{run}/tests": "TestList",
        "/api/v1/tests/history?longname=Suite.One": "TestHistory",
        "/api/v1/tests/setups?longname=Suite.One": "SetupsOfTest",
        "/api/v1/timeline?longname=Suite.One": "Timeline",
        "/api/v1/timeline": "Timeline",
        "/api/v1/tests/messages?longname=Suite.One": "MessagesOfTest",
        "/api/v1/setups": "SetupList",
        "/api/v1/commits": "CommitList",
        "/api/v1/repositories": "RepositoryList",
        "/healthz": "Health",
        "/api/v1/runs/nobody": "Error",
    }.items():
        known = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
        jsonschema.validate(client.get(path).json, known)


def test_the_examples_of_a_node_are_accepted_by_the_schema(document: Any) -> None:
    batch = {
        "process": "0",
        "first_seq": 1,
        "events": [
            {"kind": "plan", "tests": ["A.B"]},
            {"kind": "end_process", "total": 1, "passed": 1, "failed": 0, "skipped": 0, "digest": "x"},
        ],
    }
    schema = {"$ref": "#/components/schemas/Batch", "components": document["components"]}
    jsonschema.validate(batch, schema)
    batch["events"] = [{"kind": "plan"}]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(batch, schema)
    jsonschema.validate(
        json.loads("{}"), {"$ref": "#/components/schemas/RunInfo", "components": document["components"]}
    )
