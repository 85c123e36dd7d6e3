"""One job with everything that belongs to it: run here, told to the server as it goes, and brought to its end there."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

from livewall_agent import archives, environment
from livewall_agent.delivery import Delivery, Patience
from livewall_agent.errors import BadJob, Refused, Unavailable
from livewall_agent.isolation import Isolation, environment_of
from livewall_agent.job_folder import JobFolder, Report
from livewall_agent.job_runner import JobRunner
from livewall_agent.jobwire import ALLOCATED, CANCELLED, CLEANUP, COMPLETE, ENDED, WAITING, Job
from livewall_agent.output_spool import OutputSpool
from livewall_agent.redelivery import Redelivery
from livewall_agent.serial_log import SerialLog
from livewall_agent.server import Server
from livewall_agent.settings import Settings

WATCH_EACH = 1.0
"""Seconds between two questions whether the job is still wanted."""
CONSOLE_EACH = 0.2
LOST = "lost"
GIVEN_BACK = "the agent was told to end, and gives the job back"
_NO_ATTACHMENTS = 1

Connect = Callable[[str], Server]
"""Opens a connection to the server for an agent of this name."""
Keep = Callable[[JobFolder, Job, Report], None]
"""Takes of a job that is over what is to be left running."""


def keep_nothing(folder: JobFolder, job: Job, report: Report) -> None: ...


log = logging.getLogger(__name__)


class Assignment:
    """`run` or `take_up`, then `deliver`. `give_back` may come from a signal's handler."""

    def __init__(
        self, settings: Settings, connect: Connect, house: Isolation, folder: JobFolder, job: Job, keep: Keep
    ) -> None:
        self.job = job
        self.report = folder.report()
        self._settings = settings
        self._connect = connect
        self._keep = keep
        self._folder = folder
        self._server = connect(settings.name)
        spools = {kind: OutputSpool(path, settings.limits.output) for kind, path in folder.spools.items()}
        self._spool = spools["output"]
        self._console = SerialLog(folder.work, spools["serial"], lambda: self.report.phase or "setup")
        self._delivery = Delivery(self._server, job.id, spools)
        self._runner = JobRunner(settings, house, job, folder.path)
        self._redelivery = Redelivery(
            settings, house, os.environ, lambda job_id: self._server.token_of_job(job_id, settings.setup)
        )
        self._cancelled = ""
        self._given_back = False
        self._reserved_until: datetime | None = None
        self._extended_by = 0.0
        self._is_announced = self._is_lent = False
        self.could_begin = True

    # ------------------------------------------------------------------ while it runs

    def run(self) -> None:
        """All phases, and what they became, in `report`."""
        over = Event()
        beside = [Thread(target=work, args=(over,), daemon=True) for work in (self._watch, self._follow_console)]
        self._delivery.say(self._agent_data(state="setup", job_id=self.job.id))
        with self._folder.locked() as lock:
            self._delivery.start()
            for thread in beside:
                thread.start()
            try:
                if self._fetch_attachments(over):
                    self._run_phases(lock)
            finally:
                over.set()
                self._delivery.close()
                for thread in beside:
                    thread.join()
        self._save()

    def give_back(self) -> None:
        self._given_back = True
        self._runner.stop(GIVEN_BACK)

    def _run_phases(self, lock: int) -> None:
        own = environment_of(self._settings.user, os.environ)
        told = environment.of_job(self.job, self._settings, token=self._token(), folder=self._folder.path, own=own)
        outcome = self._runner.run(told, self, held=(lock,))
        self.report.statuses = outcome.statuses
        self.could_begin = outcome.begun
        if outcome.left:
            self.output(self.report.phase, f"livewall-agent: {outcome.left} processes of the job could not be ended\n")
        if self._cancelled:
            self.report.state = CANCELLED
        elif not outcome.finished or outcome.stopped == GIVEN_BACK:
            self.report.state = LOST
        else:
            self.report.state = COMPLETE

    def _token(self) -> str:
        """What robots in the job report with, "" where none is to be had."""
        found: list[str] = []
        self._until_told(lambda server: found.append(server.token_of_job(self.job.id, self._settings.setup)))
        return "".join(found)

    def _fetch_attachments(self, over: Event) -> bool:
        """Below work/attachments. -> whether the phases can be run; a server that is away is waited for."""
        archive = self._folder.path / "attachments"
        while self.job.awaits_attachments and self._is_wanted:
            try:
                if self._server.download(f"/v1/job/{self.job.id}/attachments", archive):
                    archives.unpack(archive, self._folder.work / "attachments", self._settings.limits.disk)
                    archive.unlink()
                return True
            except Unavailable as error:
                log.warning("The attachments of job %s: %s", self.job.id, error)
                over.wait(WATCH_EACH)
            except (BadJob, Refused, OSError) as error:
                self.output("setup", f"livewall-agent: {error}\n")
                self.report.statuses = {"setup": _NO_ATTACHMENTS}
                self.report.state = COMPLETE
                return False
        if not self._is_wanted:
            self.report.state = CANCELLED if self._cancelled else LOST
            return False
        return True

    # As a Hearer of the runner:

    def begin(self, phase: str, *, skipped: bool) -> None:
        self.report.phase = phase
        if not self._is_announced:
            self._is_announced = True
            self._announce(phase)
        elif phase != CLEANUP:
            self._delivery.say(lambda server: server.post_result(self.job.id, {"job_state": phase}))
        if not skipped:
            self._delivery.say(self._agent_data(state=phase))
        self._save()

    def _announce(self, phase: str) -> None:
        """Returns once the server knows that the job may have begun, or the job is not to be run any more.

        A server that never heard of it would have it run again, whatever its `retries` are.
        """

        def tell(server: Server) -> None:
            server.post_result(self.job.id, {"job_state": phase})
            self._end_as(server.job_state(self.job.id))

        self._until_told(tell)

    def _until_told(self, post: Callable[[Server], None]) -> None:
        """As long as it takes, and the job is wanted. What a server refuses is not said again."""
        server, patience = self._connect(self._settings.name), Patience()
        while self._is_wanted:
            try:
                post(server)
                break
            except Unavailable as error:
                self._rest(patience.after(error))
            except Refused as error:
                log.warning("Not taken: %s", error)
                break
        server.close()

    @property
    def _is_wanted(self) -> bool:
        return not (self._given_back or self._cancelled)

    def _rest(self, seconds: float) -> None:
        """Or less, when the job is not wanted any more."""
        until = time.monotonic() + seconds
        while self._is_wanted and time.monotonic() < until:
            time.sleep(min(0.1, seconds))

    def output(self, phase: str, text: str) -> None:
        self._spool.add(phase, text)

    def lend(self) -> None:
        """To the job that this one is part of, which finds the rig by what is said of it."""
        self._is_lent = True
        self._say_result(job_state=ALLOCATED)

    def end(self, phase: str, status: int) -> None:
        self.report.statuses[phase] = status
        self._console.catch_up()
        self._say_result(status=dict(self.report.statuses))
        if phase == "provision":
            log_entry = {"job_id": self.job.id, "exit_code": status, "detail": ""}
            path = f"/v1/agents/provision_logs/{self._settings.name}"
            self._delivery.say(lambda server: server.post(path, log_entry))
        self._save()

    def _say_result(self, **told: Any) -> None:
        """With what is known of the rig by now."""
        self.report.device_info = self._folder.device_info()
        about = {"device_info": self.report.device_info} if self.report.device_info else {}
        self._delivery.say(lambda server: server.post_result(self.job.id, {**told, **about}))

    def _agent_data(self, **data: str) -> Callable[[Server], None]:
        return lambda server: server.tell(self._settings.name, data)

    def _save(self) -> None:
        """On a full disk what is in memory has to do."""
        try:
            self._folder.save(self.report)
        except OSError as error:
            log.warning("How far job %s is cannot be written: %s", self.job.id, error)

    def _watch(self, over: Event) -> None:
        """Ends the job when the server says that it has ended, holds the rig for longer when it says so."""
        server = self._connect(self._settings.name)
        while not over.wait(WATCH_EACH):
            try:
                state = server.job_state(self.job.id)
                if self.report.phase == "reserve":
                    self._note_reservation(server.reserved_until(self.job.id))
                if self._is_lent and self.job.parent and server.job_state(self.job.parent) in ("", *ENDED):
                    self._runner.release()
            except (Unavailable, Refused):
                continue  # the delivery says so
            if self._end_as(state):
                break
        server.close()

    def _end_as(self, state: str) -> bool:
        """Ends the job where the server says that it has ended. -> whether it does."""
        if state not in ENDED:
            return False
        self._cancelled = f"the job was {CANCELLED}" if state == CANCELLED else f"the job is {state} already"
        self._runner.stop(self._cancelled)
        return True

    def _note_reservation(self, until: datetime | None) -> None:
        """By how much its end has moved, whatever the clocks say."""
        if until is None:
            return
        self._reserved_until = self._reserved_until or until
        more = (until - self._reserved_until).total_seconds()
        if more > self._extended_by:
            self._extended_by = more
            self._runner.extend(more)

    def _follow_console(self, over: Event) -> None:
        while not over.wait(CONSOLE_EACH):
            self._console.look()

    # ------------------------------------------------------------------ its end

    def take_up(self) -> None:
        """What an earlier process left. Waits until nothing of the job runs any more."""
        with self._folder.locked():
            if not self.report.is_over:
                if self.report.phase:  # else nothing was run, and nothing is said: so it is run again
                    self.output(self.report.phase, "\nlivewall-agent: the agent was killed, and the job with it\n")
                self.report.state = LOST
                self._save()

    def deliver(self, is_over: Callable[[float], bool]) -> bool:
        """All that is left to be said. `is_over(seconds)` waits, and says whether to give up. -> whether it is done."""
        for posts in self._last_words():
            for post in posts:
                self._delivery.say(post)
            if not self._delivery.drain(is_over):
                return False
        self._server.close()
        self._keep(self._folder, self.job, self.report)
        if not self._folder.remove():
            log.warning("%s cannot be removed: files of another user are left in it", self._folder.path)
        return True

    def _last_words(self) -> Iterator[list[Callable[[Server], None]]]:
        """What comes after all output, in order. An agent that waits with a job in its record has lost it."""
        yield []
        if self.report.state != LOST:
            yield [self._redeliver, self._send_artifact]
            yield [self._complete, self._agent_data(job_id="")]
        yield [self._agent_data(state=WAITING), self._agent_data(job_id="")]

    def _redeliver(self, server: Server) -> None:
        """What robots in the job kept while the server was away: before the job is over, so that its runs are whole."""
        self._redelivery.deliver(self.job.id)

    def _send_artifact(self, server: Server) -> None:
        archive = Path(self._folder.path / "artifacts.tar.gz")
        try:
            if not self.report.artifact_sent and archives.pack(self._folder.artifacts, archive):
                server.upload(f"/v1/result/{self.job.id}/artifact", archive)
        except OSError as error:
            self._spool.add(self.report.phase, f"livewall-agent: the artifacts could not be sent: {error}\n")
        self.report.artifact_sent = True
        self._save()

    def _complete(self, server: Server) -> None:
        told: dict[str, Any] = {"status": self.report.statuses, "job_state": self.report.state}
        if self.report.device_info:
            told["device_info"] = self.report.device_info
        server.post_result(self.job.id, told)
