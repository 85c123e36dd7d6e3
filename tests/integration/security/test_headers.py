"""Every route, asked in every way by everybody, answers with the headers that keep a browser safe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from livewall_dashboard.app import Dashboard
from livewall_dashboard.artifacts.routes import SANDBOX
from livewall_dashboard.web import headers
from support.reporter import Reporter, T, through_flask

pytestmark = pytest.mark.any_python

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
VALUES = {
    "run_id": "run",
    "name": "log.html",
    "server": "main",
    "filename": "base.css",
    "job_id": "00000000-0000-0000-0000-000000000000",
    "kind": "output",
    "queue": "q",
    "basename": "hello-2.10",
    "member": "make.log",
    "number": "1",
    "project": "hello",
    "run": "run",
    "step": "make",
    "suite": "suite",
    "test": "test",
    "version": "2.10",
    "path": "coverage/index.html",
    "ticket": "0.0.0",
}


def addresses(rule: Rule) -> list[str]:
    """One that leads somewhere, and one that leads nowhere."""
    return [
        rule.build(values)[1] for values in ({k: VALUES[k] for k in rule.arguments}, dict.fromkeys(rule.arguments, "x"))
    ]


def require_safe(client: FlaskClient, method: str, path: str) -> None:
    reply = client.open(path, method=method, headers={"Accept": "text/html"}, buffered=True)
    what = f"{method} {path}: {reply.status}"
    is_log = path.endswith("/artifacts/log.html") and reply.status_code == 200 and method != "OPTIONS"
    allowed = {"Content-Security-Policy", "Cross-Origin-Opener-Policy"} if is_log else set()
    for name, value in headers.HEADERS.items():
        assert name in allowed or reply.headers.getlist(name) == [value], what
    if is_log:
        assert reply.headers["Content-Security-Policy"] == SANDBOX
    assert "Access-Control-Allow-Origin" not in reply.headers, what
    assert "Server" not in reply.headers, what
    if (
        path.startswith(("/api/", "/v1/"))
        and reply.status_code != 204
        and method == "GET"
        and not path.endswith("openapi.json")
    ):
        assert reply.headers["Cache-Control"] in ("no-store", "private, no-cache"), what
    assert reply.status_code < 500, what


@pytest.mark.parametrize("closed", [False, True])
def test_every_route_in_every_way(make_app: Callable[..., Dashboard], closed: bool) -> None:
    app = make_app(require_tokens=closed)
    client = app.flask.test_client()
    if not closed:
        reporter = Reporter(through_flask(client))
        reporter.process("run").send()
        reporter.run([T("One")])
        client.put("/api/v1/runs/run/artifacts/log.html", data=b"<html>")
    rules = list(app.flask.url_map.iter_rules())
    assert len(rules) > 20
    for rule in rules:
        for path in addresses(rule):
            for method in METHODS:
                require_safe(client, method, path)
    for path in (
        "/nothing",
        "/api/v1/nothing",
        "/static/nothing",
        "/socket.io/?EIO=4&transport=polling",
        "/%00",
        "//x",
    ):
        for method in METHODS:
            require_safe(client, method, path)


def test_parts_of_pages_do_not_repeat_their_names(make_app: Callable[..., Dashboard]) -> None:
    """A cold wall gets forty of them."""
    reply = make_app().flask.test_client().get("/static/shared/base.css", buffered=True)
    assert reply.status_code == 200 and "Content-Disposition" not in reply.headers


def test_what_the_policies_say() -> None:
    directives = dict(part.split(" ", 1) for part in headers.CONTENT_SECURITY_POLICY.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["frame-ancestors"] in ("'self'", "'none'")
    assert directives["base-uri"] == "'none'"
    assert "unsafe" not in headers.CONTENT_SECURITY_POLICY and "*" not in headers.CONTENT_SECURITY_POLICY
    sandbox = SANDBOX.split("; ")
    assert (
        sandbox[0].startswith("sandbox ") and "allow-same-origin" not in sandbox[0] and "allow-forms" not in sandbox[0]
    )
    assert "default-src 'none'" in sandbox and "form-action 'none'" in sandbox
    assert not any(part.startswith("connect-src") for part in sandbox)
