"""`livewall up --with-agent N`: agents that end with the wall, however it ends, and their jobs with them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.agents import Queue, marked, wait_gone, wait_there
from support.dashboard import Dashboard
from support.waiting import wait_for

PATIENCE = 180.0
"""Seconds in which a wall takes over its configuration, an agent starts again and does a job, on a busy machine."""


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[Dashboard]:
    running = Dashboard(database_url=None, log_path=tmp_path / "up.log", extra_args=["--with-agent", "2"])
    yield running.start()
    running.kill()


def test_local_agents_end_with_the_wall_and_so_do_their_jobs(wall: Dashboard, tmp_path: Path) -> None:
    word = str(10**8 + uuid.uuid4().int % 10**8)
    agents = str(wall.data.absolute() / "agents" / "local-2")
    queue = Queue(wall, "local")
    runs = tmp_path / "runs"
    stays = f"echo $LIVEWALL_JOB >> {runs}; setsid sh -c 'trap \"\" TERM; exec sleep {word}' & sleep {word}"

    lost = queue.submit(stays, retries=0)
    wait_there(word)
    queue.wait_state(lost, "test")  # what is not known to have begun may begin once more
    assert wall.process is not None
    wall.process.send_signal(signal.SIGKILL)
    wall.process.wait()
    wait_gone(word)
    wait_gone(agents)

    wall.start()
    wait_for(lambda: queue.agent("local-2")["state"] == "waiting")
    assert queue.wait_ended(queue.submit("echo there"))["test_output"] == "there\n"
    assert runs.read_text().split() == [lost], "it ran once"

    (agent,) = marked(agents)
    agent.kill()  # somebody does; another one takes its place
    wait_for(lambda: [other for other in marked(agents) if other.pid != agent.pid])

    queue.submit(stays, retries=0)
    wait_there(word)
    wall.stop()
    assert not marked(word) and not marked(agents)


def projects(*queues: str) -> str:
    """A configuration with a project for each; nobody asks for what it builds."""
    repository = {"name": "app", "url": "https://127.0.0.1:9/app"}
    return json.dumps(
        {
            "setups": [],
            "projects": [
                {
                    "name": f"p{number}",
                    "queue": queue,
                    "repositories": [repository],
                    "steps": [{"name": "build", "command": "true"}],
                }
                for number, queue in enumerate(queues)
            ],
        }
    )


def test_local_agents_serve_the_queues_of_projects_also_of_those_that_come_later(wall: Dashboard) -> None:
    configuration = wall.data / "setups_config.json"
    configuration.write_text(projects("boards"))
    local, boards, racks = (Queue(wall, name) for name in ("local", "boards", "racks"))
    assert boards.wait_ended(boards.submit("echo built"), PATIENCE)["test_output"] == "built\n"

    running = local.submit("echo begun; while ! test -e $GO; do sleep 0.1; done".replace("$GO", str(wall.data / "go")))
    local.wait_state(running, "test", timeout=PATIENCE)
    configuration.write_text(projects("racks", "boards"))
    assert racks.wait_ended(racks.submit("echo there"), PATIENCE)["test_output"] == "there\n", "by the one that is idle"
    (wall.data / "go").touch()
    assert local.wait_ended(running, PATIENCE)["test_output"] == "begun\n", "a job that runs is not disturbed"
    wait_for(
        lambda: all({"local", "boards", "racks"} == set(local.agent(f"local-{n}").get("queues", [])) for n in (1, 2)),
        PATIENCE,
        "both agents to serve all three",
    )


def make_token(wall: Dashboard, scope: str) -> str:
    command = [sys.executable, "-m", "livewall_dashboard", "token", "create", "--data", str(wall.data)]
    done = subprocess.run([*command, "--scope", scope, scope], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_local_agents_have_a_token_where_the_wall_asks_for_them(wall: Dashboard) -> None:
    """Their jobs have tokens of their own: nobody need be given one to bring results."""
    keys = [{"Authorization": f"Bearer {make_token(wall, scope)}"} for scope in ("read", "submit")]
    wall.extra_args.append("--require-tokens")
    wall.restart()
    job = {"job_queue": "local", "test_data": {"test_cmds": "true"}}
    status, body, _ = wall.request("POST", "/v1/job", job, headers=keys[1])
    assert status == 200, body
    path = f"/v1/result/{json.loads(body)['job_id']}"
    wait_for(lambda: b'"complete"' in wall.request("GET", path, headers=keys[0])[1])
    token = wall.data / "agents" / "token"
    assert token.stat().st_mode & 0o777 == 0o600
    kept = token.read_text()
    wall.restart()
    wait_for(lambda: b'"waiting"' in wall.request("GET", "/v1/agents/data/local-1", headers=keys[0])[1])
    assert token.read_text() == kept, "one token does for all starts"
