"""`livewall probe` tells a wall that works from one that does not, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from livewall_dashboard.live import PROBE_SETUP
from livewall_dashboard.probe.screen import Screen
from support.dashboard import Dashboard
from support.environment import quiet_environment
from support.ports import free_port
from support.recorded import Database
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
    with Screen(dashboard.url, "", 10) as screen:
        assert probe(dashboard)[0] == 0
        dashboard.request("PUT", "/api/v1/runs/real", {"process": "0", "setup": "vm1"})
        seen: list[str] = []

        def look() -> bool:
            event = screen.receive(1)
            if event is not None and event[0] == "delta":
                seen.extend(change["setup"] for change in event[1]["changes"])
            return "vm1" in seen

        wait_for(look, what="the real run")
    assert PROBE_SETUP not in seen


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_probe_is_cleared_away(dashboard: Dashboard, number: signal.Signals) -> None:
    database = Database(dashboard.database_url)
    os.kill(dashboard.pid, signal.SIGSTOP)  # so that the probe stays where it is
    try:
        with start(dashboard) as process:
            wait_for(lambda: _is_connecting(dashboard), what="the probe to ask")
            os.kill(dashboard.pid, signal.SIGCONT)
            wait_for(lambda: database.rows("SELECT name FROM token") or process.poll() is not None, what="its tokens")
            process.send_signal(number)
            process.communicate(timeout=60)
    finally:
        os.kill(dashboard.pid, signal.SIGCONT)
    if number is signal.SIGKILL:
        _age_everything(database)
        assert probe(dashboard)[0] == 0
    wait_for(lambda: not traces(dashboard), what="nothing to be left")


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


def _age_everything(database: Database) -> None:
    database.rows("UPDATE token SET created_at = created_at - interval '1 hour' RETURNING name")
    database.rows("UPDATE run SET last_news_at = last_news_at - interval '1 hour' RETURNING key")


def _is_connecting(dashboard: Dashboard) -> bool:
    """Whether somebody has a line to the wall's port."""
    wanted = f":{dashboard.port:04X} "
    return any(wanted in line and " 01 " in line for line in Path("/proc/net/tcp").read_text().splitlines())
