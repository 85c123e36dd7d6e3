"""Nobody who may only call the wall, or name a test, writes a line of its log or a header of its answers."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.postgres.database import Database
from support.dashboard import Dashboard
from support.hostile import LINE, LINE_BREAKS, NAMES
from support.reporter import Reporter, T
from support.waiting import wait_for

LINE_OF_OURS = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z [A-Z]+ [\w.]+: .*|    \| .*|livewall .*|The wall .*")
FORGERIES = [f"x{end}{LINE}{end}" for end in LINE_BREAKS]


def require_own_lines(log: str, form: str) -> None:
    assert LINE.split(" ", 2)[2] not in re.findall(r"INFO \S+: (.*)", log)
    lines = [line for line in log.split("\n") if line]
    for line in lines:
        assert line.isprintable(), line
        if form == "json":
            assert {"time", "level", "logger", "message"} <= json.loads(line).keys(), line
        else:
            assert LINE_OF_OURS.fullmatch(line), line
            assert not line.startswith(LINE[:10]), line


def test_no_line_of_the_log_is_forged(make_dashboard: Callable[..., Dashboard]) -> None:
    env = {"LIVEWALL_LOG": "DEBUG"}
    wall = make_dashboard(env=env, extra_args=["--stale-after", "1", "--abandon-after", "2"]).start()
    reporter = Reporter(wall.request)
    for forged in [*FORGERIES, NAMES["ansi"], NAMES["controls"], NAMES["right to left"]]:
        reporter.run([T(forged, "FAIL", forged, [forged])], suite=forged, setup=forged, branch=forged, ended=False)
        for path in (f"/{quote(forged)}", f"/runs/{quote(forged)}", f"/api/v1/runs/{quote(forged)}"):
            for method in ("GET", "PUT", "POST"):
                assert wall.request(method, path, b"{")[0] in (200, 400, 404, 405, 422)
        wall.request("POST", "/login", urlencode({"token": forged, "next": forged}).encode())
        wall.request("GET", f"/?token={quote(forged)}")
        wall.request("POST", "/api/v1/jenkins/x/builds", {"job": forged, "parameters": {forged: forged}})
    wait_for(lambda: wall.get("/api/v1/runs?state=abandoned")["runs"], what="runs to be given up")
    wall.stop()
    require_own_lines(wall.log, "text")


def test_what_is_logged_of_a_stranger_is_one_line(make_dashboard: Callable[..., Dashboard], database_url: str) -> None:
    """On a wall that asks for tokens, whose log tells of those who failed to sign in."""
    env = {"LIVEWALL_LOG": "DEBUG", "LIVEWALL_LOG_FORMAT": "json"}
    wall = make_dashboard(extra_args=["--require-tokens"], env=env)
    database = Database(database_url)
    for scope in ("read", "ingest"):
        TokenStore(database).create(scope, scope)
    database.close()
    wall.start()
    for forged in FORGERIES:
        wall.request("POST", "/login", urlencode({"token": forged}).encode())
        wall.request("GET", "/api/v1/runs", headers={"Authorization": f"Bearer {quote(forged)}"})
    wall.stop()
    assert "127.0.0.1" in wall.log, "who failed to sign in is in the log"
    require_own_lines(wall.log, "json")


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize(
    "path",
    ["/{}", "/?token={}", "/{}?token=x", "/login?next=/{}", "/runs/{}", "/api/v1/setups/{}/builds", "/static/{}"],
)
def test_no_header_is_forged(shared_dashboard: Dashboard, path: str, end: str) -> None:
    line = http.client.HTTPConnection("127.0.0.1", shared_dashboard.port, timeout=60)
    line.request("GET", path.format(quote(f"x{end}X-Forged: 1{end}{end}<script>")))
    reply = line.getresponse()
    body = reply.read()
    line.close()
    assert reply.headers["X-Forged"] is None
    assert reply.status < 500
    assert b"<script>" not in body or reply.headers["Content-Type"].startswith("application/json")
