"""A route that is answered before Flask answers as its view does.

That is asked where an address has a query which the route does not read, or a slash at its end.
"""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.access.rate_limits import Limit
from livewall_dashboard.app import Dashboard

PATH = "/api/v1/runs/here/events"
EVENT: dict[str, object] = {
    "kind": "start_suite",
    "id": "s1",
    "name": "S",
    "longname": "S",
    "total": 1,
    "test_count": 1,
    "start_time": "2026-03-01T10:00:00+00:00",
}
BATCH = json.dumps({"process": "0", "first_seq": 1, "events": [EVENT]}).encode()
VARIES = ("Content-Length", "Retry-After", "Vary")
OUTPUT = "/v1/result/a3c1f3a0-0000-4000-8000-000000000000/log/output"
PIECE = {"fragment_number": 0, "timestamp": "2026-03-01T10:00:00Z", "phase": "test", "log_data": "caf\u00e9\n"}


def batch(**changed: object) -> bytes:
    return json.dumps({"process": "0", "first_seq": 1, "events": [EVENT], **changed}).encode()


REQUESTS: dict[str, tuple[str, bytes | None, dict[str, str]]] = {
    "good": (PATH, BATCH, {}),
    "packed": (PATH, gzip.compress(BATCH), {"Content-Encoding": "gzip"}),
    "heartbeat": (PATH, batch(first_seq=2, events=[]), {}),
    "gap": (PATH, batch(first_seq=9), {}),
    "no process": (PATH, batch(process="7"), {}),
    "no run": ("/api/v1/runs/nowhere/events", BATCH, {}),
    "reserved name": ("/api/v1/runs/compare/events", BATCH, {}),
    "bad name": ("/api/v1/runs/.here/events", BATCH, {}),
    "strange name": ("/api/v1/runs/h%c3%a9re/events", BATCH, {}),
    "no JSON": (PATH, b"{", {}),
    "no batch": (PATH, b"[]", {}),
    "no time": (PATH, batch(events=[{**EVENT, "start_time": "x"}]), {}),
    "no gzip": (PATH, BATCH, {"Content-Encoding": "gzip"}),
    "strange packing": (PATH, BATCH, {"Content-Encoding": "br"}),
    "other site": (PATH, BATCH, {"Origin": "http://elsewhere.example"}),
    "other site, no origin": (PATH, BATCH, {"Sec-Fetch-Site": "cross-site"}),
    "own page": (PATH, BATCH, {"Origin": "http://localhost"}),
    "other name": (PATH, BATCH, {"Host": "wall.example"}),
    "no name": (PATH, BATCH, {"Host": "["}),
    "no token": (PATH, BATCH, {"Authorization": ""}),
    "wrong token": (PATH, BATCH, {"Authorization": "Bearer lw_wrong"}),
    "token of another kind": (PATH, BATCH, {"Authorization": "Bearer READ"}),
    "password": (PATH, BATCH, {"Authorization": "Basic eDp5"}),
    "cookie": (PATH, BATCH, {"Authorization": "", "Cookie": "livewall_session=lws_x"}),
}


JOB_REQUESTS: dict[str, tuple[str, bytes | None, dict[str, str]]] = {
    "a job": ("/v1/job?queue=q", None, {}),
    "of two queues": ("/v1/job?queue=empty&queue=q&queue=q", None, {}),
    "none": ("/v1/job?queue=empty", None, {}),
    "none for an agent": ("/v1/job?queue=empty&wait=0", None, {"Cookie": "agent_name=rack-1"}),
    "strange characters": ("/v1/job?queue=%ff&queue=%c3%a9+b&queue=%00&other", None, {}),
    "no queue": ("/v1/job", None, {}),
    "nameless queue": ("/v1/job?queue=", None, {}),
    "seconds said twice": ("/v1/job?queue=empty&wait=0&wait=5", None, {}),
    "no number of seconds": ("/v1/job?queue=empty&wait=soon", None, {}),
    "piece": (OUTPUT, json.dumps(PIECE).encode(), {}),
    "piece of the console": (OUTPUT.replace("output", "serial"), json.dumps(PIECE).encode(), {}),
    "piece of an agent": (OUTPUT, json.dumps(PIECE).encode(), {"Cookie": "agent_name=rack-1"}),
    "piece of another log": (OUTPUT.replace("output", "diary"), json.dumps(PIECE).encode(), {}),
    "piece of no job": ("/v1/result/7/log/output", json.dumps(PIECE).encode(), {}),
    "piece that is no JSON": (OUTPUT, b"{", {}),
    "piece that is no object": (OUTPUT, b"[]", {}),
    "piece of no phase": (OUTPUT, json.dumps({**PIECE, "phase": "lunch"}).encode(), {}),
    "piece of no time": (OUTPUT, json.dumps({**PIECE, "timestamp": "x"}).encode(), {}),
    "no piece": (OUTPUT, None, {}),
    "queue of others": ("/v1/job?queue=q", None, {"Authorization": "Bearer BOUND"}),
    **{
        f"{what}, {kind}": (path, body, headers)
        for what, (_, _, headers) in REQUESTS.items()
        if headers and "Content-Encoding" not in headers
        for kind, path, body in (("job", "/v1/job?queue=q", None), ("piece", OUTPUT, json.dumps(PIECE).encode()))
    },
}


def ask(client: FlaskClient, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
    answer = client.open(path, method="GET" if body is None else "POST", data=body, headers=headers)
    told = {name: value for name, value in answer.headers.items() if name not in VARIES}
    said = answer.get_json(silent=True) or answer.data
    if isinstance(said, dict):  # what no two jobs have in common
        said = {name: value for name, value in said.items() if name not in ("job_id", "created_at", "started_at")}
    return answer.status_code, said, told


def long(path: str) -> str:
    """The same, and its view is asked."""
    if not path.startswith("/v1/"):
        return f"{path}?long"
    address, mark, query = path.partition("?")
    return f"{address}/{mark}{query}"


@pytest.mark.parametrize("closed", [False, True])
def test_both_ways_give_the_same_answers(make_app: Callable[..., Dashboard], closed: bool) -> None:
    app = make_app(require_tokens=closed)
    client = app.flask.test_client(use_cookies=False)
    tokens = {scope.upper(): app.core.tokens.create(scope, scope) for scope in ("ingest", "read", "agent", "submit")}
    tokens["BOUND"] = app.core.tokens.create("bound", "agent", queues=["other"])

    def own(scope: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {tokens[scope]}"} if closed else {}

    def statuses_of(requests: Mapping[str, tuple[str, bytes | None, dict[str, str]]], scope: str) -> set[int]:
        statuses = set()
        for what, (path, body, headers) in requests.items():
            shown = {name: value for name, value in {**own(scope), **headers}.items() if value}
            for name, token in tokens.items():
                shown = {header: value.replace(name, token) for header, value in shown.items()}
            short, by_view = ask(client, path, body, shown), ask(client, long(path), body, shown)
            assert short == by_view, what
            statuses.add(short[0])
        return statuses

    assert (
        client.put("/api/v1/runs/here", json={"process": "0", "setup": "rack-1"}, headers=own("INGEST")).status_code
        == 200
    )
    for _ in range(100):
        assert client.post("/v1/job", json={"job_queue": "q"}, headers=own("SUBMIT")).status_code == 200
    of_tokens = {401} if closed else set()
    assert statuses_of(REQUESTS, "INGEST") == {200, 400, 403, 404, 416, 422} | of_tokens
    assert statuses_of(JOB_REQUESTS, "AGENT") == {200, 204, 400, 403, 404, 422} | of_tokens


def test_both_ways_share_a_limit_of_jobs(app: Dashboard, client: FlaskClient) -> None:
    for endpoint, path, body in (
        ("flinger_jobs.claim", "/v1/job?queue=q", None),
        ("flinger_results.post_log", OUTPUT, json.dumps(PIECE).encode()),
    ):
        view: Any = app.flask.view_functions[endpoint]
        view.livewall_limit = Limit("requests about jobs", 0.001, 2)
        asked = [ask(client, way, body, {})[0] for way in (path, long(path), path, long(path))]
        good = 204 if body is None else 200
        assert asked == [good, good, 429, 429], endpoint
        metrics = client.get("/metrics").text
        assert f'livewall_responses_total{{endpoint="{endpoint}",status="{good}"}} 2.0' in metrics
        assert f'livewall_responses_total{{endpoint="{endpoint}",status="429"}} 2.0' in metrics


def test_both_ways_share_a_limit_and_what_is_counted(app: Dashboard, client: FlaskClient) -> None:
    client.put("/api/v1/runs/here", json={"process": "0", "setup": "rack-1"})
    view: Any = app.flask.view_functions["ingest.post_events"]
    view.livewall_limit = Limit("requests about one run", 0.001, 3, each_run=True)
    asked = [client.post(path, data=BATCH).status_code for path in (PATH, f"{PATH}?long", PATH, PATH, f"{PATH}?long")]
    assert asked == [200, 200, 200, 429, 429]
    metrics = client.get("/metrics").text
    assert 'livewall_responses_total{endpoint="ingest.post_events",status="200"} 3.0' in metrics
    assert 'livewall_responses_total{endpoint="ingest.post_events",status="429"} 2.0' in metrics
    assert "livewall_ack_seconds_count 3.0" in metrics


def test_body_that_ends_too_early_is_refused(app: Dashboard, client: FlaskClient) -> None:
    client.put("/api/v1/runs/here", json={"process": "0", "setup": "rack-1"})
    for path in (PATH, f"{PATH}?long"):
        answer = client.post(path, data=BATCH, environ_overrides={"CONTENT_LENGTH": str(len(BATCH) + 1)})
        assert answer.status_code == 400, path


def test_what_nobody_foresaw_is_in_the_log_and_not_in_the_answer(
    app: Dashboard, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> int:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(app.core.intake, "accept", fail)
    with caplog.at_level(logging.ERROR):
        answer = client.post(PATH, data=BATCH)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    ours = [record for record in caplog.records if record.exc_info and record.exc_info[0] is ZeroDivisionError]
    assert [record.run for record in ours] == ["here"]  # type: ignore[attr-defined]
