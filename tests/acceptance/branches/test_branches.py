"""Branches from push to result: real git repositories, a real wall, a real agent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shlex import quote as quote_word
from typing import Any
from urllib.parse import quote

import pytest

from support.agents import RunningAgent, marked
from support.dashboard import Dashboard
from support.environment import quiet_environment
from support.git_repository import GitRepository
from support.postgres import Databases
from support.waiting import wait_for

PATIENCE = 120.0
ROBOT = "*** Test Cases ***\nGreets\n    Log    %{BUNDLE}\n"
JUNIT = '<testsuite name="unit" tests="1"><testcase classname="a" name="b" time="0.5"/></testsuite>'
QUEUE = "branches"
HOSTILE = "$(touch${IFS}hacked)'\";"
LONG = str(900_000 + os.getpid())
"""Seconds; no other test on this machine waits for as long."""


class Lab:
    """A project of two repositories on a wall of its own, whose agent comes and goes."""

    def __init__(self, folder: Path, dashboard: Dashboard, agent: RunningAgent) -> None:
        self.folder = folder
        self.dashboard = dashboard
        self.agent = agent
        self.server, self.client = (GitRepository(folder / name) for name in ("server", "client"))
        self.write(self.server, "Makefile", "all:\n\t@echo 'a.c:3:5: warning: unused variable [-Wunused-variable]'\n")
        self.write(self.server, "greet.robot", ROBOT)
        self.write(self.client, "check", "echo 'PASS: one'\n")
        self.write(self.client, "index.html", '<b class="pc_cov">87%</b>')

    def write(self, repository: GitRepository, name: str, text: str) -> str:
        """As a commit -> its hash."""
        (repository.folder / name).write_text(text, encoding="utf-8")
        repository.git("add", name)
        return repository.commit(f"Write {name}")

    def branch(self, branch: str, name: str, text: str) -> None:
        """Of the server, with a commit of its own from the first moment: the wall may look in any."""
        self.server.git("switch", "--quiet", "--detach")
        self.write(self.server, name, text)
        self.server.switch(branch, new=True)

    def configure(self, **more: Any) -> None:
        test = (
            "mkdir artifacts/htmlcov; cp client/index.html artifacts/htmlcov; "
            "sh client/check; cp server/junit.xml artifacts/ 2> /dev/null || true; "
            f"{quote_word(sys.executable)} -m robot --listener livewall_listener.Listener "
            "--output NONE --log NONE --report NONE server"
        )
        project = {
            "name": "shop",
            "repositories": [
                {"name": "server", "url": str(self.server.folder), "main": "main"},
                {"name": "client", "url": str(self.client.folder)},
            ],
            "sticky": ["main"],
            "gather": 0.2,
            "fetch_every": 1,
            "queue": QUEUE,
            "steps": [
                {"name": "build", "command": 'make -C server\ntest -n "$PORT"'},
                {"name": "test", "command": test, "timeout": 60},
            ],
            **more,
        }
        config = self.dashboard.data / "setups_config.json"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(json.dumps({"setups": [], "projects": [project]}), encoding="utf-8")

    def builds(self, bundle: str) -> list[dict[str, Any]]:
        """The newest first."""
        found: list[dict[str, Any]] = self.dashboard.get(f"/api/v1/branch-builds?project=shop&bundle={quote(bundle)}")[
            "builds"
        ]
        return found

    def wait(self, bundle: str, count: int, result: str | None = None, state: str = "done") -> dict[str, Any]:
        """Until the bundle has so many builds, and the newest is in that state."""

        def look() -> dict[str, Any] | None:
            found = self.builds(bundle)
            return found[0] if len(found) >= count and found[0]["state"] == state else None

        build = wait_for(look, PATIENCE, f"build {count} of {bundle} to be {state}")
        assert result is None or build["result"] == result, (build, self.log(build))
        return build

    def log(self, build: dict[str, Any]) -> str:
        return "".join(self.text(step["log"]) for step in build["steps"] if step["log"])

    def text(self, path: str) -> str:
        return self.dashboard.request("GET", path)[1].decode()

    def post(self, path: str, body: Any = None) -> Any:
        status, answer, _ = self.dashboard.request("POST", path, body)
        assert status < 300, answer
        return json.loads(answer)


@pytest.fixture
def lab(databases: Databases, template: str, tmp_path: Path) -> Iterator[Lab]:
    database_url = databases.create(template)
    dashboard = Dashboard(database_url=database_url, log_path=tmp_path / "dashboard.log")
    agent = RunningAgent(dashboard.url, tmp_path, queue=QUEUE, name="builder")
    try:
        yield Lab(tmp_path, dashboard, agent)
    finally:
        agent.kill()
        dashboard.stop()
        databases.drop(database_url)


@pytest.mark.timeout(900)
def test_from_push_to_result_through_kills_of_wall_and_agent(lab: Lab) -> None:
    lab.configure()
    lab.dashboard.start()
    lab.agent.start()
    _main_is_built_with_runs_of_all_kinds(lab)
    _a_branch_with_a_missing_member_fails_and_says_why(lab)
    _a_build_that_runs_is_killed_by_hand_and_never_green(lab)
    _a_wall_that_is_killed_forgets_nothing(lab)
    _an_agent_that_is_killed_loses_nothing(lab)
    assert "Traceback" not in lab.dashboard.log


def _main_is_built_with_runs_of_all_kinds(lab: Lab) -> None:
    lab.write(lab.server, "junit.xml", JUNIT)
    build = wait_for(
        lambda: next((each for each in lab.builds("main") if each["state"] == "done" and len(each["runs"]) == 3), None),
        PATIENCE,
        "main with its JUnit file",
    )
    assert build["result"] == "warnings", lab.log(build)
    assert [(step["name"], step["status"], step["warnings"]) for step in build["steps"]] == [
        ("build", "ok", 1),
        ("test", "ok", 0),
    ]
    assert [(each["commit"], each["match"]) for each in build["commits"]] == [
        (lab.server.head(), "head"),
        (lab.client.head(), "head"),
    ]
    assert "PASS: one" in lab.text(build["steps"][1]["log"])
    ((html,),) = [step["html"] for step in build["steps"] if step["html"]]
    assert (html["name"], html["coverage"], build["steps"][1]["html"]) == ("htmlcov", 87.0, [html])
    assert "87%" in lab.text(html["url"]), "there it leads"
    runs = {run: lab.dashboard.get(f"/api/v1/runs/{run}") for run in build["runs"]}
    assert {run["setup"] for run in runs.values()} == {"shop/main"}
    assert (runs[build["run"]]["counts"]["passed"], runs[build["run"]]["status"]) == (2, "PASS"), (
        "automake's, and build"
    )
    assert {run["labels"]["build"] for run in runs.values()} == {str(build["number"])}
    (job,) = lab.dashboard.get("/shop.json")["jobs"][:1]
    assert (job["job_id"], job["test_base_result"], job["test_all_result"]) == (build["number"], True, True)


def _a_branch_with_a_missing_member_fails_and_says_why(lab: Lab) -> None:
    lab.branch("fix", "Makefile", "all:\n\t@echo 'a.c:3: error: no semicolon'; exit 3\n")
    build = lab.wait("fix", 1, "failed")
    assert build["reason"] == "build failed with exit code 2"
    assert [step["status"] for step in build["steps"]] == ["failed", "skipped"]
    error = build["steps"][0]["first_error"]
    assert (error["file"], error["line"], error["text"]) == ("a.c", 3, "no semicolon")
    assert [each["match"] for each in build["commits"]] == ["head", "base_match"]
    assert lab.dashboard.get(f"/api/v1/runs/{build['run']}")["status"] == "FAIL"
    # Whatever it is called, it is a name.
    lab.server.git("branch", HOSTILE)
    other = lab.wait(HOSTILE, 1, "failed")
    assert other["same_as"] == build["number"]


def _a_build_that_runs_is_killed_by_hand_and_never_green(lab: Lab) -> None:
    lab.branch("slow", "Makefile", f"all:\n\t@trap '' TERM; setsid sleep {LONG} & sleep {LONG}\n")
    build = lab.wait("slow", 1, state="building")
    assert lab.post(f"/api/v1/branch-builds/{build['number']}/kill")["result"] == "killed"
    wait_for(lambda: lab.dashboard.get(f"/api/v1/jobs/{build['job']}")["state"] == "cancelled", PATIENCE)
    wait_for(lambda: not marked(LONG), PATIENCE, "the end of what the build has started")
    assert lab.wait("slow", 1)["result"] == "killed"


def _a_wall_that_is_killed_forgets_nothing(lab: Lab) -> None:
    """It is gone while a build runs, and something is pushed meanwhile."""
    gate = lab.folder / "gate"
    lab.branch("gated", "Makefile", f"all:\n\twhile [ ! -e {gate} ]; do sleep 0.1; done\n")
    build = lab.wait("gated", 1, state="building")
    lab.dashboard.kill()
    gate.touch()
    lab.branch("meanwhile", "README", "more")
    lab.dashboard.start()
    assert lab.wait("gated", 1, "ok")["number"] == build["number"]
    assert lab.wait("meanwhile", 1, "ok")["number"] > build["number"]
    assert len(lab.builds("gated")) == len(lab.builds("meanwhile")) == 1


def _an_agent_that_is_killed_loses_nothing(lab: Lab) -> None:
    """The queue runs the job again, and the build is the same one."""
    gate = lab.folder / "second-gate"
    lab.branch("lost", "Makefile", f"all:\n\twhile [ ! -e {gate} ]; do sleep 0.1; done\n")
    build = lab.wait("lost", 1, state="building")
    lab.agent.kill()
    gate.touch()
    lab.agent.start()
    ended = lab.wait("lost", 1, "ok")
    assert ended["number"] == build["number"]
    assert ended["job"] != build["job"]
    order = [sys.executable, "-m", "livewall_dashboard", "branches", "build", "shop", "lost"]
    done = subprocess.run(
        [*order, "--server", lab.dashboard.url], env=quiet_environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    again = lab.wait("lost", 2, "ok")
    assert again["rebuild_of"] == ended["number"]
    assert f"built as {again['number']}:" in done.stdout
