"""Who gets through which door: every route there is, with every kind of key; and what no key may do."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from livewall_dashboard.access.browser_login import COOKIE
from livewall_dashboard.access.tokens import GRANTS
from livewall_dashboard.app import Dashboard
from livewall_dashboard.base.clock import utc_now
from livewall_listener import wire
from support.reporter import Reporter, T, through_flask

RUN = "run-of-rack-1"
SETUP = "rack-1"

# Every route, and who may: None is everybody. A new one belongs here, or the test of its absence fails.
NEEDS: dict[tuple[str, str], str | None] = {
    ("GET", "/"): "read",
    ("GET", "/runs"): "read",
    ("GET", "/runs/<run_id>"): "read",
    ("GET", "/runs/<run_id>/artifacts/<name>"): "read",
    ("GET", "/tests"): "read",
    ("GET", "/compare"): "read",
    ("GET", "/history"): "read",
    ("GET", "/history/grid"): "read",
    ("GET", "/search"): "read",
    ("GET", "/jobs"): "read",
    ("GET", "/jobs/<job_id>"): "read",
    ("GET", "/agents"): "read",
    ("GET", "/login"): None,
    ("POST", "/login"): None,
    ("POST", "/logout"): None,
    ("GET", "/static/<path:filename>"): None,
    ("GET", "/healthz"): None,
    ("GET", "/__health"): None,
    ("GET", "/metrics"): "read",
    ("GET", "/api/commits"): "read",
    ("POST", "/api/commits"): "upload",
    ("GET", "/api/commits/branches"): "read",
    ("GET", "/api/commits/find"): "read",
    ("GET", "/api/commits/next"): "read",
    ("GET", "/api/commits/previous"): "read",
    ("POST", "/api/commits/register"): "upload",
    ("GET", "/api/commits/repositories"): "read",
    ("GET", "/api/commits/siblings"): "read",
    ("GET", "/api/<path:suite>/tests"): "read",
    ("GET", "/api/failures/<path:suite>"): "read",
    ("GET", "/api/results/<path:suite>"): "read",
    ("GET", "/api/results/<path:suite>/<path:test>"): "read",
    ("GET", "/api/results-summary/<path:suite>/<path:test>"): "read",
    ("GET", "/api/suites"): "read",
    ("GET", "/api/upload"): "read",
    ("POST", "/api/upload"): "upload",
    ("GET", "/api/upload/archive"): "read",
    ("POST", "/api/upload/archive"): "upload",
    ("POST", "/api/upload/process"): "upload",
    ("GET", "/api/urls"): "read",
    ("GET", "/api/urls/queue"): "read",
    ("GET", "/<project>.json"): "read",
    ("GET", "/api/v1/projects"): "read",
    ("GET", "/api/v1/bundles"): "read",
    ("GET", "/api/v1/bundles.csv"): "read",
    ("GET", "/branches"): "read",
    ("GET", "/branches/<project>"): "read",
    ("GET", "/branch-builds/<number>"): "read",
    ("GET", "/branch-builds/<number>/connect"): "read",
    ("GET", "/branch-builds/<number>/html/<path:path>"): "read",
    ("GET", "/html/<number>/<ticket>/<path:path>"): None,
    ("GET", "/instances/<number>/enter"): None,
    ("GET", "/instances/<number>/way"): None,
    ("GET", "/api/v1/projects/<project>/badge.svg"): None,
    ("GET", "/api/v1/branch-builds"): "read",
    ("GET", "/api/v1/branch-builds/<number>"): "read",
    ("GET", "/api/v1/branch-builds/<number>/log/<step>"): "read",
    ("POST", "/api/v1/branch-builds"): "branch-builds",
    ("POST", "/api/v1/projects/<project>/fetch"): None,
    ("POST", "/api/v1/branch-builds/<number>/kill"): "branch-builds",
    ("POST", "/api/v1/branch-builds/<number>/keep"): "branch-builds",
    ("POST", "/api/v1/branch-builds/<number>/wake"): "branch-builds",
    ("POST", "/api/v1/branch-builds/<number>/stop"): "branch-builds",
    ("GET", "/api/v1/branch-builds/<number>/instance-log"): "read",
    ("GET", "/api/v1/instances"): "read",
    ("POST", "/api/v1/instances/report"): "agent",
    ("GET", "/api/v1/openapi.json"): None,
    ("GET", "/api/v1/live"): "read",
    ("GET", "/api/v1/runs"): "read",
    ("GET", "/api/v1/runs.csv"): "read",
    ("GET", "/api/v1/runs/<run_id>"): "read",
    ("GET", "/api/v1/runs/<run_id>/suites"): "read",
    ("GET", "/api/v1/runs/<run_id>/tests"): "read",
    ("GET", "/api/v1/runs/<run_id>/attempts"): "read",
    ("GET", "/api/v1/compare"): "read",
    ("GET", "/api/v1/compare.csv"): "read",
    ("GET", "/api/v1/timeline"): "read",
    ("GET", "/api/v1/timeline.csv"): "read",
    ("GET", "/api/v1/tests/messages"): "read",
    ("GET", "/api/v1/tests/messages.csv"): "read",
    ("GET", "/api/v1/tests/rates.csv"): "read",
    ("GET", "/api/v1/search"): "read",
    ("GET", "/api/v1/search.csv"): "read",
    ("GET", "/api/v1/grid"): "read",
    ("GET", "/api/v1/grid.csv"): "read",
    ("GET", "/api/v1/grid/folders"): "read",
    ("GET", "/api/v1/grid/folders.csv"): "read",
    ("GET", "/api/v1/grid/setups.csv"): "read",
    ("GET", "/api/v1/grid/setups"): "read",
    ("GET", "/api/v1/runs/<run_id>/tests.csv"): "read",
    ("GET", "/api/v1/tests/history.csv"): "read",
    ("GET", "/api/v1/tests/history"): "read",
    ("GET", "/api/v1/tests/setups"): "read",
    ("POST", "/upload"): "upload",
    ("GET", "/d/<number>"): "read",
    ("GET", "/g/<number>/<member>"): "read",
    ("GET", "/s/<number>/<name>"): "read",
    ("GET", "/q/<basename>"): "read",
    ("GET", "/tarhelp"): "read",
    ("GET", "/reports"): "read",
    ("GET", "/reports/<project>"): "read",
    ("GET", "/reports/<project>/<version>"): "read",
    ("GET", "/api/v1/reports"): "read",
    ("GET", "/api/v1/reports.csv"): "read",
    ("GET", "/api/v1/reports/versions.csv"): "read",
    ("GET", "/api/v1/reports/summary.csv"): "read",
    ("GET", "/api/v1/reports/<run>/diagnostics.csv"): "read",
    ("GET", "/api/v1/reports/compare"): "read",
    ("GET", "/api/v1/reports/projects"): "read",
    ("GET", "/api/v1/reports/versions"): "read",
    ("GET", "/api/v1/reports/summary"): "read",
    ("GET", "/api/v1/reports/<run>"): "read",
    ("GET", "/api/v1/reports/<run>/diagnostics"): "read",
    ("GET", "/api/v1/reports/<run>/log/<step>"): "read",
    ("GET", "/api/v1/reports/<run>/log/<step>/search"): "read",
    ("GET", "/runs/<run>/logs/<step>"): "read",
    ("GET", "/log"): "read",
    ("GET", "/api/v1/commits"): "read",
    ("GET", "/api/v1/repositories"): "read",
    ("GET", "/api/v1/renames"): "read",
    ("POST", "/api/v1/renames"): "admin",
    ("POST", "/api/v1/renames/undo"): "admin",
    ("GET", "/api/v1/labels"): "read",
    ("GET", "/api/v1/setups"): "read",
    ("GET", "/api/v1/setups/<path:name>/builds"): "read",
    ("GET", "/api/v1/builds"): "read",
    ("GET", "/api/v1/crumb"): "read",
    ("PUT", "/api/v1/runs/<run_id>"): "ingest",
    ("POST", "/api/v1/runs/<run_id>/events"): "ingest",
    ("PUT", "/api/v1/runs/<run_id>/artifacts/<name>"): "upload",
    ("POST", "/api/v1/imports"): "upload",
    ("PUT", "/api/v1/runs/<run_id>/pin"): "admin",
    ("DELETE", "/api/v1/runs/<run_id>/pin"): "admin",
    ("POST", "/api/v1/jenkins/<server>/builds"): "builds",
    ("POST", "/api/v1/jenkins/<server>/stop"): "builds",
    ("GET", "/api/v1/jobs"): "read",
    ("GET", "/api/v1/jobs.csv"): "read",
    ("PUT", "/api/v1/queues/<path:name>"): "submit",
    ("GET", "/api/v1/jobs/<job_id>"): "read",
    ("POST", "/api/v1/jobs/estimate"): "submit",
    ("POST", "/api/v1/jobs/<job_id>/again"): "submit",
    ("POST", "/api/v1/jobs/<job_id>/cancel"): "submit",
    ("POST", "/api/v1/jobs/<job_id>/extend"): "submit",
    ("POST", "/api/v1/jobs/<job_id>/token"): "agent",
    ("GET", "/api/v1/queues"): "read",
    ("GET", "/api/v1/agents"): "read",
    ("GET", "/api/v1/agents.csv"): "read",
    ("POST", "/api/v1/agents/<name>/pause"): "submit",
    ("DELETE", "/api/v1/agents/<name>"): "submit",
    ("DELETE", "/api/v1/queues/<path:name>"): "submit",
    ("POST", "/api/v1/agents/<name>/resume"): "submit",
    ("GET", "/v1/"): None,
    ("POST", "/v1/job"): "submit",
    ("GET", "/v1/job"): "agent",
    ("GET", "/v1/job/<job_id>"): "jobs",
    ("GET", "/v1/job/<job_id>/position"): "jobs",
    ("POST", "/v1/job/<job_id>/action"): "submit",
    ("POST", "/v1/result/<job_id>"): "agent",
    ("GET", "/v1/result/<job_id>"): "jobs",
    ("POST", "/v1/result/<job_id>/log/<kind>"): "agent",
    ("GET", "/v1/result/<job_id>/log/<kind>"): "jobs",
    ("POST", "/v1/result/<job_id>/artifact"): "agent",
    ("GET", "/v1/result/<job_id>/artifact"): "jobs",
    ("POST", "/v1/agents/queues"): "agent",
    ("GET", "/v1/agents/queues"): "jobs",
    ("POST", "/v1/agents/images"): "agent",
    ("GET", "/v1/agents/images/<path:queue>"): "jobs",
    ("GET", "/v1/agents/data"): "jobs",
    ("GET", "/v1/agents/data/<name>"): "jobs",
    ("POST", "/v1/agents/data/<name>"): "agent",
    ("POST", "/v1/agents/provision_logs/<name>"): "agent",
    ("POST", "/v1/job/<job_id>/attachments"): "submit",
    ("GET", "/v1/job/<job_id>/attachments"): "jobs",
    ("GET", "/v1/job/search"): "jobs",
    ("POST", "/v1/job/<job_id>/events"): "agent",
    ("POST", "/v1/result/<job_id>/output"): "agent",
    ("GET", "/v1/result/<job_id>/output"): "jobs",
    ("POST", "/v1/result/<job_id>/serial_output"): "agent",
    ("GET", "/v1/result/<job_id>/serial_output"): "jobs",
    ("GET", "/v1/queues/<path:queue>/agents"): "jobs",
    ("GET", "/v1/queues/<path:queue>/jobs"): "jobs",
    ("GET", "/v1/queues/wait_times"): "jobs",
    ("POST", "/v1/oauth2/token"): None,
    ("POST", "/v1/oauth2/refresh"): None,
}

SHOWN_ELSEWHERE = (
    "/login", "/v1/oauth2/token", "/v1/oauth2/refresh", "/api/v1/projects/<project>/fetch",
    "/api/v1/projects/<project>/badge.svg", "/instances/<number>/way", "/instances/<number>/enter",
)  # fmt: skip
"""Where a token is shown in a form, or as a password; or another secret in its place."""

VALUES = {
    "run_id": RUN,
    "name": "log.html",
    "filename": "base.css",
    "path": "coverage/index.html",
    "ticket": "none-.0.0",
    "suite": "layout-tests",
    "test": "a.html",
    "server": "main",
    "job_id": "00000000-0000-0000-0000-000000000000",
    "kind": "output",
    "queue": "q",
    "run": RUN,
    "number": "1",
    "member": "make.log",
    "basename": "hello-2.10",
    "project": "hello",
    "version": "2.10",
    "step": "make",
}
INFO = asdict(wire.RunInfo(setup=SETUP))
BODIES: dict[tuple[str, str], Any] = {
    ("PUT", "/api/v1/runs/<run_id>"): INFO,
    ("POST", "/api/v1/runs/<run_id>/events"): {"process": "0", "first_seq": 1, "events": []},
    ("PUT", "/api/v1/runs/<run_id>/artifacts/<name>"): b"<p>log",
}


@dataclass
class Private:
    """A private wall with one run of `SETUP`, begun by the token for ingest; `keys` by what they are."""

    app: Dashboard
    keys: dict[str, str]

    def browser(self, key: str | None = None) -> FlaskClient:
        client = self.app.flask.test_client()
        if key:
            assert client.post("/login", data={"token": self.keys[key]}).status_code == 303
        return client


@pytest.fixture
def private(make_app: Callable[..., Dashboard]) -> Private:
    app = make_app(require_tokens=True)
    tokens = app.core.tokens
    keys = {scope: tokens.create(scope, scope) for scope in GRANTS}
    for scope in GRANTS:
        keys[f"revoked {scope}"] = tokens.create(f"revoked {scope}", scope)
        keys[f"expired {scope}"] = tokens.create(f"expired {scope}", scope, expires_at=utc_now() + timedelta(days=1))
        if scope in ("ingest", "upload"):
            keys[f"{scope} bound here"] = tokens.create(f"{scope} bound here", scope, setups=[SETUP])
            keys[f"{scope} bound elsewhere"] = tokens.create(f"{scope} bound elsewhere", scope, setups=["rack-2"])
        tokens.revoke(f"revoked {scope}")
    real = tokens._now
    tokens._now = lambda: real() + timedelta(days=2)
    Reporter(through_flask(app.flask.test_client()), keys["ingest"]).process(RUN, setup=SETUP)
    return Private(app, keys)


def routes(app: Dashboard) -> Iterator[tuple[str, Rule]]:
    for rule in app.flask.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def path_of(rule: str) -> str:
    for name, value in VALUES.items():
        for written in (f"<{name}>", f"<path:{name}>"):
            rule = rule.replace(written, value)
    assert "<" not in rule, rule
    return rule


def call(client: FlaskClient, route: tuple[str, str], headers: Mapping[str, str] | None = None) -> int:
    method, rule = route
    body = BODIES.get(route)
    data = body if isinstance(body, bytes) or body is None else json.dumps(body)
    given = {"Content-Type": "application/json", **(headers or {})} if data is not None else dict(headers or {})
    # Each route has callers of its own, so that none has shown too many wrong tokens.
    where = {"REMOTE_ADDR": f"10.0.0.{1 + list(NEEDS).index(route) % 250}"} if route in NEEDS else {}
    return client.open(
        path_of(rule), method=method, data=data, headers=given, environ_base=where, buffered=True
    ).status_code


def test_every_route_is_in_the_table_and_every_other_is_closed(private: Private) -> None:
    assert {(method, rule.rule) for method, rule in routes(private.app)} == set(NEEDS)


def may(key: str | None, route: tuple[str, str]) -> bool:
    """Whether a bearer of this key gets through, told apart from what the program does."""
    needed = NEEDS[route]
    if needed is None:
        return True
    if key is None or key.startswith(("unknown", "revoked", "expired")):
        return False
    scope, _, bound = key.partition(" bound ")
    is_of_a_run = "<run_id>" in route[1]
    if bound and is_of_a_run and (bound == "elsewhere" or scope == "ingest"):  # it is of here, and of another token
        return False
    return needed in GRANTS[scope]


def test_every_route_with_every_key(private: Private) -> None:
    wrong = []
    client = private.browser()
    for route in NEEDS:
        if route[1] in SHOWN_ELSEWHERE:
            continue
        for key in [*private.keys, "unknown", None]:
            text = private.keys.get(key or "", "lw_" + "0" * 40)
            status = call(client, route, {"Authorization": f"Bearer {text}"} if key else {})
            refusal = 401 if key is None or key.startswith(("unknown", "revoked", "expired")) else 403
            is_right = status not in (401, 403, 429, 500) if may(key, route) else status == refusal
            if not is_right:
                wrong.append((route, key, status))
    assert wrong == []


def test_every_route_with_every_session(private: Private) -> None:
    """A cookie alone reads. It never reports, uploads or orders, whatever its token may do."""
    wrong = []
    for key in ("read", "builds", "admin"):
        client = private.browser(key)
        for route, needed in NEEDS.items():
            if route[1] in (*SHOWN_ELSEWHERE, "/logout"):
                continue
            status = call(client, route)
            if (status in (401, 403)) != (needed not in (None, "read", "jobs")):
                wrong.append((route, key, status))
        stranger = private.app.flask.test_client()
        cookie = client.get_cookie(COOKIE)
        assert cookie is not None
        client.post("/logout")
        stranger.set_cookie(COOKIE, cookie.value)
        wrong += [(route, "ended") for route, needed in NEEDS.items() if needed and call(stranger, route) != 401]
    assert wrong == []


def test_only_what_reads_signs_in(private: Private) -> None:
    for key in ("ingest", "upload", "agent", "revoked read", "expired read"):
        reply = private.app.flask.test_client().post("/login", data={"token": private.keys[key]})
        assert reply.status_code in (401, 403), key
        assert "Set-Cookie" not in reply.headers


def database(url: str) -> dict[str, list[Any]]:
    """All there is in it but what is only noted: when a token was last used."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
        ).fetchall()
        return {
            name: connection.execute(
                f"SELECT (to_jsonb(t) - 'last_used_at')::text FROM {name} t ORDER BY 1".encode()
            ).fetchall()
            for (name,) in tables
        }


def test_no_get_changes_anything(private: Private, database_url: str) -> None:
    clients = [private.browser(), private.browser("read"), private.browser("builds")]
    before = database(database_url)
    assert len(before["session"]) == 2
    page = {"Accept": "text/html"}
    for method, rule in routes(private.app):
        for client in clients:
            if method == "GET":
                for headers_ in ({}, page, {"Authorization": f"Bearer {private.keys['ingest']}"}):
                    call(client, (method, rule.rule), headers_)
    for client in clients:
        client.get(f"/?token={private.keys['read']}", headers=page)
        client.get(f"/login?token={private.keys['read']}&next=/", headers=page)
    assert database(database_url) == before


FORMS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
ATTACKS = [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
CHANGING = [(method, rule) for method, rule in NEEDS if method != "GET"]


def test_no_form_of_another_site_changes_anything(private: Private, database_url: str) -> None:
    victim = private.browser("builds")
    before = database(database_url)
    form = {"data": f"token={private.keys['read']}&x=1"}
    for (method, rule), attack, kind in itertools.product(CHANGING, ATTACKS, FORMS):
        for sent in {"POST", method}:
            reply = victim.open(path_of(rule), method=sent, headers={"Content-Type": kind, **attack}, **form)
            assert reply.status_code in (403, 405), (sent, rule, reply.status_code)
    assert database(database_url) == before
    assert victim.get("/api/v1/runs").status_code == 200, "still signed in"


def test_a_form_of_a_browser_that_tells_nothing_of_its_page_does_no_harm(private: Private, database_url: str) -> None:
    """All it could do is to sign the victim out, or in."""
    victim = private.browser("builds")
    before = database(database_url)
    for (_, rule), kind in itertools.product(CHANGING, FORMS):
        if rule not in (*SHOWN_ELSEWHERE, "/logout"):
            reply = victim.open(path_of(rule), method="POST", data="x=1", headers={"Content-Type": kind})
            assert reply.status_code in (401, 403, 405), (rule, reply.status_code)
    assert database(database_url) == before


def test_no_key_and_no_session_is_in_the_database(private: Private, database_url: str) -> None:
    browser = private.browser("read")
    browser.get("/api/v1/runs")
    Reporter(through_flask(browser), private.keys["ingest"]).run([T("One")], setup=SETUP)
    cookie = browser.get_cookie(COOKIE)
    assert cookie is not None
    secrets = [*private.keys.values(), cookie.value]
    with psycopg.connect(database_url) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT oid::regclass::text FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'm')"
            )
        ]
        dump = b""
        for name in tables:
            with connection.cursor().copy(f"COPY (SELECT * FROM {name}) TO STDOUT".encode()) as rows:
                dump += b"".join(bytes(row) for row in rows)
    assert len(tables) > 10 and b"run-of-rack-1" in dump, "the dump holds what is there"
    for secret in secrets:
        plain = secret.partition("_")[2]
        for written in (plain.encode(), plain.encode().hex().encode(), bytes.fromhex(plain).hex().encode()):
            assert written not in dump
