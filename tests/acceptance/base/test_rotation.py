"""A node gets a new token while it holds results that were begun with the old one: none is lost, none is stuck."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.postgres.database import Database
from support.answers import Answer, json_of
from support.dashboard import Dashboard
from support.environment import quiet_environment
from support.lab import NODE_ZONE, SUITES
from support.oracle import assert_equal, read_output
from support.recorded import read_api
from support.robot import Run, start_robot
from support.waiting import wait_for


@pytest.fixture
def tokens(database_url: str) -> Iterator[TokenStore]:
    database = Database(database_url)
    yield TokenStore(database)
    database.close()


def resend(run: Run, url: str, token: str) -> str:
    command = [sys.executable, "-m", "livewall_listener", "resend", "--spool", str(run.spool)]
    env = {**quiet_environment(), "LIVEWALL_URL": url, "LIVEWALL_TOKEN": token}
    return subprocess.run(command, check=False, env=env, capture_output=True, text=True, timeout=120).stdout


def test_a_new_token_delivers_what_an_old_one_left(
    make_dashboard: Callable[..., Dashboard], tokens: TokenStore, tmp_path: Path
) -> None:
    old, new = (tokens.create(name, "ingest", setups=["Board 7"]) for name in ("old", "new"))
    other = tokens.create("other", "ingest", setups=["Board 8"])
    reading = tokens.create("screen", "read")
    wall = make_dashboard(extra_args=["--require-tokens"]).start()

    def ask(method: str, path: str, token: str) -> Answer:
        return wall.request(method, path, headers={"Authorization": f"Bearer {token}"})

    def get(path: str) -> Any:
        return json_of(ask("GET", path, reading), path)

    flag = tmp_path / "go"
    node = {"TZ": NODE_ZONE, "LIVEWALL_TOKEN": old, "LIVEWALL_TIMEOUT": "1"}
    running = start_robot(
        SUITES / "steady", "--log", "NONE", "--report", "NONE", "--variable", f"FLAG:{flag}",
        "--variable", "PAUSE:0.03",
        cwd=tmp_path, url=wall.url, setup="Board 7", run_id="begun-with-the-old", env=node,
    )  # fmt: skip
    try:
        wait_for(lambda: get("/api/v1/runs/begun-with-the-old/tests")["tests"], what="results")
        wall.stop()
        flag.touch()
        run = running.finish()
    finally:
        running.kill()
    assert list(run.spool.glob("*.spool")), "the rest waits on the node"

    wall.start()
    assert "begun with another token" in resend(run, wall.url, new)
    assert list(run.spool.glob("*.spool")), "and is kept while the old token is good"
    tokens.revoke("old")
    wait_for(lambda: ask("PUT", "/api/v1/runs/any", old)[0] == 401, what="the end of the old token")
    assert "bound to 'Board 8'" in resend(run, wall.url, other)
    resend(run, wall.url, new)
    assert list(run.spool.glob("*.spool")) == []
    wait_for(lambda: get(f"/api/v1/runs/{run.run_id}")["verification"] == "verified", what="verification")
    assert_equal(read_output(run.output, ZoneInfo(NODE_ZONE)), read_api(get, run.run_id))
    wall.stop()
    assert not any(token in wall.log for token in (old, new, other))
