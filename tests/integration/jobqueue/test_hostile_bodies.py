"""Bodies that no program of ours sends: each route of jobs, agents and queues takes or refuses them, and stays well.

The routes, and the members that each knows, are those of the document: one that is added is asked, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from integration.jobqueue.conftest import NOBODY, Flinger

DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text(encoding="utf-8"))
OURS = ("/v1/", "/api/v1/jobs", "/api/v1/queues", "/api/v1/agents")
HALF = b"\xed\xa0\x80"
"""Half of a pair of surrogates, as UTF-8 that is none."""
VALUES: dict[str, bytes] = {
    "a number without end": b"1e999",
    "no number": b"NaN",
    "many digits": b"9" * 4000,
    "half a pair": b'"' + HALF + b'"',
    "half a pair, escaped": b'"\\ud800"',
    "a name that is half a pair": b'{"' + HALF + b'": "x"}',
    "NUL": b'"\\u0000"',
    "a name that is NUL": b'{"\\u0000": "x"}',
    **{f"{depth} lists": b"[" * depth + b"]" * depth for depth in (90, 900, 2500, 20_000)},
    "2500 objects": b'{"a":' * 2500 + b"1" + b"}" * 2500,
    "long": b'"' + b"x" * 300_000 + b'"',
    "[]": b"[]",
    "{}": b"{}",
    "null": b"null",
}
NEEDED: dict[str, Any] = {
    "job_queue": "q", "fragment_number": 0, "timestamp": "2026-11-29T00:18:17Z", "phase": "test", "log_data": "x",
    "job_id": NOBODY, "exit_code": 0, "agent_id": "a", "events": [], "seconds": 1, "retries": 1, "setup": "s",
    "refresh_token": "x", "action": "cancel",
}  # fmt: skip
ENCODED = {
    "UTF-16": json.dumps(NEEDED).encode("utf-16"),
    "UTF-16 with half a pair": '{"job_queue": "q", "option": "\ud800"}'.encode("utf-16", "surrogatepass"),
    "with a mark of its order": json.dumps(NEEDED).encode("utf-8-sig"),
    "no text": b"\xff\xfe\xfd",
    "nothing": b"",
    "half of it": b'{"job_queue": "q',
}
ROUTES = [
    (method, path)
    for path, operations in DOCUMENT["paths"].items()
    if path.startswith(OURS)
    for method, operation in operations.items()
    if "application/json" in operation.get("requestBody", {}).get("content", {})
]


def members_of(method: str, path: str) -> list[str]:
    schema = DOCUMENT["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return list(schema.get("properties", {}))


def bodies(method: str, path: str) -> Iterator[tuple[str, bytes]]:
    """The value itself, and as one member after the other, known and unknown, beside those that are needed."""
    yield from ENCODED.items()
    for what, value in VALUES.items():
        yield what, value
        for member in ("option", *members_of(method, path)):
            others = {name: good for name, good in NEEDED.items() if name != member}
            yield f"{member}: {what}", b'%s, "%s": %s}' % (json.dumps(others).encode()[:-1], member.encode(), value)


def test_each_is_taken_or_refused(flinger: Flinger, client: FlaskClient) -> None:
    assert len(ROUTES) > 12
    job_id = flinger.submit("theirs")
    wrong = []
    for method, path in ROUTES:
        address = path.format(job_id=job_id, name="a", queue="q", kind="output")
        for what, body in bodies(method, path):
            reply = client.open(address, method=method, data=body, content_type="application/json")
            if reply.status_code >= 500 or len(reply.data) > 3000:
                wrong.append((method, path, what, reply.status_code, reply.data[:100]))
    assert wrong == []
    require_well(flinger, client, job_id)


def require_well(flinger: Flinger, client: FlaskClient, job_id: str) -> None:
    """Whatever was taken can be read, by any program that reads JSON, and jobs can be had."""
    for read in ("/jobs?limit=1000", "/jobs.csv", "/queues", "/agents"):
        assert client.get(f"/api/v1{read}").status_code == 200, read
    for job in client.get("/api/v1/jobs?limit=1000").get_json()["jobs"]:
        for read in (f"/api/v1/jobs/{job['id']}", f"/v1/job/{job['id']}"):
            reply = client.get(read)
            assert reply.status_code == 200, read
            json.loads(reply.data.decode("utf-8"), parse_constant=pytest.fail)
    for read in (f"/v1/result/{job_id}", f"/v1/result/{job_id}/log/output", "/v1/agents/data", "/v1/agents/queues"):
        assert client.get(read).status_code == 200, read
    while flinger.claim("q", "theirs"):
        pass  # each can be had, and told
