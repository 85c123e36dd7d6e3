"""Testflinger's own document: each of its curl commands, as it stands there, against a wall."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.dashboard import Dashboard
from support.waiting import wait_for

DOCUMENT = Path(__file__).with_name("testflinger.rst")
THERE = "localhost:8000"
JOB = "00000000-0000-0000-0000-000000000000"


@dataclass
class Reply:
    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def commands() -> dict[str, str]:
    """By the heading of what they show: `[POST] /v1/job`."""
    found: dict[str, str] = {}
    heading = ""
    for part in re.split(r"\n(?=\*\*\[|\s+\$ curl )", DOCUMENT.read_text(encoding="utf-8")):
        if match := re.match(r"\*\*(\[\w+\] \S+)\*\*", part):
            heading = match[1]
        elif part.lstrip().startswith("$ curl "):
            lines = part.strip().split("\n\n", maxsplit=1)[0]
            found[heading] = lines.removeprefix("$ ")
    return found


COMMANDS = commands()


class Shell:
    """Runs the document's commands in `folder`, for the wall instead of for port 8000."""

    def __init__(self, wall: Dashboard, folder: Path) -> None:
        self._wall = wall
        self._folder = folder

    def run(self, heading: str, **changes: str) -> Reply:
        """`changes`: what to write in place of a text of the command, by any name."""
        command = COMMANDS[heading].replace(THERE, f"localhost:{self._wall.port}")
        for change in changes.values():
            was, _, becomes = change.partition(" -> ")
            assert was in command
            command = command.replace(was, becomes)
        return self.shell(command)

    def shell(self, command: str) -> Reply:
        told = f"{command} --silent --write-out '\\n%{{http_code}}'"
        done = subprocess.run(["sh", "-c", told], cwd=self._folder, capture_output=True, timeout=60, check=False)
        body, _, status = done.stdout.rpartition(b"\n")
        return Reply(int(status[-3:] or 0), body)


@pytest.fixture
def shell(dashboard: Dashboard, tmp_path: Path) -> Shell:
    folder = tmp_path / "shell"
    folder.mkdir()
    return Shell(dashboard, folder)


def test_each_command_is_there() -> None:
    assert len(COMMANDS) == 11
    assert all(shlex.split(command)[0] == "curl" for command in COMMANDS.values())


def test_the_document_is_true(shell: Shell, tmp_path: Path) -> None:
    """In one wall, as starting one takes longest."""
    submitted = shell.run("[POST] /v1/job")
    assert (submitted.status, list(submitted.json)) == (200, ["job_id"])

    assert (shell.run("[GET] /v1/job").status, shell.run("[GET] /v1/job").body) == (204, b"")
    assert shell.run("[GET] /v1/job", no_queue="?queue=foo\\&queue=bar -> ").status == 400
    job = shell.run("[GET] /v1/job", queue="queue=bar -> queue=myqueue")
    assert job.status == 200
    assert (
        job.json["option"] == "foo"
        and job.json["job_queue"] == "myqueue"
        and job.json["job_id"] == submitted.json["job_id"]
    )
    assert shell.run("[GET] /v1/job", queue="queue=bar -> queue=myqueue").status == 204

    assert shell.run("[GET] /v1/result/<job_id>").status == 204
    assert shell.run("[POST] /v1/result/<job_id>").status == 200
    result = shell.run("[GET] /v1/result/<job_id>")
    assert (result.status, result.json) == (200, {"exit_code": 0, "output": "foo"})

    sent = b"\0 no archive, but a file\r\n" * 10_000
    (tmp_path / "shell" / "README.rst").write_bytes(sent)
    assert shell.run("[GET] /v1/result/<job_id>/artifact").status in (0, 204)
    assert shell.run("[POST] /v1/result/<job_id>/artifact").status == 200
    shell.run("[GET] /v1/result/<job_id>/artifact")
    assert (tmp_path / "shell" / "artifact").read_bytes() == sent, "-O names it by the address"

    assert shell.run("[POST] /v1/agents/queues").status == 200
    queues = shell.run("[GET] /v1/agents/queues")
    assert (queues.status, queues.json) == (200, {"myqueue": "queue 1", "myqueue2": "queue 2"})
    assert shell.run("[POST] /v1/agents/images").status == 200
    images = shell.run("[GET] /v1/agents/images/<queue>")
    assert (images.status, images.json) == (200, {"image1": "url: http://place/imgae1"})

    action = "[POST] /v1/job/<job_id>/action"
    assert shell.run(action).status == 404
    assert JOB in shell.run(action).json["message"]
    mine = f"{JOB} -> {submitted.json['job_id']}"
    assert [shell.run(action, job=mine).status for _ in range(2)] == [200, 400]


def test_a_job_is_not_lost_to_an_agent_that_was_killed_while_it_waited(dashboard: Dashboard) -> None:
    """Its question is held by the wall; whoever asks next gets the job at once."""

    def ask(agent: str) -> subprocess.Popen[bytes]:
        url = f"{dashboard.url}/v1/job?queue=q"
        return subprocess.Popen(["curl", "-s", "-b", f"agent_name={agent}", url], stdout=subprocess.PIPE)

    def held() -> bool:
        _, metrics, _ = dashboard.request("GET", "/metrics")
        return b"livewall_waiting_agents 1.0" in metrics

    with ask("killed") as killed:
        wait_for(held, what="its question to be held")
        killed.kill()
    status, body, _ = dashboard.request("POST", "/v1/job", {"job_queue": "q"})
    assert status == 200
    with ask("other") as other:
        job, _ = other.communicate(timeout=30)
    assert json.loads(job)["job_id"] == json.loads(body)["job_id"]
