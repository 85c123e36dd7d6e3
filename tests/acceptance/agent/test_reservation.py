"""A rig that is reserved: held as long as wished, and longer when somebody asks for that."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from threading import Thread

from livewall_agent import isolation, settings
from livewall_agent.job_folder import JobFolder
from livewall_agent.job_runner import JobRunner, Outcome
from livewall_agent.jobwire import Job
from support.waiting import wait_for


class Told:
    """What the runner tells."""

    def __init__(self) -> None:
        self.text = ""

    def begin(self, phase: str, *, skipped: bool) -> None:
        """Of no interest."""

    def output(self, phase: str, text: str) -> None:
        self.text += text

    def lend(self) -> None:
        """Of no interest."""

    def end(self, phase: str, status: int) -> None:
        """Of no interest."""


def test_reservation_is_held_for_longer_and_given_up(tmp_path: Path) -> None:
    chosen = settings.read(None, {"server": "http://127.0.0.1:9", "queues": ("q",)}, {})
    job = Job.read({"job_id": str(uuid.uuid4()), "reserve_data": {"timeout": 3}})
    folder, told = JobFolder(tmp_path, job.id), Told()
    folder.create(job)
    runner = JobRunner(chosen, isolation.choose("session", ""), job, folder.path)
    outcomes: list[Outcome] = []
    running = Thread(target=lambda: outcomes.append(runner.run(dict(os.environ), told)))
    running.start()
    wait_for(lambda: "held for 3 s" in told.text)
    runner.extend(600)
    wait_for(lambda: "held for 600 s more" in told.text)
    running.join(3.2)
    assert running.is_alive(), "it would have ended by now"
    runner.stop("the job was cancelled")
    running.join(30)
    assert outcomes[0].statuses == {"reserve": 247}
