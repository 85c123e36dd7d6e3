"""Many agents and jobs, and whatever is killed: each job ends once, none runs twice at a time, no output is lost."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from support.agents import Queue, RunningAgent
from support.dashboard import Dashboard
from support.waiting import wait_for

SCRIPT = """
exec 9>{folder}/lock-{n}; flock -n 9 || echo "twice {n}" >> {folder}/log
echo "begin {n}" >> {folder}/log
for i in $(seq 40); do echo "{n} line $i"; sleep 0.0$((RANDOM % 9)); done
echo "end {n}" >> {folder}/log
"""


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("agents", "jobs"), [(8, 200)])
def test_chaos_each_job_ends_once_and_none_runs_twice_at_a_time(
    agents: int,
    jobs: int,
    make_agent: Callable[..., RunningAgent],
    make_dashboard: Callable[..., Dashboard],
    tmp_path: Path,
) -> None:
    dice = random.Random(11)
    dashboard = make_dashboard().start()
    queue = Queue(dashboard, "chaos")
    running = [make_agent(dashboard, name=f"a{number}", queue="chaos").start() for number in range(agents)]
    submitted = [queue.submit(SCRIPT.format(folder=tmp_path, n=number), retries=10) for number in range(jobs)]

    def newest(job_id: str) -> str:
        """The last one that a lost job was run again as."""
        while again := dashboard.get(f"/v1/job/{job_id}").get("retried_as"):
            job_id = str(again)
        return job_id

    def has_ended(job_id: str) -> bool:
        return queue.result(newest(job_id)).get("job_state") == "complete"

    until = time.monotonic() + 90
    while time.monotonic() < until:
        time.sleep(dice.uniform(0.1, 0.8))  # the mischief itself, not a wait for something
        if dice.random() < 0.1:
            dashboard.kill()
            time.sleep(dice.uniform(0.0, 3.0))
            dashboard.start()
        else:
            victim = dice.choice(running)
            victim.kill()
            victim.start()
    wait_for(lambda: all(map(has_ended, submitted)), 300, "all jobs to end", pause=2.0)

    told = Counter((tmp_path / "log").read_text(encoding="utf-8").splitlines())
    assert [line for line in told if line.startswith("twice")] == []
    assert {number: told[f"end {number}"] for number in range(jobs) if told[f"end {number}"] < 1} == {}
    for number, job_id in enumerate(submitted):
        said = queue.result(newest(job_id))["test_output"]
        assert said == "".join(f"{number} line {line}\n" for line in range(1, 41)), job_id
    lost = sum(newest(job_id) != job_id for job_id in submitted)
    assert lost > 0, "nothing happened to any of them"
    for agent in running:
        agent.stop()
    wait_for(lambda: not any(agent.jobs for agent in running))
