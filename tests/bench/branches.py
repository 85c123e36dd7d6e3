"""Branches: what it costs an agent to keep a hundred instances."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg

from livewall_agent.instance_folder import Order
from support.agents import RunningAgent
from support.dashboard import Dashboard
from support.waiting import wait_for

from .measurement import Check, Measurement, number
from .stage import Stage

INSTANCES, SECONDS = 100, 30.0
COMMAND = "exec python3 -m http.server --bind 127.0.0.1 $PORT"
PROJECT = {
    "name": "shop",
    "repositories": [{"name": "server", "url": "/nowhere.git"}],
    "steps": [{"name": "build", "command": "true"}],
    "run": {"command": COMMAND, "number": INSTANCES, "timeout": 600},
}
_BUILDS = """
WITH made AS (INSERT INTO bundle (project, name, pushed_at) VALUES ('shop', 'login', now()) RETURNING id)
INSERT INTO branch_build (bundle_id, state, result, plan, job_id, ended_at)
SELECT id, 'done', 'ok', '{"queue": "local", "run": {}}', gen_random_uuid(), now() FROM made, generate_series(1, %s)
RETURNING number, job_id::text
"""


def measure_instances(stage: Stage) -> Measurement:
    folder = stage.directory / f"instances-{uuid4().hex[:8]}"
    folder.mkdir()
    config = folder / "setups_config.json"
    config.write_text(json.dumps({"setups": [], "projects": [PROJECT]}), encoding="utf-8")
    with stage.dashboard("--config", str(config)) as dashboard:
        agent = RunningAgent(dashboard.url, folder, queue="local", name="keeper")
        _make(dashboard, agent.state / "instances")
        begun = time.perf_counter()
        agent.start()
        try:
            wait_for(lambda: _running(dashboard) == INSTANCES, 600, f"{INSTANCES} instances to run")
            until_all = time.perf_counter() - begun
            memory, above, share = _cost(agent)
        finally:
            agent.stop()
    return Measurement(
        name="instances",
        title="What builds left running",
        how=f"An agent takes up {INSTANCES} instances, each `{COMMAND}`, starts them and keeps them for {SECONDS:g} s. "
        "Counted is what the agent uses, and the processes above those of instances, one each; not the instances' own. "
        "Memory is what nobody shares. The agent tells the wall of all of them every three seconds.",
        checks=[
            Check("keeper", 100 * share),
            Check("kept-memory", (memory + above) / INSTANCES / 1e6),
        ],
        table=[
            ["what", "measured"],
            [f"from the agent's start until all {INSTANCES} answer", f"{number(until_all)} s"],
            ["processor while they are kept", f"{number(100 * share)} % of a core"],
            ["memory of the agent", f"{number(memory / 1e6)} MB"],
            ["memory of the process above an instance", f"{number(above / INSTANCES / 1e6)} MB"],
        ],
        raw={"until_all": until_all, "share": share, "memory": memory, "above": above},
    )


def _make(dashboard: Dashboard, instances: Path) -> None:
    """Builds that have ended well, and what an agent that was ended has of them."""
    with psycopg.connect(dashboard.database_url) as connection:
        builds = connection.execute(_BUILDS, [INSTANCES]).fetchall()
    for build, job in builds:
        for name in ("work", "tmp", "log", "commands"):
            (instances / f"{build}-{job[:8]}" / name).mkdir(parents=True)
        order = asdict(Order(build, job, COMMAND, timeout=600))
        (instances / f"{build}-{job[:8]}" / "instance.json").write_text(json.dumps(order), encoding="utf-8")


def _running(dashboard: Dashboard) -> int:
    with psycopg.connect(dashboard.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM branch_instance WHERE state = 'running'").fetchone()
    return int(row[0]) if row else 0


def _cost(agent: RunningAgent) -> tuple[int, int, float]:
    """Bytes of the agent, and of the processes above instances; and the share of a core that all of them take."""
    assert agent.process
    own = psutil.Process(agent.process.pid)
    others = [each for each in own.children(recursive=True) if _is_ours(each)]
    before, begun = _processor([own, *others]), time.perf_counter()
    time.sleep(SECONDS)
    share = (_processor([own, *others]) - before) / (time.perf_counter() - begun)
    return own.memory_full_info().uss, sum(each.memory_full_info().uss for each in others), share


def _is_ours(process: psutil.Process) -> bool:
    words = process.cmdline()
    return "livewall_agent.instance_process" in words


def _processor(processes: list[psutil.Process]) -> float:
    """Seconds they have taken."""
    return sum(sum(each.cpu_times()[:2]) for each in processes)
