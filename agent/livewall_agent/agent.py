"""The agent: says what it is, claims jobs, runs each to its end, and takes up what an earlier process left behind."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from livewall_agent import isolation
from livewall_agent.assignment import Assignment, Connect, Keep, keep_nothing
from livewall_agent.delivery import Patience
from livewall_agent.errors import BadJob, Misconfigured, Refused, Unavailable
from livewall_agent.job_folder import JobFolder, left_behind
from livewall_agent.jobwire import OFFLINE, RECOVERY_FAILED, WAITING, Job
from livewall_agent.keeper import Keeper
from livewall_agent.redelivery import Redelivery
from livewall_agent.settings import Settings

LOOK_EACH = 10.0
"""Seconds between two looks whether an agent that is offline may go on."""
REST = 2.0
"""Seconds after a server has said at once that there is no job."""
TELL_EACH = 60.0
REDELIVER_EACH = 60.0
"""Seconds between two tries to deliver what robots in jobs could not."""
LAST_WORDS_WITHIN = 10.0
"""Seconds for what is to be said when the agent was told to end."""
_QUICK = 1.0

log = logging.getLogger(__name__)


class _ToldToEnd(BaseException):
    """Out of a question that the server holds."""


class Agent:
    """One process of it a name. `run` returns when `end` or `end_after_job` was called, from a signal's handler."""

    def __init__(self, settings: Settings, connect: Connect) -> None:
        self._settings = settings
        self._connect = connect
        self._server = connect(settings.name)
        self._jobs = settings.state / "jobs"
        self._ending = Event()
        self._give_up_at = float("inf")
        self._asking = False
        self._assignment: Assignment | None = None
        self._keep: Keep = keep_nothing
        self._patience = Patience()
        self._told_at = self._redelivered_at = 0.0

    def run(self) -> None:
        """Raises Misconfigured."""
        house = isolation.choose(self._settings.isolation, self._settings.user)
        log.info("Jobs run in a %s: %s", house.name, house.weakness or "nothing of one survives its end")
        with only_one(self._settings.state):
            self._make_spool()
            self._register()
            keeper = Keeper(self._settings, self._connect, house)
            keeper.start()
            try:
                self._work(house, keeper.keep)
            finally:
                keeper.end()
            self._say_good_bye()

    def _work(self, house: isolation.Isolation, keep: Keep) -> None:
        """Until it is told to end. `keep`: takes what is to be left running."""
        self._keep = keep
        for folder in left_behind(self._jobs):
            self._take_up(folder, house)
        self._until_reached(self._say_waiting)
        while not self._ending.is_set():
            self._turn(house)

    def end(self) -> None:
        """Now: a job that runs is ended, with its cleanup, and given back."""
        self._ending.set()
        self._give_up_at = time.monotonic() + LAST_WORDS_WITHIN
        if self._assignment:
            self._assignment.give_back()
        if self._asking:
            raise _ToldToEnd

    def end_after_job(self) -> None:
        """A job that runs is run to its end."""
        self._ending.set()
        if self._asking:
            raise _ToldToEnd

    def _make_spool(self) -> None:
        """Where robots in jobs keep what they could not deliver; theirs alone."""
        spool = self._settings.state / "spool"
        spool.mkdir(exist_ok=True, mode=0o700)
        if self._settings.user:
            shutil.chown(spool, self._settings.user)

    # ------------------------------------------------------------------ what it is

    def _register(self) -> None:
        """What it is, but not that it waits: that would say that a job of an earlier process is lost."""
        self._until_reached(self._introduce, first=True)

    def _introduce(self) -> None:
        chosen = self._settings
        self._server.post("/v1/agents/queues", chosen.queues)
        if chosen.images:
            self._server.post("/v1/agents/images", chosen.images)
        self._tell(
            queues=list(chosen.queues),
            location=chosen.location,
            provision_type=chosen.provision_type,
            identifier=chosen.identifier,
        )

        beside = (
            {"setup": chosen.setup} if chosen.setup != chosen.name else {}
        )  # so that the wall shows it on that tile
        try:
            self._tell(attributes={**beside, **chosen.labels})
        except Refused as error:  # they are none of Testflinger's words
            if chosen.labels:
                log.warning("The server takes no labels: %s", error)

    def _tell(self, **data: object) -> None:
        self._server.tell(self._settings.name, data)
        self._told_at = time.monotonic()

    def _say_waiting(self) -> None:
        """In this order: an agent that waits with a job in its record has lost it."""
        self._tell(state=WAITING, comment="")
        self._tell(job_id="")

    def _until_reached(self, call: Callable[[], None], *, first: bool = False) -> None:
        while not self._ending.is_set():
            try:
                call()
            except Unavailable as error:
                if first and error.is_about_token:
                    raise Misconfigured(f"{error}. Make one: livewall token create --scope agent NAME") from None
                self._ending.wait(self._patience.after(error))
            else:
                self._patience.well()
                return

    def _say_good_bye(self) -> None:
        with suppress(Unavailable, Refused):
            self._tell(state=OFFLINE, comment="the agent was ended")

    # ------------------------------------------------------------------ jobs

    def _turn(self, house: isolation.Isolation) -> None:
        if time.monotonic() > self._redelivered_at + REDELIVER_EACH:
            self._redelivered_at = time.monotonic()
            self._redeliver(house)
        if reason := self._lack_of_room():
            self._rest_offline(reason, lambda: not self._lack_of_room())
            return
        try:
            if time.monotonic() > self._told_at + TELL_EACH:
                self._introduce()  # a server may have forgotten, as after a restore
            begun = time.monotonic()
            job = self._claim()
            self._patience.well()
        except Unavailable as error:
            self._ending.wait(self._patience.after(error))
            return
        except (BadJob, Refused) as error:
            log.error("A job cannot be taken: %s", error)
            self._ending.wait(REST)
            return
        if job is not None:
            self._run(job, house)
        elif time.monotonic() < begun + _QUICK:
            self._ending.wait(REST)

    def _redeliver(self, house: isolation.Isolation) -> None:
        """What robots left in jobs that were lost, or while the wall was away again."""

        def token_of(job_id: str) -> str:
            return self._server.token_of_job(job_id, self._settings.setup)

        try:
            Redelivery(self._settings, house, os.environ, token_of).deliver_all()
        except Unavailable as error:
            log.warning("What robots in jobs had kept is not delivered: %s", error)

    def _claim(self) -> Job | None:
        """The question is let go of when the agent is told to end; an answer that is there is taken."""
        if self._ending.is_set():
            return None
        try:
            self._asking = True
            answer = self._server.claim(list(self._settings.queues))
            self._asking = False
            return self._server.claimed(answer)
        except _ToldToEnd:
            return None
        finally:
            self._asking = False

    def _run(self, job: Job, house: isolation.Isolation) -> None:
        folder = JobFolder(self._jobs, job.id)
        log.info("Job %s of queue %s", job.id, job.queue)
        try:
            folder.create(job, self._settings.user)
        except FileExistsError:
            log.error("Job %s was here before: it is given back, not run again", job.id)
            self._until_reached(self._say_waiting)
            return
        except OSError as error:
            log.error("Job %s is given back: %s", job.id, error)
            folder.remove()
            self._until_reached(self._say_waiting)
            self._ending.wait(REST)
            return
        self._carry_out(Assignment(self._settings, self._connect, house, folder, job, self._keep), begin=True)

    def _take_up(self, folder: JobFolder, house: isolation.Isolation) -> None:
        """A job of an earlier process: what it did not deliver is delivered; one that had not ended is lost."""
        try:
            job = folder.job()
        except (OSError, BadJob):
            folder.remove()
            return
        log.info("Job %s was left by an earlier process", job.id)
        self._carry_out(Assignment(self._settings, self._connect, house, folder, job, self._keep), begin=False)

    def _carry_out(self, assignment: Assignment, *, begin: bool) -> None:
        self._assignment = assignment
        try:
            if begin:
                assignment.run()
            else:
                assignment.take_up()
            delivered = assignment.deliver(self._is_over)
        finally:
            self._assignment = None
        if not delivered:
            return
        log.info("Job %s: %s", assignment.job.id, assignment.report.state)
        if not assignment.could_begin:  # the next one could not either, and all of a queue's jobs would be lost here
            self._rest_offline("a job's first process could not be started: the agent's log says why")
        elif assignment.report.statuses.get("provision") == RECOVERY_FAILED:
            self._rest_offline(f"the rig could not be recovered (exit code {RECOVERY_FAILED})")

    def _is_over(self, seconds: float) -> bool:
        """Waits. Who is told to end tries for a little while longer; the rest is for the next process."""
        if not self._ending.wait(seconds):
            return False
        time.sleep(min(seconds, _QUICK))
        return time.monotonic() > self._give_up_at

    # ------------------------------------------------------------------ offline

    def _lack_of_room(self) -> str:
        """What to say of it, "" where there is room."""
        needed = self._settings.limits.free
        self._jobs.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self._jobs).free
        if not needed or free >= needed:
            return ""
        return f"{free / 1e6:.0f} MB are free in {self._jobs}, {needed / 1e6:.0f} MB are needed"

    def _rest_offline(self, reason: str, is_well: Callable[[], bool] = lambda: False) -> None:
        """Until it is mended, or somebody says `waiting` for us."""
        log.error("Offline: %s", reason)
        self._until_reached(lambda: self._tell(state=OFFLINE, comment=reason))
        while not self._ending.wait(LOOK_EACH):
            with suppress(Unavailable, Refused):
                if is_well() or self._server.record(self._settings.name).get("state") != OFFLINE:
                    self._say_waiting()
                    return


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Two of one name would both take up the same jobs. Raises Misconfigured."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        state.chmod(0o711)
        descriptor = os.open(state / "agent.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Misconfigured(
            f"{state}, where jobs are kept, cannot be used: {error.strerror}; name another `state`"
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Misconfigured(f"an agent of this name runs already, in {state}; give this one another --name") from None
    finally:
        os.close(descriptor)
