"""`livewall job`, as people and scripts use it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.agents import Queue, RunningAgent, wait_there
from support.dashboard import Dashboard
from support.edge import make_tokens
from support.environment import quiet_environment
from support.waiting import wait_for

Livewall = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def start_livewall(shared_dashboard: Dashboard, tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    env = {**quiet_environment(), "LIVEWALL_URL": shared_dashboard.url}
    words = [sys.executable, "-m", "livewall_dashboard", "job"]

    def start(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*words, *arguments], env=env, cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    return start


@pytest.fixture
def livewall(start_livewall: Callable[..., subprocess.Popen[str]]) -> Livewall:
    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        process = start_livewall(*arguments)
        out, err = process.communicate(timeout=60)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    return call


@pytest.fixture
def write_job(tmp_path: Path, agent: RunningAgent, queue: Queue) -> Callable[..., Path]:
    """A file of a job for the agent's queue, which is known by then."""
    wait_for(lambda: queue.agent(agent.name)["state"] == "waiting")

    def write(test_cmds: str, **more: Any) -> Path:
        path = tmp_path / "job.yaml"
        job = {"job_queue": queue.name, "test_data": {"test_cmds": test_cmds}, **more}
        path.write_text(json.dumps(job), encoding="utf-8")
        return path

    return write


def test_submit_and_poll_shows_output_as_it_comes_and_ends_as_the_test(
    livewall: Livewall, write_job: Callable[..., Path], queue: Queue, tmp_path: Path
) -> None:
    done = livewall("submit", str(write_job("echo hello; echo kept > artifacts/kept; exit 4")), "--poll")
    assert (done.returncode, done.stdout) == (4, "hello\n"), done
    job = done.stderr.splitlines()[1].split()[1]
    assert done.stderr.splitlines()[-1] == f"job {job}: complete"

    assert livewall("status", job).stdout == "complete\n"
    assert json.loads(livewall("status", job, "--json").stdout) == {
        "job_id": job, "job_state": "complete", "exit_code": 4,
    }  # fmt: skip
    results = json.loads(livewall("results", job).stdout)
    assert (results["test_status"], results["test_output"]) == (4, "hello\n")
    polled = livewall("poll", job, "--json")
    assert (polled.returncode, json.loads(polled.stdout)["test_output"]) == (4, "hello\n")
    assert livewall("list", "--queue", queue.name).stdout.split()[:2] == [job, "complete"]
    assert json.loads(livewall("list", "--queue", queue.name, "--state", "active", "--json").stdout) == []
    assert livewall("artifacts", job, "-o", "a.tar.gz").stdout == "a.tar.gz\n"
    with tarfile.open(tmp_path / "a.tar.gz") as packed:
        assert "artifacts/kept" in packed.getnames()
    late = livewall("cancel", job)
    assert (late.returncode, "complete" in late.stderr) == (1, True)


def test_submit_brings_files_along(livewall: Livewall, write_job: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_text("#!/bin/sh\ncat attachments/test/conf/board.ini\n", encoding="ascii")
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "board.ini").write_text("board = 7\n", encoding="ascii")
    path = write_job("attachments/test/run.sh")
    job = json.loads(path.read_text(encoding="utf-8"))
    job["test_data"]["attachments"] = [{"local": "board.ini", "agent": "conf/board.ini"}]
    path.write_text(json.dumps(job), encoding="utf-8")
    done = livewall("submit", str(path), "--attach", "run.sh", "--poll")
    assert (done.returncode, done.stdout) == (0, "board = 7\n"), done

    missing = livewall("submit", str(path), "--attach", "nowhere")
    assert (missing.returncode, "nowhere cannot be read" in missing.stderr) == (2, True)


def test_submit_refuses_a_queue_that_nobody_serves_with_the_names_near_it(
    livewall: Livewall, write_job: Callable[..., Path], queue: Queue
) -> None:
    path = write_job("true")
    wrong = queue.name[:-1] + "_"
    done = livewall("submit", str(path), "--queue", wrong)
    assert done.returncode == 2
    assert f"no agent serves a queue {wrong!r}; did you mean {queue.name}" in done.stderr
    kept = livewall("submit", str(path), "--queue", wrong, "--new-queue", "--json")
    job = json.loads(kept.stdout)["job_id"]
    assert livewall("cancel", job).stdout == "cancelled\n"
    polled = livewall("poll", job)
    assert polled.returncode == 125


def test_submit_says_before_and_after_what_the_job_waits_for(
    livewall: Livewall, write_job: Callable[..., Path], shared_dashboard: Dashboard
) -> None:
    free = f"free-{uuid.uuid4().hex[:8]}"
    shared_dashboard.request("POST", f"/v1/agents/data/{free}", {"state": "waiting", "queues": [free]})
    shared_dashboard.request("POST", "/v1/agents/queues", {free: "a rig that is free"})
    job = str(write_job("true", attributes={}))
    said = f"queue {free}: no job comes first, 1 of 1 agent free; it would start at once\n"
    asked = livewall("submit", job, "--queue", free, "--dry-run")
    assert (asked.stdout, asked.stderr) == ("", said)
    done = livewall("submit", job, "--queue", free)
    assert done.stderr == f"{said}job {done.stdout.strip()}: an agent is free\n"

    second = json.loads(livewall("submit", job, "--queue", free, "--json").stdout)
    assert second["expected"] == {
        "queue": free, "position": 1, "agents": 1, "there": 1, "free": 1, "usual": None, "wait": None,
    }  # fmt: skip
    assert (second["position"], second["wait"]) == (1, None)
    (row,) = livewall("queues", free).stdout.splitlines()
    told = [free, "2 waiting", "0 at work", "1 of 1 agent free", "-", "a rig that is free"]
    assert row.split("\t") == told
    (queue,) = json.loads(livewall("queues", free, "--json").stdout)
    assert (queue["name"], queue["waiting"], queue["free"]) == (free, 2, 1)
    mistyped = livewall("queues", f"{free}_")
    assert (mistyped.returncode, f"did you mean {free}" in mistyped.stderr) == (2, True), mistyped
    for each in (done.stdout.strip(), second["job_id"]):
        assert livewall("cancel", each).returncode == 0
    refused = livewall("submit", str(write_job("true", test_data=7)), "--queue", free, "--dry-run", "--json")
    assert (refused.returncode, refused.stdout, refused.stderr.count("test_data")) == (1, "", 1), refused


def test_poll_ends_with_a_cancelled_job_and_leaves_one_alone_that_is_interrupted(
    livewall: Livewall, start_livewall: Callable[..., subprocess.Popen[str]], write_job: Callable[..., Path]
) -> None:
    word = str(10**8 + uuid.uuid4().int % 10**8)
    job = livewall("submit", str(write_job(f"echo begun; sleep {word}"))).stdout.strip()
    wait_there(word)
    left, polling = start_livewall("poll", job), start_livewall("poll", job)
    for process in (left, polling):
        assert process.stdout is not None and process.stdout.readline() == "begun\n"
    left.send_signal(signal.SIGINT)
    _, said = left.communicate(timeout=30)
    assert (left.returncode, f"livewall job poll {job}" in said) == (130, True)
    assert livewall("status", job).stdout == "test\n"
    assert livewall("cancel", job).returncode == 0
    _, said = polling.communicate(timeout=30)
    assert (polling.returncode, said) == (125, f"job {job}: cancelled\n")


def test_poll_with_a_token_that_is_none_ends(make_dashboard: Callable[..., Dashboard], database_url: str) -> None:
    make_tokens(database_url)
    wall = make_dashboard(extra_args=["--require-tokens"]).start()
    env = {**quiet_environment(), "LIVEWALL_URL": wall.url, "LIVEWALL_TOKEN": "lw_" + "0" * 40}
    words = [sys.executable, "-m", "livewall_dashboard", "job", "poll", str(uuid.UUID(int=0))]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "does not take the token" in done.stderr) == (3, True), done


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("status", "nope"), 1, "is no UUID"),
        (("results", str(uuid.UUID(int=0))), 2, "there is no job"),
        (("cancel", str(uuid.UUID(int=0))), 1, "no job"),
        (("submit", "nowhere.yaml"), 2, "nowhere.yaml cannot be read"),
        (("status", str(uuid.UUID(int=0)), "--server", "http://127.0.0.1:9"), 3, "cannot be reached"),
        (("status", str(uuid.UUID(int=0)), "--token-file", "/nowhere"), 2, "cannot be read"),
    ],
)
def test_job_command_says_in_a_line_what_is_wrong(
    livewall: Livewall, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = livewall(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (code, 1), done
    assert said in done.stderr
