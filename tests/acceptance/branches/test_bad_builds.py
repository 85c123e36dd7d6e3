"""Builds that behave badly, by a real agent: their result says so, and nothing of them is left."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.agents import RunningAgent, marked
from support.dashboard import Dashboard
from support.git_repository import GitRepository
from support.postgres import Databases
from support.small_disk import SmallDisk, why_no_small_disk
from support.waiting import wait_for

PATIENCE = 300.0
QUEUE = "bad"
LONG = str(800_000 + os.getpid())
"""Seconds; no other test on this machine waits for as long."""
MOST_OUTPUT = 32
"""Megabytes that the wall keeps of a job."""

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]


class Builds:
    """Of a repository whose branches each have a file `build`, which has all the time, and `check`, which has 3 s."""

    def __init__(self, folder: Path, dashboard: Dashboard) -> None:
        self.dashboard = dashboard
        self.repository = GitRepository(folder / "server")
        self.write("build", "echo built\n")
        self.write("check", "echo fine\n")

    def write(self, name: str, text: str) -> None:
        (self.repository.folder / name).write_text(text, encoding="utf-8")
        self.repository.git("add", name)
        self.repository.commit(f"Write {name}")

    def branch(self, name: str, file: str, text: str) -> None:
        self.repository.git("switch", "--quiet", "main")
        self.repository.switch(name, new=True)
        self.write(file, text)

    def configure(self) -> None:
        project = {
            "name": "bad",
            "repositories": [{"name": "server", "url": str(self.repository.folder), "main": "main"}],
            "gather": 0.2,
            "fetch_every": 1,
            "max_age_days": False,
            "queue": QUEUE,
            "steps": [
                {"name": "build", "command": "sh server/build", "timeout": 600},
                {"name": "check", "command": "sh server/check", "timeout": 3},
            ],
        }
        self.dashboard.data.mkdir(parents=True, exist_ok=True)
        config = self.dashboard.data / "setups_config.json"
        config.write_text(json.dumps({"projects": [project]}), encoding="utf-8")

    def done(self, bundle: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found = self.dashboard.get(f"/api/v1/branch-builds?project=bad&bundle={bundle}")["builds"]
            return found[0] if found and found[0]["state"] == "done" else None

        return wait_for(look, PATIENCE, f"the build of {bundle} to end", pause=0.5)

    def log(self, build: dict[str, Any], step: int) -> bytes:
        body: bytes = self.dashboard.request("GET", build["steps"][step]["log"], timeout=60.0)[1]
        return body


@pytest.fixture
def builds(databases: Databases, template: str, tmp_path: Path) -> Iterator[Builds]:
    database_url = databases.create(template)
    dashboard = Dashboard(
        database_url=database_url, log_path=tmp_path / "dashboard.log", extra_args=["--job-output", str(MOST_OUTPUT)]
    )
    builds = Builds(tmp_path, dashboard)
    builds.configure()
    try:
        dashboard.start()
        yield builds
        dashboard.stop()
    finally:
        dashboard.kill()
        databases.drop(database_url)


def statuses(build: dict[str, Any]) -> list[str]:
    return [step["status"] for step in build["steps"]]


def test_they_end_and_nothing_of_them_is_left(builds: Builds, tmp_path: Path) -> None:
    builds.branch("silent", "check", f"exec sleep {LONG}\n")
    builds.branch("stubborn", "check", f"trap '' TERM INT HUP; while :; do sleep {LONG}; done\n")
    builds.branch("daemon", "check", f"setsid sh -c 'trap \"\" TERM; sleep {LONG}' < /dev/null > /dev/null 2>&1 &\n")
    builds.branch("gigabyte", "build", "yes 0123456789abcdef0123456789abcdef | head -c 1000000000\n")
    builds.branch("nothing", "check", ":\n")
    agent = RunningAgent(builds.dashboard.url, tmp_path, queue=QUEUE, name="builder").start()
    try:
        for bundle in ("silent", "stubborn"):
            build = builds.done(bundle)
            assert (build["result"], statuses(build)) == ("failed", ["ok", "failed"]), build
            assert "3 s" in build["reason"], build["reason"]
        daemon, nothing = builds.done("daemon"), builds.done("nothing")
        assert (daemon["result"], nothing["result"]) == ("ok", "ok")
        assert builds.log(nothing, 1).strip() == b""
        large = builds.done("gigabyte")
        assert (large["result"], statuses(large)) == ("warnings", ["ok", "ok"]), "not all of its log is known"
        assert "cut off" in large["reason"] and len(builds.log(large, 0)) < 2 * MOST_OUTPUT * 1_000_000
        assert builds.done("main")["result"] == "ok", "the agent goes on"
        wait_for(lambda: not marked(LONG), what="nothing of them to be left")
    finally:
        agent.kill()


@pytest.mark.skipif(bool(why_no_small_disk()), reason=why_no_small_disk())
def test_one_that_fills_its_disk(builds: Builds, tmp_path: Path) -> None:
    builds.branch("full", "build", "head -c 500M /dev/zero > server/big\n")
    disk = SmallDisk(tmp_path / "small", 100 * 1024 * 1024)
    agent = RunningAgent(builds.dashboard.url, disk.path, queue=QUEUE, name="builder").start()
    try:
        full = builds.done("full")
        assert (full["result"], statuses(full)) == ("failed", ["failed", "skipped"]), full
        assert b"No space left on device" in builds.log(full, 0)
        assert builds.done("main")["result"] == "ok", "the agent has its room again"
    finally:
        agent.kill()
        disk.remove()
