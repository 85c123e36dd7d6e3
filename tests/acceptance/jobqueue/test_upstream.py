"""Testflinger's own CLI and agent, unmodified, do all that they do. Skipped where they are not installed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.agents import Queue, RunningAgent
from support.dashboard import Dashboard
from support.environment import quiet_environment
from support.ports import free_port
from support.testflinger import TestflingerAgent, TestflingerCli, needs_agent, needs_cli
from support.waiting import wait_for

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def cli(shared_dashboard: Dashboard, tmp_path: Path) -> TestflingerCli:
    return TestflingerCli(shared_dashboard.url, tmp_path / "home")


@pytest.fixture
def their_agent(shared_dashboard: Dashboard, tmp_path: Path) -> Iterator[TestflingerAgent]:
    mark = uuid.uuid4().hex[:8]
    agent = TestflingerAgent(shared_dashboard.url, tmp_path, f"theirs-{mark}", f"queue-{mark}", free_port())
    agent.start()
    yield agent
    agent.kill()


@pytest.fixture
def our_agent(shared_dashboard: Dashboard, tmp_path: Path) -> Iterator[RunningAgent]:
    agent = RunningAgent(shared_dashboard.url, tmp_path).start()
    yield agent
    agent.kill()


@pytest.fixture(params=["ours", pytest.param("theirs", marks=needs_agent)])
def agent(request: pytest.FixtureRequest) -> RunningAgent | TestflingerAgent:
    """Who runs the jobs."""
    found: Any = request.getfixturevalue("our_agent" if request.param == "ours" else "their_agent")
    return found


def job(agent: RunningAgent | TestflingerAgent, commands: str, **more: object) -> dict[str, Any]:
    return {"job_queue": agent.queue, "test_data": {"test_cmds": commands}, **more}


def wait_known(dashboard: Dashboard, agent: RunningAgent | TestflingerAgent) -> None:
    """The CLI submits to no queue that nobody serves."""
    wait_for(lambda: dashboard.get(f"/v1/queues/{agent.queue}/agents")[0]["state"] == "waiting")


@needs_cli
def test_cli_submits_follows_and_fetches(
    cli: TestflingerCli, agent: RunningAgent | TestflingerAgent, shared_dashboard: Dashboard, tmp_path: Path
) -> None:
    wait_known(shared_dashboard, agent)
    commands = "echo line 1; mkdir -p artifacts; echo kept > artifacts/x.txt; exit 3"
    said = cli.submit(job(agent, commands, tags=["nightly"], option="foo"), "--poll")
    job_id = re.search(r"job_id: (\S+)", said)[1]  # type: ignore[index]
    assert "line 1" in said
    assert cli("status", job_id).strip() == "complete"
    results = json.loads(cli("results", job_id))
    assert (results["test_status"], results["job_state"]) == (3, "complete")
    assert "line 1\n" in results["test_output"]
    shown = json.loads(cli("show", job_id))
    assert (shown["option"], shown["tags"]) == ("foo", ["nightly"])
    cli("artifacts", "--filename", str(tmp_path / "a.tgz"), job_id)
    with tarfile.open(tmp_path / "a.tgz") as packed:
        assert "artifacts/x.txt" in packed.getnames()
    cli("poll", "--oneshot", job_id)  # those of 2025 read output once
    assert "list-agents" not in cli("--help") or agent.name in cli("list-agents")  # those of 2025 have no such command
    assert cli("agent-status", agent.name).strip() == "waiting"
    assert "Jobs completed" in cli("queue-status", agent.queue)
    assert agent.queue in cli("list-queues")
    assert job_id in cli("jobs")


@needs_cli
def test_cli_sends_attachments(
    cli: TestflingerCli, agent: RunningAgent | TestflingerAgent, shared_dashboard: Dashboard, tmp_path: Path
) -> None:
    wait_known(shared_dashboard, agent)
    (tmp_path / "notes.txt").write_text("brought along", encoding="utf-8")
    told = job(agent, "cat $(find . -name notes.txt)")
    told["test_data"]["attachments"] = [{"local": str(tmp_path / "notes.txt"), "agent": "notes.txt"}]
    job_id = cli.submit(told, "--quiet")
    result = Queue(shared_dashboard, agent.queue).wait_ended(job_id, timeout=120)
    assert (result["test_status"], "brought along" in result["test_output"]) == (0, True)


@needs_cli
def test_cli_cancels_a_job_that_runs(
    cli: TestflingerCli, agent: RunningAgent | TestflingerAgent, shared_dashboard: Dashboard
) -> None:
    wait_known(shared_dashboard, agent)
    queue = Queue(shared_dashboard, agent.queue)
    job_id = cli.submit(job(agent, "echo begun; sleep 600"), "--quiet")
    wait_for(lambda: "begun" in queue.result(job_id).get("test_output", ""), 60)
    cli("cancel", job_id)
    assert cli("status", job_id).strip() == "cancelled"
    again = cli.run("cancel", job_id)
    assert again.returncode == 1 and "already complete" in again.stdout + again.stderr
    wait_known(shared_dashboard, agent)
    assert cli("status", job_id).strip() == "cancelled", "whatever the agent says late"


@needs_cli
def test_cli_refuses_a_queue_that_nobody_serves(cli: TestflingerCli) -> None:
    told = {"job_queue": f"nobody-{uuid.uuid4().hex}", "test_data": {"test_cmds": "true"}}
    path = Path(cli._home) / "job.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    done = cli.run("submit", str(path))
    assert done.returncode != 0 and "Traceback" not in done.stderr


@needs_agent
def test_their_agent_that_was_killed_has_its_job_run_again(
    their_agent: TestflingerAgent, shared_dashboard: Dashboard, tmp_path: Path
) -> None:
    wait_known(shared_dashboard, their_agent)
    queue = Queue(shared_dashboard, their_agent.queue)
    runs = tmp_path / "runs"
    first = queue.submit(f"echo x >> {runs}; [ $(wc -l < {runs}) = 2 ] || sleep 600; echo twice")
    wait_for(runs.exists, 60)
    their_agent.kill()
    their_agent.start()
    again = wait_for(lambda: shared_dashboard.get(f"/v1/job/{first}").get("retried_as"), 60)
    result = queue.wait_ended(again, timeout=120)
    assert (result["job_state"], result["test_status"]) == ("complete", 0)
    assert queue.result(first)["job_state"] == "cancelled"
    assert runs.read_text() == "x\nx\n"


@needs_agent
def test_our_command_follows_a_job_of_their_agent(
    their_agent: TestflingerAgent, shared_dashboard: Dashboard, tmp_path: Path
) -> None:
    wait_known(shared_dashboard, their_agent)
    path = tmp_path / "job.json"
    path.write_text(json.dumps(job(their_agent, "echo hello; exit 5")), encoding="utf-8")
    command = [sys.executable, "-m", "livewall_dashboard", "job", "submit", "--poll", str(path)]
    env = {**quiet_environment(), "LIVEWALL_URL": shared_dashboard.url}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, "hello\n" in done.stdout) == (5, True), done
