"""A job of several devices: it submits jobs that lend it their rigs, and they end with it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.agents import Queue, RunningAgent
from support.dashboard import Dashboard
from support.waiting import wait_for

CONTROLLER = """
import json, os, sys, time, urllib.request

wall = os.environ["LIVEWALL_URL"]

def ask(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(wall + path, data, {{"Content-Type": "application/json"}})
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)

device = {{
    "job_queue": {queue!r}, "parent_job_id": os.environ["LIVEWALL_JOB"], "allocate_data": {{"allocate": True}},
    "provision_data": {{"provision_cmds": 'echo "{{\\\\"device_ip\\\\": \\\\"10.0.0.7\\\\"}}" > device-info.json'}},
    "cleanup_data": {{"cleanup_cmds": "echo given back"}},
}}
job = ask("/v1/job", device)["job_id"]
print("device", job, flush=True)
while (found := ask("/v1/result/" + job))["job_state"] != "allocated":
    time.sleep(0.1)
print("at", found["device_info"]["device_ip"], flush=True)
while not os.path.exists({gate!r}):
    time.sleep(0.1)
"""


def device_of(queue: Queue, job: str) -> str:
    """The job that lends its rig to this one."""
    queue.wait_output(job, "at 10.0.0.7")
    return str(queue.result(job)["test_output"].split()[1])


@pytest.fixture
def run_controller(
    make_agent: Callable[..., RunningAgent], shared_dashboard: Dashboard, tmp_path: Path
) -> Callable[[], tuple[Queue, str, RunningAgent]]:
    """Has an agent run it, and another one beside a device -> the first one's queue, the job, and the second one."""

    def run() -> tuple[Queue, str, RunningAgent]:
        controller, device = (make_agent(shared_dashboard).start() for _ in range(2))
        script = tmp_path / "controller.py"
        script.write_text(CONTROLLER.format(queue=device.queue, gate=str(tmp_path / "gate")), encoding="utf-8")
        queue = Queue(shared_dashboard, controller.queue)
        return queue, queue.submit(f"{sys.executable} {script}"), device

    return run


def test_the_rig_is_lent_until_the_job_has_ended(
    run_controller: Callable[[], tuple[Queue, str, RunningAgent]], shared_dashboard: Dashboard, tmp_path: Path
) -> None:
    queue, job, agent = run_controller()
    device = device_of(queue, job)
    told = shared_dashboard.get(f"/api/v1/jobs/{device}")
    assert (told["state"], told["definition"]["parent_job_id"]) == ("allocated", job)
    assert [phase["ended_at"] for phase in told["phases"] if phase["phase"] == "allocate"] == [None], "it goes on"
    (tmp_path / "gate").touch()
    assert queue.wait_ended(job)["test_status"] == 0
    result = queue.wait_ended(device)
    assert (result["job_state"], result["allocate_status"], result["cleanup_output"]) == ("complete", 0, "given back\n")
    wait_for(lambda: queue.agent(agent.name)["state"] == "waiting", what="the device to be free")


def test_the_rig_is_given_back_when_the_job_is_cancelled(
    run_controller: Callable[[], tuple[Queue, str, RunningAgent]], shared_dashboard: Dashboard
) -> None:
    queue, job, _ = run_controller()
    device = device_of(queue, job)
    queue.cancel(job)
    assert queue.wait_ended(device)["job_state"] == "complete"
