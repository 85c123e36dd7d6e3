"""A wall of the test's own that watches two real git repositories, and an agent that builds their branches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.agents import RunningAgent
from support.dashboard import Dashboard
from support.git_repository import GitRepository
from support.postgres import Databases

QUEUE = "branches"
JUNIT = '<testsuite name="unit" tests="1"><testcase classname="a" name="b" time="0.5"/></testsuite>'


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
        self.write(self.client, "README", "hello\n")
        self.server.switch("login", new=True)
        self.write(self.server, "check", "echo 'x.c:7:1: error: no <b>zorch</b>'; exit 3\n")

    def write(self, repository: GitRepository, name: str, text: str) -> str:
        """As a commit -> its hash."""
        (repository.folder / name).write_text(text, encoding="utf-8")
        repository.git("add", name)
        return repository.commit(f"Write <b>{name}</b>")

    def configure(self) -> None:
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
            "steps": [
                {"name": "build", "command": "cp server/junit.xml artifacts/"},
                {"name": "test", "command": "sh server/check"},
            ],
        }
        config = self.wall.data / "setups_config.json"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(json.dumps({"setups": [], "projects": [project]}), encoding="utf-8")


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
