"""`livewall probe` tells a wall that works from one that does not, and leaves nothing behind."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from livewall_dashboard.live import PROBE_SETUP
from livewall_dashboard.probe import run
from support.background_server import in_background
from support.dashboard import Dashboard
from support.environment import quiet_environment
from support.ports import free_port
from support.recorded import Database
from support.screens import PlainScreen
from support.waiting import wait_for

RELEASE = {"commit": "8f3c0e1d2b", "subject": "Larger tiles", "branch": "main", "deployed_at": "2026-05-04T10:00:00Z"}

TRACES = {
    "runs": "SELECT key FROM run",
    "processes": "SELECT name FROM process",
    "suites": "SELECT id FROM suite_result",
    "results": "SELECT id FROM result",
    "durations": "SELECT test_id FROM test_duration",
    "tokens": "SELECT name FROM token",
}


def start(dashboard: Dashboard, *options: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "livewall_dashboard", "probe", "--data", str(dashboard.data), *options]
    env = {**quiet_environment(), "LIVEWALL_PORT": str(dashboard.port), "LIVEWALL_HOST": "0.0.0.0", **environment}
    if dashboard.database_url:
        env.setdefault("LIVEWALL_DATABASE_URL", dashboard.database_url)
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def probe(dashboard: Dashboard, *options: str, **environment: str) -> tuple[int, str]:
    """Exit code, and all it said."""
    with start(dashboard, *options, **environment) as process:
        said = process.communicate(timeout=120)[0]
    assert "Traceback" not in said, said
    return process.returncode, said


def traces(dashboard: Dashboard) -> dict[str, list[Any]]:
    database = Database(dashboard.database_url)
    found = {name: database.rows(query) for name, query in TRACES.items()}
    return {name: rows for name, rows in found.items() if rows}


@pytest.mark.parametrize("closed", [False, True], ids=["open", "asks for tokens"])
def test_a_wall_that_works_is_told_so_and_keeps_nothing(make_dashboard: Callable[..., Dashboard], closed: bool) -> None:
    dashboard = make_dashboard(extra_args=["--require-tokens"] if closed else [])
    if closed:
        for scope in ("ingest", "read"):
            _make_token(dashboard, scope)
    dashboard.start()
    tokens = traces(dashboard)
    code, said = probe(dashboard)
    assert code == 0, said
    assert re.search(r"An event took \d+\.\d\d s from listener to screen", said)
    assert traces(dashboard) == tokens
    assert probe(dashboard)[0] == 0, "and again"
    if not closed:
        assert dashboard.get("/api/v1/live")["setups"] == dashboard.get("/api/v1/setups")["setups"] == []
    dashboard.restart()
    assert "ERROR" not in dashboard.log


def test_no_screen_shows_a_probe(dashboard: Dashboard) -> None:
    with PlainScreen(dashboard.port) as screen:
        assert probe(dashboard)[0] == 0
        dashboard.request("PUT", "/api/v1/runs/real", {"process": "0", "setup": "vm1"})
        wait_for(lambda: "vm1" in screen.tiles, what="the real run")
    assert PROBE_SETUP not in screen.tiles
    assert screen.gaps == 0


def test_the_release_must_be_the_one_expected(make_dashboard: Callable[..., Dashboard], tmp_path: Path) -> None:
    running, other = tmp_path / "running.json", tmp_path / "other.json"
    running.write_text(json.dumps(RELEASE))
    other.write_text(json.dumps({**RELEASE, "deployed_at": "2026-05-04T11:00:00Z"}))
    dashboard = make_dashboard(env={"LIVEWALL_RELEASE": str(running)}).start()
    assert dashboard.get("/healthz")["release"] == dashboard.get("/api/v1/live")["release"] == RELEASE
    code, said = probe(dashboard, "--release", str(running), "--only-health", LIVEWALL_DATABASE_URL="nowhere")
    assert (code, "is well" in said) == (0, True), said
    code, said = probe(dashboard, "--release", str(running))
    assert (code, "8f3c0e1d2b (Larger tiles)" in said) == (0, True), said
    code, said = probe(dashboard, "--release", str(other), "--within", "1")
    assert (code, "not 8f3c0e1d2b of 2026-05-04T11:00:00Z" in said) == (1, True), said
    running.write_text("{")
    code, said = probe(dashboard, "--release", str(running))
    assert (code, "does not say which release" in said) == (2, True), said


def test_a_wall_that_is_not_there_or_no_wall_is_said(make_dashboard: Callable[..., Dashboard]) -> None:
    dashboard = make_dashboard()
    code, said = probe(dashboard, "--within", "0.5")
    assert (code, "does not answer" in said) == (1, True), said
    dashboard.start()
    code, said = probe(dashboard, "--within", "0.5", "--url", f"{dashboard.url}/api/v1")
    assert (code, "answers 404" in said) == (1, True), said


def test_a_wall_that_waits_is_waited_for(make_dashboard: Callable[..., Dashboard]) -> None:
    dashboard = make_dashboard()
    with start(dashboard) as process:
        dashboard.start()
        said = process.communicate(timeout=120)[0]
    assert process.returncode == 0, said


def test_a_wall_that_does_not_record_is_not_well(
    make_dashboard: Callable[..., Dashboard], empty_database_url: str
) -> None:
    dashboard = make_dashboard().start()
    code, said = probe(dashboard, "--within", "4", LIVEWALL_DATABASE_URL=empty_database_url)
    assert code != 0, "another database is not the wall's"
    assert "livewall: " in said


def test_an_ended_probe_takes_its_keys_along(make_dashboard: Callable[..., Dashboard]) -> None:
    dashboard = make_dashboard()
    with _wall_without_screens() as url, start(dashboard, "--url", url) as process:
        wait_for(lambda: len(traces(dashboard).get("tokens", [])) == 2, what="the keys")
        process.terminate()
        said = process.communicate(timeout=60)[0]
    assert "Traceback" not in said
    assert traces(dashboard) == {}


def test_what_a_killed_probe_left_goes_with_the_next(dashboard: Dashboard) -> None:
    database = Database(dashboard.database_url)
    now = datetime.now(timezone.utc)
    for key in ("probe-killed", "probe-under-way"):
        assert dashboard.request("PUT", f"/api/v1/runs/{key}", run.info(now))[0] == 200
        assert dashboard.request("POST", f"/api/v1/runs/{key}/events", run.batch(now))[0] == 200
        wait_for(lambda: database.run(key)["state"] == "finished", what="its end")  # noqa: B023 - called at once
        insert = "INSERT INTO token (name, scope, sha256) VALUES (%s, 'read', sha256(%s)) RETURNING id"
        database.rows(insert, f"{key}-read", key.encode())
    old = "interval '1 hour' WHERE {} LIKE 'probe-killed%' RETURNING 1"
    database.rows("UPDATE run SET last_news_at = last_news_at - " + old.format("key"))
    database.rows("UPDATE token SET created_at = created_at - " + old.format("name"))
    assert probe(dashboard)[0] == 0
    left = traces(dashboard)
    assert left["runs"] == [{"key": "probe-under-way"}]
    assert left["tokens"] == [{"name": "probe-under-way-read"}]
    assert len(left["results"]) == len(left["suites"]) == 1


def test_it_finds_the_wall_of_livewall_up(tmp_path: Path) -> None:
    dashboard = Dashboard(database_url=None, log_path=tmp_path / "up.log", port=free_port())
    try:
        dashboard.start()
        code, said = probe(dashboard)
        assert code == 0, said
        code, said = probe(dashboard, "--data", str(tmp_path / "elsewhere"))
        assert (code, "--data" in said) == (2, True), said
        dashboard.stop()
    finally:
        dashboard.kill()


def _make_token(dashboard: Dashboard, scope: str) -> None:
    command = [sys.executable, "-m", "livewall_dashboard", "token", "create", "--scope", scope, f"kept-{scope}"]
    env = {**quiet_environment(), "LIVEWALL_DATABASE_URL": dashboard.database_url}
    subprocess.run(command, env=env, check=True, capture_output=True)


@contextmanager
def _wall_without_screens() -> Iterator[str]:
    """What says that it is well, and knows nothing else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_health = self.path == "/healthz"
            body = json.dumps({"status": "ok"} if is_health else {}).encode()
            self.send_response(200 if is_health else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the console."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, in_background(server):
        yield f"http://127.0.0.1:{server.server_address[1]}"
