"""No request, however odd, is answered with a fault of ours."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import brotli
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.reporter import Reporter, T

pytestmark = pytest.mark.any_python

DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text(encoding="utf-8"))
PATHS: dict[str, Any] = DOCUMENT["paths"]
NAMES = sorted(
    {
        parameter["name"]
        for operations in PATHS.values()
        for operation in operations.values()
        if isinstance(operation, dict)
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    }
)
HEADERS = [
    "Accept",
    "Accept-Encoding",
    "Content-Encoding",
    "Content-Range",
    "If-None-Match",
    "Origin",
    "X-Content-SHA256",
]
RUN = "known"

UNPACK = {"identity": bytes, "gzip": gzip.decompress, "br": brotli.decompress}
"""What an answer may come packed in, where the request says so."""

text = st.text(max_size=40) | st.sampled_from(
    ["", "0", "-1", "1e9", "PASS", "s1", "\0", "%", "..", RUN, "null", "[]", "W10"]
)
header = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40) | st.sampled_from(
    ["gzip", "identity", "br", "bytes 0-1/2", "bytes 0-0/1", "0" * 64, "*", "text/html", "gzip;q=x"]
)
json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["kind", "process", "events", "id"]), inner)
    ),
    max_leaves=10,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_is_answered_with_500(client: FlaskClient, reporter: Reporter, data: st.DataObject) -> None:
    if client.get(f"/api/v1/runs/{RUN}").status_code == 404:
        process = reporter.process(RUN)
        process.start_suite("s1", "Suite")
        process.send(process.test("s1", "Suite", 1, T("One", "FAIL", "why", ["tag"])))
    path = data.draw(st.sampled_from(sorted(PATHS)))
    for name in ("run_id", "name"):
        path = path.replace("{" + name + "}", quote(data.draw(st.just(RUN) | text), safe=""))
    body = data.draw(st.none() | st.binary(max_size=60) | json_like)
    given_body = {"data": body} if isinstance(body, bytes) else {"json": body}
    reply = client.open(
        path,
        method=data.draw(st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"])),
        query_string=data.draw(st.dictionaries(st.sampled_from(NAMES), text, max_size=3)),
        headers=data.draw(st.dictionaries(st.sampled_from(HEADERS), header, max_size=3)),
        buffered=True,
        **given_body,
    )
    unpack = UNPACK[reply.headers.get("Content-Encoding", "identity")]
    body_sent = unpack(reply.data) if reply.data else b""  # HEAD tells how it would be packed, and sends nothing
    assert reply.status_code < 500 or reply.status_code == 503, f"{reply.status_code} {body_sent[:300]!r}"
    assert b"Traceback" not in body_sent
    if reply.status_code >= 400 and reply.request.method != "HEAD":
        told = json.loads(body_sent)
        if path.startswith("/api/") and not path.startswith("/api/v1/"):
            assert told["description"]
        else:
            assert (told if path.startswith("/v1/") else told["error"])["message"]
