"""Numbers that no test lab has: in each parameter and body they are refused or taken, never a fault of ours."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from livewall_listener import wire
from support.reporter import BEGAN, Reporter, through_flask

pytestmark = pytest.mark.any_python

DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text(encoding="utf-8"))
DIGITS = "000000100" + "0" * 4391
"""More than Python makes a number of, and at their beginning a good one."""
NUMBERS = ("1e13", "-1e308", "1e999", "-1", "9" * 19, "2147483648", "1" * 4400, "NaN")
"""As JSON text."""
TEXTS = ("1e13", "-1", "nan", "inf", DIGITS, "9" * 4400, "+1", "1_0", "0x10", "٣", "²", " 1", "0001-01-01T00:00+14:00")
MARK = 424_242
TIME = BEGAN.isoformat()
EVENTS: tuple[wire.Event, ...] = (
    wire.StartSuite("s1", "S", "S", TIME, MARK, MARK),
    wire.StartTest("s1-t1", "T", "S.T", TIME),
    wire.EndTest("s1-t1", "T", "S.T", "PASS", "", TIME, MARK, lineno=MARK),
    wire.EndSuite("s1", "PASS", "", MARK, MARK, wire.Phase("Setup", "PASS", MARK), wire.Phase("End", "PASS", MARK)),
    wire.Lost(MARK, "no disk"),
    wire.EndProcess(MARK, MARK, MARK, MARK, "0" * 64, warnings=MARK, errors=MARK),
)


PLAIN_NUMBERS = {("/api/v1/jobs", "after"), ("/api/v1/branch-builds", "after"), ("/api/v1/instances", "after")}
"""Of these any is taken."""


def cursor_of(numbers: str) -> str:
    return base64.urlsafe_b64encode(numbers.encode()).decode().rstrip("=")


def queries() -> Iterator[tuple[str, str]]:
    """Each address of the document that is read, with each of its parameters."""
    for path, operations in DOCUMENT["paths"].items():
        shared = operations.get("parameters", [])
        for parameter in [*operations.get("get", {}).get("parameters", []), *shared] if "get" in operations else ():
            found = parameter
            if "$ref" in parameter:
                found = DOCUMENT["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
            if found["in"] == "query":
                yield path.replace("{run_id}", "run").replace("{name}", "vm1"), found["name"]


def test_each_parameter_takes_it_or_refuses_it(client: FlaskClient) -> None:
    Reporter(through_flask(client)).process("run").send()
    asked = list(queries())
    assert {name for _, name in asked} >= {"limit", "before", "after", "status", "longname"}
    firsts = (*NUMBERS, '"0001-01-01T00:00+14:00"')
    cursors = [cursor_of(f"[{first},{second}]") for first in firsts for second in NUMBERS]
    for number, (path, name) in enumerate(asked):
        caller = {"REMOTE_ADDR": f"127.0.{number // 200}.{number % 200 + 1}"}  # each may ask a limited number of times
        for text in (*TEXTS, *NUMBERS, *(cursors if name in ("before", "after") else ())):
            required = {} if name == "longname" else {"longname": "S.T"} if path.endswith("/history") else {}
            reply = client.get(path, query_string={**required, name: text}, environ_base=caller)
            assert reply.status_code < 500, f"{path}?{name}={text[:50]}: {reply.status}"
            is_bounded = name in ("limit", "before", "after") and (path, name) not in PLAIN_NUMBERS
            if is_bounded and not path.endswith(".csv"):  # all of a table comes, whatever they say
                assert reply.status_code == 400, f"{path}?{name}={text[:50]}"
                assert len(reply.text) < 300


def variants(body: Mapping[str, Any]) -> Iterator[str]:
    """The body as JSON text, with one of its numbers after the other replaced by each of `NUMBERS`."""
    text = json.dumps(body)
    parts = text.split(str(MARK))
    for place in range(1, len(parts)):
        for number in NUMBERS:
            before, after = str(MARK).join(parts[:place]), str(MARK).join(parts[place:])
            yield (before + number + after).replace(str(MARK), "1")


def bodies_of_events(event: wire.Event) -> Iterator[str]:
    before = [other for other in EVENTS if isinstance(other, wire.StartSuite)] if event is not EVENTS[0] else []
    events = [{"kind": one.kind, **asdict(one)} for one in (*before, event)]
    yield from variants({"process": "0", "first_seq": 1, "events": events, "sent_at": TIME})


def require_well(client: FlaskClient, app: Dashboard, what: str) -> None:
    """Whatever was taken can be shown."""
    app.core.intake.tick()
    for path in ("/api/v1/live", "/api/v1/runs", "/api/v1/setups", "/metrics"):
        assert client.get(path).status_code == 200, f"{path} after {what}"


def post(client: FlaskClient, path: str, body: str) -> int:
    method = client.put if "/events" not in path else client.post
    return method(path, data=body, content_type="application/json").status_code


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_numbers_of_events(client: FlaskClient, app: Dashboard, event: wire.Event) -> None:
    reporter = Reporter(through_flask(client))
    for number, body in enumerate(bodies_of_events(event)):
        run = f"run-{number}"
        reporter.process(run)
        status = post(client, f"/api/v1/runs/{run}/events", body)
        assert status in (200, 400, 422), body[:500]
        if status == 200:
            assert client.get(f"/api/v1/runs/{run}").status_code == 200, body[:500]
            assert client.get(f"/api/v1/runs/{run}/tests").status_code == 200
    require_well(client, app, event.kind)


def test_numbers_around_events(client: FlaskClient, app: Dashboard) -> None:
    """What a process does right now, how it counts, and what a run is."""
    process = Reporter(through_flask(client)).process("run")
    process.start_suite("s1", "S", total=1)
    now = {"keywords": ["Log"], "elapsed_time": MARK, "phase": "test setup", "phase_elapsed_time": MARK}
    for body in variants({"process": "0", "first_seq": 2, "events": [], "now": now, "waiting": MARK}):
        assert post(client, "/api/v1/runs/run/events", body) in (200, 400, 422), body[:300]
        require_well(client, app, body[:300])
    for body in variants({"process": "0", "first_seq": MARK, "events": [], "sent_at": TIME}):
        assert post(client, "/api/v1/runs/run/events", body) in (200, 400, 416, 422), body[:300]
    for number, body in enumerate(variants({"process": "0", "total": MARK, "wire_version": MARK, "pabot": True})):
        assert post(client, f"/api/v1/runs/other-{number}", body) in (200, 400, 422), body[:300]
    require_well(client, app, "runs")
