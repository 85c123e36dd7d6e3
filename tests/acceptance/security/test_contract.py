"""Requests made up from the OpenAPI document: no answer is a fault of ours, and each is as the document says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from support.dashboard import Dashboard, running_dashboard
from support.postgres import Databases
from support.reporter import Reporter, T

DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = {
    operation.label: operation
    for operation in (found.ok() for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations())
}
TAKING = [label for label, operation in OPERATIONS.items() if operation.body or any(operation.iter_parameters())]
"""Operations that take something: there is a document to break."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 4
LONG = 300
CALLS_OF_ONE = 500
"""Requests until the next caller has their turn, so that none is told to come back later."""


@pytest.fixture(scope="module")
def wall(databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    open_to_all = ("--insecure", "--trusted-proxies", "127.0.0.1")
    # Its end looks for tracebacks in its log.
    with running_dashboard(databases, template, tmp_path_factory.mktemp("contract"), *open_to_all) as wall:
        yield wall


@pytest.fixture(scope="module")
def known(wall: Dashboard) -> dict[str, str]:
    """Values that lead somewhere, by the names of parameters."""
    run = Reporter(wall.request).run([T("One", "FAIL", "why", ["tag"]), T("Two")], setup="vm1")
    assert wall.request("PUT", f"/api/v1/runs/{run}/artifacts/log.html", b"<html>")[0] == 201
    assert wall.request("POST", "/v1/agents/data/log.html", {"state": "waiting", "queues": ["q"]})[0] == 200
    _, job, _ = wall.request("POST", "/v1/job", {"job_queue": "q", "reserve_data": {}, "tags": ["tag"]})
    jobs = {"job_id": json.loads(job)["job_id"], "queue": "q"}
    return {"run_id": run, "name": "log.html", "longname": "Suite.One", "setup": "vm1", "process": "0", **jobs}


@pytest.fixture(scope="module")
def callers() -> Iterator[dict[str, str]]:
    addresses = (f"10.0.{number // 250}.{number % 250}" for number in count())
    return ({"X-Forwarded-For": address} for address in addresses for _ in range(CALLS_OF_ONE))


Ask = Callable[[str, GenerationMode, int], None]


@pytest.fixture
def ask(wall: Dashboard, known: dict[str, str], callers: Iterator[dict[str, str]]) -> Ask:
    def ask(label: str, mode: GenerationMode, examples: int) -> None:
        """Sends requests of one operation, half of them about what there is, and looks at the answers."""

        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=OPERATIONS[label].as_strategy(generation_mode=mode), leads_somewhere=st.booleans())
        def send(case: Any, leads_somewhere: bool) -> None:
            if leads_somewhere:
                for parameters in (case.path_parameters, case.query):
                    parameters.update({name: value for name, value in known.items() if name in (parameters or {})})
            case.call_and_validate(base_url=wall.url, headers=next(callers), checks=CHECKS, timeout=60)

        send()

    return ask


@pytest.mark.parametrize("label", OPERATIONS)
def test_requests_as_the_document_has_them(ask: Ask, label: str) -> None:
    ask(label, GenerationMode.POSITIVE, EXAMPLES)


@pytest.mark.parametrize("label", TAKING)
def test_requests_that_break_the_document(ask: Ask, label: str) -> None:
    ask(label, GenerationMode.NEGATIVE, EXAMPLES)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["kept", "broken"])
@pytest.mark.parametrize("label", TAKING)
def test_many_requests(ask: Ask, label: str, mode: GenerationMode) -> None:
    ask(label, mode, LONG)
