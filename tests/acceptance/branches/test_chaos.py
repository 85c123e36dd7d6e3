"""Branches are pushed to while wall, agents and instances are killed: all is as if nobody had done that."""

from __future__ import annotations

import json
import os
import random
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import Any

import psutil
import pytest

from support.agents import RunningAgent, marked, wait_gone
from support.dashboard import Dashboard
from support.git_repository import GitRepository
from support.postgres import Databases
from support.waiting import wait_for

QUEUE, NUMBER = "chaos", 3
BRANCHES = ("main", "one", "two", "three", "four")
LONG = str(600_000 + os.getpid())
"""Seconds; no other test on this machine waits for as long."""
PATIENCE = 600.0

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


class Lab:
    """A project whose builds leave a server, which says its number, beside a process that does not go by itself."""

    def __init__(self, folder: Path, dashboard: Dashboard) -> None:
        self.folder = folder
        self.dashboard = dashboard
        self.agents = [RunningAgent(dashboard.url, folder, queue=QUEUE, name=f"keeper-{no}") for no in (1, 2)]
        self.server = GitRepository(folder / "server")
        self.dice = random.Random(13)
        self.done: Counter[str] = Counter()
        for branch in BRANCHES:
            self.push(branch)

    def configure(self) -> None:
        lock = quote(str(self.folder / "lock"))
        step = (
            f'exec 9>{lock}-$BUILD_NUMBER; flock -n 9 || echo "twice" >> {quote(str(self.folder / "log"))}\n'
            f'echo "$BUILD_NUMBER" > number; cp server/content .; setsid sleep {LONG} &\nsleep 0.$((RANDOM % 9))'
        )
        project = {
            "name": "shop",
            "repositories": [{"name": "server", "url": str(self.server.folder), "main": "main"}],
            "sticky": ["main"],
            "gather": 0.3,
            "max_age_days": False,
            "fetch_every": 1,
            "queue": QUEUE,
            "steps": [{"name": "build", "command": step}],
            "run": {"command": f'setsid sleep {LONG} &\nexec python3 -m http.server "$PORT"', "number": NUMBER},
        }
        config = self.dashboard.data / "setups_config.json"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(json.dumps({"setups": [], "projects": [project]}), encoding="utf-8")

    def push(self, branch: str) -> None:
        if branch != "main" or self.done["push"]:
            self.server.git("checkout", "-q", *(() if self.done[branch] or branch == "main" else ("-b",)), branch)
        self.done["push"] += 1
        self.done[branch] += 1
        (self.server.folder / "content").write_text(f"{branch} {self.done[branch]}\n", encoding="utf-8")
        self.server.git("add", "content")
        self.server.commit(f"Write {branch} {self.done[branch]}")

    def mischief(self) -> None:
        what = self.dice.choices(("push", "wall", "agent", "server", "above"), (6, 1, 2, 4, 2))[0]
        self.done[f"{what} killed"] += what != "push"
        if what == "push":
            self.push(self.dice.choice(BRANCHES))
        elif what == "wall":
            self.dashboard.kill()
            self._rest(3.0)
            self.dashboard.start()
        elif what == "agent":
            agent = self.dice.choice(self.agents)
            agent.kill()
            self._rest(3.0)
            agent.start()
        else:
            word = "http.server" if what == "server" else "livewall_agent.instance_process"
            victims = [each for each in marked(word) if str(self.folder) in _folder_of(each)]
            with suppress(psutil.Error, IndexError):
                self.dice.choice(victims).kill()
        self._rest(1.5)

    def _rest(self, most: float) -> None:
        time.sleep(self.dice.uniform(0.0, most))  # the mischief itself, not a wait for something

    def builds(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self.dashboard.get(f"/api/v1/branch-builds?project=shop&limit=100{after}")
            found += page["builds"]
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"

    def instances(self) -> dict[int, dict[str, Any]]:
        return {each["build"]: each for each in self.dashboard.get("/api/v1/instances?project=shop")["instances"]}

    def has_converged(self) -> bool:
        """All is built, and as many as may run; those answer, of which some may have been killed a moment ago."""
        builds, instances = self.builds(), self.instances().values()
        newest = [next(each for each in builds if each["bundle"] == branch) for branch in BRANCHES]
        running = [each for each in instances if each["state"] == "running"]
        return (
            all(each["state"] == "done" for each in builds)
            and all(each["result"] == "ok" for each in newest)
            and [each["commits"][0]["commit"] for each in newest] == [self.server.head(branch) for branch in BRANCHES]
            and all(each["state"] == each["wanted"] and not each["away"] for each in instances)
            and len(running) == NUMBER
            and [_answer(each) for each in running] == [f"{each['build']}\n" for each in running]
        )


def _answer(instance: dict[str, Any]) -> str:
    with urllib.request.urlopen(f"{instance['url']}number", timeout=60) as answer:
        return str(answer.read().decode())


def _folder_of(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return process.environ().get("TMPDIR", "")
    return ""


@pytest.fixture
def lab(databases: Databases, template: str, tmp_path: Path) -> Iterator[Lab]:
    database_url = databases.create(template)
    dashboard = Dashboard(database_url=database_url, log_path=tmp_path / "dashboard.log")
    lab = Lab(tmp_path, dashboard)
    lab.configure()
    dashboard.start()
    for agent in lab.agents:
        agent.start()
    try:
        yield lab
    finally:
        for agent in lab.agents:
            agent.kill()
        dashboard.kill()
        databases.drop(database_url)


@pytest.mark.parametrize("seconds", [60, 600])
def test_chaos_state_converges_and_nothing_is_left(lab: Lab, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        lab.mischief()
    try:
        wait_for(lab.has_converged, PATIENCE, "all to be built, and as many as may to run", pause=1.0)
    except BaseException:
        print(lab.done, json.dumps(lab.instances(), indent=1), json.dumps(lab.builds()[:10], indent=1))
        raise
    builds, instances = lab.builds(), lab.instances()
    numbers = [each["number"] for each in builds]
    assert numbers == sorted(set(numbers), reverse=True)
    assert not (lab.folder / "log").exists(), "a build ran twice at a time"
    of_commit = Counter(
        each["commits"][0]["commit"] for each in builds if each["result"] == "ok" and not each["same_as"]
    )
    assert set(of_commit.values()) == {1}, "the same commit was built twice"

    running = {number: each for number, each in instances.items() if each["state"] == "running"}
    newest = max(each["number"] for each in builds if each["bundle"] == "main" and not each["same_as"])
    assert newest in running, "the newest of a sticky bundle stays"
    assert len({(each["host"], each["port"]) for each in running.values()}) == NUMBER
    left = {path.name.partition("-")[0] for agent in lab.agents for path in (agent.state / "instances").iterdir()}
    assert left == {str(number) for number in instances}
    for agent in lab.agents:
        agent.stop()
    wait_gone(LONG)
    assert not [each for each in marked("http.server") if str(lab.folder) in _folder_of(each)]
    assert "Traceback" not in lab.dashboard.log
    print(lab.done)
