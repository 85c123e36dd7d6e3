"""A wall of the test's own that watches two real git repositories, and an agent that builds their branches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from livewall_agent.instancewire import PATH
from support.agents import RunningAgent
from support.dashboard import Dashboard
from support.git_repository import GitRepository
from support.postgres import Databases
from support.waiting import wait_for

QUEUE = "branches"
JUNIT = '<testsuite name="unit" tests="1"><testcase classname="a" name="b" time="0.5"/></testsuite>'


COVERAGE = """<!doctype html><head><link rel="stylesheet" href="c.css"><p><span class="pc_cov">87%</span></p>
<p id="who"></p><a href="more.html">more</a><script src="c.js"></script>"""
SCRIPT = """const who = document.getElementById("who");
who.textContent = `origin ${window.origin}`;
try { who.textContent += document.cookie; } catch { who.textContent += ", no cookies"; }
fetch("/api/v1/projects").then(() => "read", () => "refused").then((how) => who.textContent += `, ${how}`);
localStorage.setItem("a", "b");
who.textContent += `, ${localStorage.getItem("a")} of ${localStorage.length}`;"""
PAGES = "artifacts/coverage"
FILES = {"index.html": COVERAGE, "c.css": "p { color: rgb(1, 2, 3) }", "c.js": SCRIPT, "more.html": "<p>Of one file"}


class Shop:
    """`server` and `client` with a main branch each; `login`, which fails, is one of the server alone.

    All of it is there before the wall looks, so that each branch is built once. `agent` is there once it is started.
    """

    def __init__(self, wall: Dashboard, folder: Path) -> None:
        self.wall = wall
        self.agent = RunningAgent(wall.url, folder, queue=QUEUE, name="builder")
        self.server, self.client = (GitRepository(folder / name) for name in ("server", "client"))
        self.write(self.server, "check", "echo fine\n")
        self.write(self.server, "junit.xml", JUNIT)
        for name, text in FILES.items():
            self.write(self.server, name, text)
        self.write(self.client, "README", "hello\n")
        self.server.switch("login", new=True)
        self.write(self.server, "check", "echo 'x.c:7:1: error: no <b>zorch</b>'; exit 3\n")

    def write(self, repository: GitRepository, name: str, text: str) -> str:
        """As a commit -> its hash."""
        (repository.folder / name).write_text(text, encoding="utf-8")
        repository.git("add", name)
        return repository.commit(f"Write <b>{name}</b>")

    def configure(self) -> None:
        pages = " ".join(f"server/{name}" for name in FILES)
        project = {
            "name": "shop",
            "repositories": [
                {"name": "server", "url": str(self.server.folder), "main": "main"},
                {"name": "client", "url": str(self.client.folder)},
            ],
            "sticky": ["main"],
            "gather": 0.2,
            "max_age_days": False,
            "fetch_every": 1,
            "queue": QUEUE,
            "run": {"command": "python3 -m http.server $PORT", "number": 2},
            "steps": [
                {"name": "build", "command": f"cp server/junit.xml artifacts/; mkdir {PAGES}; cp {pages} {PAGES}"},
                {"name": "test", "command": "sh server/check"},
            ],
        }
        config = self.wall.data / "setups_config.json"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(json.dumps({"setups": [], "projects": [project]}), encoding="utf-8")


class KeptInstances:
    """What builds of the shop's bundles left, kept by an agent of which nothing but its word is there."""

    def __init__(self, wall: Dashboard) -> None:
        self.wall = wall
        self.said: dict[int, dict[str, Any]] = {}

    def add(self, bundle: str) -> int:
        """A good build of it -> its number."""
        query = (
            "INSERT INTO branch_build (bundle_id, state, result, job_id, plan, started_at, ended_at) "
            "SELECT id, 'done', 'ok', gen_random_uuid(), '{\"queue\": \"branches\"}', now(), now() FROM bundle "
            "WHERE name = %s RETURNING number, job_id::text"
        )
        with psycopg.connect(self.wall.database_url) as connection:
            made = wait_for(lambda: connection.execute(query, [bundle]).fetchone(), what="the bundle to be known")
        number, job = made
        self.said[number] = {"build": number, "job": job, "state": "stopped"}
        return int(number)

    def report(self) -> dict[int, str]:
        """-> what is wanted."""
        status, reply, *_ = self.wall.request("POST", PATH, {"agent": "builder", "instances": [*self.said.values()]})
        assert status == 200, reply
        # No agent is there that would say it again before the wall takes it for one that is away.
        with psycopg.connect(self.wall.database_url) as connection:
            connection.execute("UPDATE branch_instance SET lease_until = now() + interval '1 hour'")
        return {each["build"]: each["wanted"] for each in json.loads(reply)["instances"]}

    def obey(self) -> None:
        """All are as they are wanted."""
        for number, wanted in self.report().items():
            self.said[number] |= {"state": wanted, "port": 40000 if wanted == "running" else None}
        self.report()


@pytest.fixture
def instances(shop: Shop) -> KeptInstances:
    return KeptInstances(shop.wall)


@pytest.fixture
def shop(databases: Databases, template: str, tmp_path: Path) -> Iterator[Shop]:
    database_url = databases.create(template)
    wall = Dashboard(database_url=database_url, log_path=tmp_path / "dashboard.log")
    shop = Shop(wall, tmp_path)
    shop.configure()
    try:
        wall.start()
        yield shop
        shop.agent.kill()
        wall.stop()
    finally:
        shop.agent.kill()
        wall.kill()
        databases.drop(database_url)
