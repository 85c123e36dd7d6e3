"""Jobs of a real wall's queue, run by real agents: each ends once, whatever happens on the way."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import tarfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from support.agents import Queue, RunningAgent, marked, wait_gone, wait_there
from support.dashboard import Dashboard
from support.edge import make_tokens
from support.environment import quiet_environment
from support.waiting import wait_for

SUITE = """*** Test Cases ***
Passes
    Log    hello
Fails
    Fail    Board 7 gave no answer
"""


@pytest.fixture
def word() -> str:
    """A number of seconds that nobody else sleeps."""
    return str(10**8 + uuid.uuid4().int % 10**8)


def test_job_is_run_and_told_phase_by_phase(agent: RunningAgent, queue: Queue, shared_dashboard: Dashboard) -> None:
    wait_for(lambda: queue.agent(agent.name)["state"] == "waiting")
    commands = [
        r"printf 'nul \0 esc \033[31m bad \377\n'",
        "printf 'boot: \\xe2\\x82' >> serial.log; sleep 0.5; printf '\\xac up\\n' >> serial.log",
        "echo kept > artifacts/log.txt; echo '{\"ip\": 7}' > device-info.json; exit 5",
    ]
    job = queue.submit(commands, setup_data={"setup_cmds": "echo set up"}, option="foo")
    result = queue.wait_ended(job)
    assert result["job_state"] == "complete"
    assert (result["setup_status"], result["test_status"]) == (0, 5)
    assert "provision_status" not in result, "what was not run has no status"
    assert result["setup_output"] == "set up\n"
    assert result["test_output"] == "nul \0 esc \x1b[31m bad \ufffd\n"
    assert result["device_info"] == {"ip": 7}
    assert result["test_serial"] == "boot: \u20ac up\n"
    status, archive, _ = shared_dashboard.request("GET", f"/v1/result/{job}/artifact")
    assert status == 200
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        kept = packed.extractfile("artifacts/log.txt")
        assert kept and kept.read() == b"kept\n"
    wait_for(lambda: queue.agent(agent.name)["state"] == "waiting")
    assert not queue.agent(agent.name).get("job_id")
    wait_for(lambda: not agent.jobs)
    agent.stop()
    assert queue.agent(agent.name)["state"] == "offline"


def test_job_output_is_there_while_it_runs_and_cancel_ends_it_at_once(queue: Queue, word: str) -> None:
    job = queue.submit(f"trap '' TERM; echo line one; sleep {word}", cleanup_data={"cleanup_cmds": "echo cleaned"})
    queue.wait_output(job, "line one")
    queue.cancel(job)
    told = time.monotonic()
    wait_gone(word)
    took = time.monotonic() - told
    wait_for(lambda: queue.result(job).get("cleanup_output") == "cleaned\n")
    assert queue.result(job)["job_state"] == "cancelled"
    wait_for(lambda: "cancelled; the test phase is ended" in queue.result(job)["test_output"])
    after = queue.submit("echo next")
    assert queue.wait_ended(after)["test_output"] == "next\n"
    assert took < 20, "two seconds where nothing else runs"


def test_job_robot_inside_it_is_a_run_of_it(
    make_agent: Callable[..., RunningAgent], shared_dashboard: Dashboard, tmp_path: Path
) -> None:
    suite = tmp_path / "board.robot"
    suite.write_text(SUITE, encoding="utf-8")
    setup = f"rig-{uuid.uuid4().hex[:8]}"
    agent = make_agent(shared_dashboard, config=f'setup = "{setup}"\n[labels]\narch = "arm64"\n').start()
    queue = Queue(shared_dashboard, agent.queue)
    job = queue.submit(
        f"robot --listener livewall_listener.Listener --outputdir artifacts {suite}",
        labels={"version": "2.1"}, commit="1f3a" * 10, branch="main", repository="https://git.lab/fw",
    )  # fmt: skip
    assert queue.wait_ended(job)["test_status"] == 1
    (run,) = wait_for(lambda: shared_dashboard.get(f"/api/v1/runs?setup={setup}")["runs"])
    assert (run["counts"]["total"], run["counts"]["failed"]) == (2, 1)
    labels = run["labels"]
    assert (labels["arch"], labels["version"], labels["agent"]) == ("arm64", "2.1", agent.name)
    assert (run["commit"], run["branch"]) == ("1f3a" * 10, "main")


def test_job_of_a_killed_agent_is_gone_and_the_agent_goes_on(
    agent: RunningAgent, queue: Queue, word: str, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    job = queue.submit(f"echo $LIVEWALL_JOB >> {runs}; echo before; setsid sleep {word} & sleep {word}", retries=0)
    wait_there(word)
    queue.wait_output(job, "before")
    agent.kill()
    agent.start()
    wait_gone(word)
    queue.wait_output(job, "the agent was killed, and the job with it")
    after = queue.submit("echo next")
    assert queue.wait_ended(after)["test_output"] == "next\n"
    assert runs.read_text().split() == [job], "it ran once"


def test_job_that_had_ended_when_the_agent_was_killed_is_complete(
    make_agent: Callable[..., RunningAgent],
    make_dashboard: Callable[..., Dashboard],
    database_url: str,
    tmp_path: Path,
) -> None:
    """The server was away when it ended: all it said comes when both are there again, an hour or a day later.

    On a wall that asks for tokens: its robot has one of the job's, and knows none of its agent's.
    """
    tokens = make_tokens(database_url, ("ingest", "read", "admin", "agent"))
    dashboard = make_dashboard(extra_args=["--require-tokens"]).start()
    config = '[environment]\nLIVEWALL_TIMEOUT = "1"\n'
    agent = make_agent(dashboard, config=config, LIVEWALL_TOKEN=tokens["agent"]).start()
    queue = Queue(dashboard, agent.queue, tokens["admin"])
    gate, suite = tmp_path / "gate", tmp_path / "board.robot"
    suite.write_text(SUITE, encoding="utf-8")
    robot = f"robot --listener livewall_listener.Listener --console none --outputdir artifacts {suite}"
    job = queue.submit(
        f"env > {tmp_path}/env; echo before; until [ -e {gate} ]; do sleep 0.05; done; "
        f"seq 100000; {robot}; touch {gate}.done"
    )
    queue.wait_output(job, "before")
    dashboard.kill()
    gate.touch()
    wait_for(gate.with_suffix(".done").exists)
    wait_for(lambda: json.loads((agent.jobs[0] / "report.json").read_text())["state"] == "complete")
    agent.kill()
    dashboard.start()
    agent.start()
    result = queue.wait_ended(job)
    assert (result["job_state"], result["test_status"]) == ("complete", 0)
    said = "before\n" + "".join(f"{number}\n" for number in range(1, 100001))
    assert result["test_output"].startswith(said)
    assert queue.request("GET", f"/v1/result/{job}/artifact")[0] == 200
    wait_for(lambda: not agent.jobs)
    (run,) = wait_for(lambda: queue.get("/api/v1/runs")["runs"], what="the run that robot could not deliver")
    wait_for(lambda: queue.get(f"/api/v1/runs/{run['id']}")["verification"] == "verified")
    assert queue.get(f"/api/v1/runs/{run['id']}")["job"]["id"] == job
    assert queue.get(f"/api/v1/jobs/{job}")["runs"] == [run["id"]]
    assert "LIVEWALL_TOKEN=lw_" in (tmp_path / "env").read_text()
    assert tokens["agent"] not in (tmp_path / "env").read_text()


def test_agent_told_to_end_gives_its_job_back_and_told_to_end_after_it_does_not(
    agent: RunningAgent, queue: Queue, word: str
) -> None:
    given_back = queue.submit(f"sleep {word}", retries=0, cleanup_data={"cleanup_cmds": "echo cleaned"})
    wait_there(word)
    agent.stop()
    assert not marked(word)
    assert queue.result(given_back)["cleanup_output"] == "cleaned\n"
    assert not agent.jobs
    agent.start()
    finished = queue.submit("echo begun; sleep 1; echo done")
    queue.wait_output(finished, "begun")
    agent.stop(signal.SIGUSR1)
    assert queue.result(finished)["job_state"] == "complete"


def test_agent_of_the_same_name_is_refused_on_the_same_folder(
    make_agent: Callable[..., RunningAgent], agent: RunningAgent, queue: Queue, shared_dashboard: Dashboard
) -> None:
    wait_for(lambda: queue.agent(agent.name))
    second = make_agent(shared_dashboard, name=agent.name).start()
    assert second.process is not None and second.process.wait(30) == 2
    assert "an agent of this name runs already" in second.log


def test_agent_whose_disk_is_full_takes_no_job_and_says_so(
    make_agent: Callable[..., RunningAgent], shared_dashboard: Dashboard
) -> None:
    agent = make_agent(shared_dashboard, config="[limits]\nfree = '1000TB'\n").start()
    queue = Queue(shared_dashboard, agent.queue)
    job = queue.submit("echo never")
    wait_for(lambda: queue.agent(agent.name)["state"] == "offline")
    assert "are needed" in queue.agent(agent.name)["comment"]
    assert queue.result(job)["job_state"] == "waiting"
    agent.stop()


def test_agent_needs_a_token_where_the_wall_asks_for_them(
    make_agent: Callable[..., RunningAgent], make_dashboard: Callable[..., Dashboard], database_url: str
) -> None:
    tokens = make_tokens(database_url, ("ingest", "read", "agent"))
    dashboard = make_dashboard(extra_args=["--require-tokens"]).start()
    agent = make_agent(dashboard, LIVEWALL_TOKEN=tokens["ingest"]).start()
    assert agent.process is not None and agent.process.wait(30) == 2
    assert "livewall token create --scope agent" in agent.log
    allowed = make_agent(dashboard, LIVEWALL_TOKEN=tokens["agent"]).start()
    key = {"Authorization": f"Bearer {tokens['read']}"}
    path = f"/v1/agents/data/{allowed.name}"
    wait_for(lambda: b'"waiting"' in dashboard.request("GET", path, headers=key)[1])
    allowed.stop()
    assert tokens["agent"] not in allowed.log


def test_job_of_a_killed_agent_is_run_again_and_who_follows_it_sees_that(
    agent: RunningAgent, queue: Queue, shared_dashboard: Dashboard, word: str, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    first = queue.submit(f"echo $LIVEWALL_JOB >> {runs}; [ $(wc -l < {runs}) = 2 ] || sleep {word}; exit 3")
    command = [sys.executable, "-m", "livewall_dashboard", "job", "poll", first, "--server", shared_dashboard.url]
    with subprocess.Popen(command, env=quiet_environment(), text=True, stderr=subprocess.PIPE) as polling:
        wait_there(word)
        agent.kill()
        agent.start()
        _, said = polling.communicate(timeout=60)
    again = runs.read_text().split()[1]
    assert runs.read_text().split() == [first, again] and again != first
    assert f"job {first}: its agent was lost; it is run again as {again}" in said
    assert polling.returncode == 3


def test_agent_that_cannot_start_jobs_takes_no_more(
    make_agent: Callable[..., RunningAgent], shared_dashboard: Dashboard, tmp_path: Path
) -> None:
    """As where its Python was replaced under it: all jobs of its queue would be lost, one after the other."""
    broken = tmp_path / "broken" / "livewall_agent"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise SystemExit(9)", encoding="ascii")
    told = f'pass_environment = ["PYTHONPATH"]\n[environment]\nPYTHONPATH = "{broken.parent}"\n'
    agent = make_agent(shared_dashboard, config=told).start()
    queue = Queue(shared_dashboard, agent.queue)
    queue.submit("true")
    wait_for(lambda: "could not be started" in queue.agent(agent.name).get("comment", ""))
    assert queue.agent(agent.name)["state"] == "offline"
