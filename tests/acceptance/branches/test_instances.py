"""What builds leave running: a real wall, real agents, real processes on real ports."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import Any

import psutil
import pytest

from livewall_agent.jobwire import KILLED
from support.agents import RunningAgent, marked, wait_gone, wait_there
from support.dashboard import Dashboard
from support.git_repository import GitRepository
from support.postgres import Databases
from support.waiting import wait_for

PATIENCE = 120.0
QUEUE = "instances"
SERVE = 'exec python3 -m http.server --directory server "$PORT"'
LONG = str(700_000 + os.getpid())
"""Seconds; no other test on this machine waits for as long."""


class Lab:
    """A project of one repository, whose file `run.sh` says what a build of a branch leaves running."""

    def __init__(self, folder: Path, dashboard: Dashboard) -> None:
        self.folder = folder
        self.dashboard = dashboard
        self.agent = RunningAgent(dashboard.url, folder, queue=QUEUE, name="keeper")
        self.server = GitRepository(folder / "server")
        self.push("main", SERVE)
        self.configure()

    def configure(self, *, number: int = 16, timeout: float = 60.0) -> None:
        run = {
            "command": ". server/run.sh",
            "number": number,
            "timeout": timeout,
            "cleanup": f'echo "$BUNDLE" >> {quote(str(self.folder / "cleaned"))}',
        }
        project = {
            "name": "shop",
            "repositories": [{"name": "server", "url": str(self.server.folder), "main": "main"}],
            "sticky": ["main"],
            "gather": 0.1,
            "fetch_every": 1,
            "queue": QUEUE,
            "steps": [{"name": "build", "command": "true"}],
            "run": run,
        }
        config = self.dashboard.data / "setups_config.json"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(json.dumps({"setups": [], "projects": [project]}), encoding="utf-8")

    def push(self, branch: str, command: str) -> None:
        """A branch has its commit from the first moment: the wall may look in any."""
        if branch != "main":
            self.server.git("checkout", "-q", "--detach", "main")
        (self.server.folder / "run.sh").write_text(f"{command}\n", encoding="utf-8")
        self.server.git("add", "run.sh")
        self.server.commit(f"Run {branch}")
        if branch != "main":
            self.server.git("branch", branch)
            self.server.git("checkout", "-q", "main")

    def instances(self) -> dict[str, dict[str, Any]]:
        """By bundle, the newest one."""
        found = self.dashboard.get("/api/v1/instances?project=shop")["instances"]
        return {each["bundle"]: each for each in reversed(found)}

    def wait(self, bundle: str, state: str, **also: Any) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found = self.instances().get(bundle)
            is_so = found and found["state"] == state and all(found[name] == value for name, value in also.items())
            return found if is_so else None

        try:
            return wait_for(look, PATIENCE, f"{bundle} to be {state}")
        except BaseException:
            print(self.instances(), self.agent.log[-8000:])
            raise

    def wait_gone(self, bundle: str) -> None:
        wait_for(lambda: bundle not in self.instances(), PATIENCE, f"{bundle} to be gone")

    def wake(self, instance: dict[str, Any]) -> None:
        status, answer, _ = self.dashboard.request("POST", f"/api/v1/branch-builds/{instance['build']}/wake")
        assert status == 200, answer


@pytest.fixture
def lab(databases: Databases, template: str, tmp_path: Path) -> Iterator[Lab]:
    database_url = databases.create(template)
    dashboard = Dashboard(database_url=database_url, log_path=tmp_path / "dashboard.log")
    lab = Lab(tmp_path, dashboard)
    dashboard.start()
    lab.agent.start()
    try:
        yield lab
    finally:
        lab.agent.kill()
        dashboard.stop()
        databases.drop(database_url)


def answer_of(instance: dict[str, Any], path: str = "run.sh") -> str:
    with urllib.request.urlopen(f"{instance['url']}{path}", timeout=30) as answer:
        return str(answer.read().decode())


def servers(instance: dict[str, Any]) -> list[psutil.Process]:
    found = []
    for each in marked(str(instance["port"])):
        with suppress(psutil.Error):  # it has ended meanwhile
            if "http.server" in each.cmdline():
                found.append(each)
    return found


@pytest.mark.timeout(900)
def test_instances_live_and_go(lab: Lab) -> None:
    main = lab.wait("main", "running")
    assert answer_of(main) == f"{SERVE}\n"
    assert main["url"] == f"http://127.0.0.1:{main['port']}/"
    environment = servers(main)[0].environ()
    assert (environment["BUNDLE"], environment["BUILD_NUMBER"]) == ("main", str(main["build"]))
    assert not [name for name in environment if name.startswith("LIVEWALL_")]

    # It is killed, and started again, on another port perhaps.
    servers(main)[0].kill()
    again = lab.wait("main", "running", restarts=1)
    assert again["exit_code"] == KILLED
    assert answer_of(again)

    # Its agent is killed: nothing is left; when it is there again, so is the instance.
    lab.agent.kill()
    wait_for(lambda: not servers(again), PATIENCE, "the end of what the agent kept")
    lab.agent.start()
    back = lab.wait("main", "running", restarts=0)
    assert answer_of(back)

    # Its agent is told to end: that is said at once, and nothing is left.
    lab.agent.stop()
    assert not servers(back)
    assert lab.wait("main", "stopped")["away"] is False
    lab.agent.start()
    lab.wait("main", "running")

    # One that goes on as a daemon and hears no SIGTERM; its branch is deleted.
    daemon = f"(trap '' TERM; setsid sleep {LONG} & while :; do sleep 1; done) &\n{SERVE}"
    lab.push("daemon", daemon)
    lab.wait("daemon", "running")
    wait_there(LONG)
    lab.server.git("branch", "-q", "-D", "daemon")
    lab.wait_gone("daemon")
    wait_gone(LONG)
    wait_for(lambda: (lab.folder / "cleaned").read_text(encoding="utf-8") == "daemon\n", PATIENCE, "its cleanup")
    left = lab.agent.state / "instances"
    wait_for(lambda: len(list(left.iterdir())) == 1, PATIENCE, "the end of its folder")
    assert next(left.iterdir()).name.startswith(f"{main['build']}-")


@pytest.mark.timeout(900)
def test_instances_that_fail_and_sleep(lab: Lab) -> None:
    lab.wait("main", "running")
    lab.configure(timeout=10)
    answers_500 = (
        "from http.server import *\nimport os\n\nclass Bad(BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n        self.send_error(500)\n\n"
        "HTTPServer(('', int(os.environ['PORT'])), Bad).serve_forever()"
    )
    lab.push("broken", f"echo begun\nexec python3 -c {quote(answers_500)}")
    wait_for(lambda: "broken" in lab.instances(), PATIENCE, "the first of them to be built")
    lab.configure()  # one that is well may take its time
    lab.push("taken", f"[ -e ../second ] || {{ touch ../second; echo 'port taken'; exit 98; }}\n{SERVE}")
    lab.push("dying", "echo 'no database'; exit 3")
    broken = lab.wait("broken", "failed")
    assert "GET / answers 500" in broken["message"]
    assert broken["port"] is None
    status, text, _ = lab.dashboard.request("GET", broken["log"])
    assert (status, text.splitlines()[0]) == (200, b"begun")
    taken = lab.wait("taken", "running")
    assert (taken["restarts"], taken["exit_code"]) == (1, 98)
    dying = lab.wait("dying", "failed")
    assert "no database" in dying["message"]
    assert dying["exit_code"] == 3

    # Fewer may run: the least used sleeps, until it is woken.
    lab.configure(number=1)
    asleep = lab.wait("taken", "stopped", wanted="stopped")
    assert not servers(taken)
    lab.configure(number=2)
    woken = lab.wait("taken", "running")
    lab.push("other", SERVE)
    lab.wait("other", "running")
    asleep = lab.wait("taken", "stopped")
    lab.wake(asleep)
    lab.wait("taken", "running")
    lab.wait("other", "stopped")
    lab.wait("main", "running")
    assert woken["build"] == asleep["build"]
    os.kill(lab.agent.process.pid, signal.SIGTERM)  # type: ignore[union-attr]
    wait_for(lambda: lab.instances()["main"]["state"] == "stopped", PATIENCE, "what the agent kept to be stopped")
