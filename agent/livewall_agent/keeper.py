"""Keeps instances beside the jobs: says what they are, and does with them what the wall wants."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from livewall_agent.assignment import Connect
from livewall_agent.delivery import Patience
from livewall_agent.errors import BadJob, Refused, Unavailable
from livewall_agent.instance import GRACE, Instance
from livewall_agent.instance_folder import adopt, left_behind, order_of
from livewall_agent.instancewire import BUSY_EACH, GONE, MOST_LOG, PATH, REPORT_EACH
from livewall_agent.isolation import Isolation
from livewall_agent.job_folder import JobFolder, Report
from livewall_agent.jobwire import COMPLETE, Job
from livewall_agent.rotating_log import read_end, signature
from livewall_agent.settings import Settings

AGAIN_AFTER = 60.0
"""Seconds after a server has said that it knows of no instances."""
AWAITED = 60.0
"""Seconds for which the wall is asked often about a new one: its build's result is on its way."""
LOG_EACH = 10.0
"""Seconds between two times that the wall is told what one has written, while nothing else changes."""
MOST_LOGS = 50
SHORTEST = 0.2

log = logging.getLogger(__name__)


class Keeper(Thread):
    """`keep` may come from any thread; `end` returns when nothing of any instance runs."""

    def __init__(self, settings: Settings, connect: Connect, house: Isolation) -> None:
        super().__init__(name="livewall-keeper", daemon=True)
        self._settings = settings
        self._server = connect(settings.name)
        self._house = house
        self._folder = settings.state / "instances"
        self._news, self._ending = Event(), Event()
        self._lock = Lock()
        self._instances: dict[Path, Instance] = {}
        self._logs = _Logs()
        self._patience = Patience()
        self._awaited_until = 0.0
        self._has_more_to_say = self._folder.is_dir()
        for folder in left_behind(self._folder):
            self._add(Instance(settings, house, folder, self._news.set))

    def keep(self, job_folder: JobFolder, job: Job, report: Report) -> None:
        """What a job has left, where it is to be left running. May be done twice."""
        is_good = report.state == COMPLETE and report.statuses.get("test") == 0
        try:
            order = order_of(job) if is_good and "test" in self._settings.job_commands else None
            if order is None:
                return
            folder = adopt(self._folder, job_folder, order, self._settings.user)
            if folder.path not in self._instances:
                self._add(Instance(self._settings, self._house, folder, self._news.set))
        except (OSError, BadJob) as error:
            log.error("What job %s left cannot be kept running: %s", job.id, error)
            return
        self._awaited_until = time.monotonic() + AWAITED
        self._news.set()

    def run(self) -> None:
        while not self._ending.is_set():
            try:
                pause = self._turn()
            except Exception:
                log.exception("Instances: it is tried again")
                pause = AGAIN_AFTER
            self._ending.wait(SHORTEST)
            self._news.wait(pause)
            self._news.clear()

    def end(self) -> None:
        """Stops all at once, each in its own time."""
        self._ending.set()
        self._news.set()
        for instance in self._all():
            instance.end()
        give_up = time.monotonic() + GRACE + 2
        for instance in self._all():
            instance.join(max(0.0, give_up - time.monotonic()))
        if self.is_alive():
            self.join(GRACE)
        if not self.is_alive():
            if self._instances:
                self._turn()
            self._server.close()

    def _add(self, instance: Instance) -> None:
        with self._lock:
            self._instances[instance.folder.path] = instance
        self._has_more_to_say = True

    def _all(self) -> list[Instance]:
        with self._lock:
            return list(self._instances.values())

    def _turn(self) -> float:
        """-> seconds until the next one."""
        self._drop_gone()
        kept = self._all()
        if not kept and not self._has_more_to_say:
            return REPORT_EACH
        try:
            told = self._server.ask(PATH, self._report(kept)) or {}
        except Unavailable as error:
            return self._patience.after(error)
        except Refused as error:
            log.error("The server is told nothing of instances: %s", error)
            return AGAIN_AFTER
        self._patience.well()
        self._logs.note_told()
        self._has_more_to_say = bool(kept)
        self._obey(kept, told.get("instances", ()))
        is_busy = time.monotonic() < self._awaited_until or not all(each.is_settled for each in kept)
        return BUSY_EACH if is_busy else REPORT_EACH

    def _drop_gone(self) -> None:
        with self._lock:
            self._instances = {path: each for path, each in self._instances.items() if not each.is_gone}

    def _report(self, kept: list[Instance]) -> dict[str, Any]:
        said = [_said(each) for each in kept]
        self._logs.add_to(said, kept)
        return {"agent": self._settings.name, "host": self._settings.host, "instances": said}

    def _obey(self, kept: list[Instance], answers: list[dict[str, Any]]) -> None:
        wanted = {(each.get("build"), each.get("job")): each for each in answers}
        for instance in kept:
            told = wanted.get((instance.order.number, instance.order.job))
            if told and not self._ending.is_set():
                instance.want(told["wanted"], told.get("wakes", 0))
                if told["wanted"] == GONE:
                    self._has_more_to_say = True


def clear(settings: Settings, house: Isolation) -> list[int]:
    """All instances go, each with its cleanup. -> of which builds they were."""
    instances = [
        Instance(settings, house, folder, lambda: None) for folder in left_behind(settings.state / "instances")
    ]
    for instance in instances:
        instance.want(GONE)
    for instance in instances:
        instance.join()
    return [instance.order.number for instance in instances]


class _Logs:
    """What instances have written, as far as the wall has not been told."""

    def __init__(self) -> None:
        self._told: dict[Path, tuple[Any, ...]] = {}
        self._offered: dict[Path, tuple[Any, ...]] = {}
        self._at: dict[Path, float] = {}

    def add_to(self, said: list[dict[str, Any]], kept: list[Instance]) -> None:
        """Each now and then, and whenever its state has changed."""
        self._offered = {}
        for about, instance in zip(said, kept, strict=True):
            path = instance.folder.log
            seen = (signature(path), instance.state, instance.restarts)
            told = self._told.get(path, ((0.0, 0),))
            is_due = told[1:] != seen[1:] or time.monotonic() >= self._at.get(path, 0.0) + LOG_EACH
            if told[0] != seen[0] and is_due and len(self._offered) < MOST_LOGS:
                about["log"] = read_end(path, MOST_LOG)
                self._offered[path] = seen

    def note_told(self) -> None:
        self._told |= self._offered
        self._at |= dict.fromkeys(self._offered, time.monotonic())


def _said(instance: Instance) -> dict[str, Any]:
    unhealthy_since = instance.unhealthy_since
    return {
        "build": instance.order.number,
        "job": instance.order.job,
        "state": instance.state,
        "port": instance.port,
        "restarts": instance.restarts,
        "exit_code": instance.exit_code,
        "message": instance.message,
        "tried": instance.tried,
        "unhealthy_for": None if unhealthy_since is None else max(0.0, time.monotonic() - unhealthy_since),
    }
