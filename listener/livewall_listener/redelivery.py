"""Delivers what earlier runs on this node could not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from livewall_listener import clock, spool_folder
from livewall_listener.client import Client, Unreachable
from livewall_listener.notices import Notices, counted
from livewall_listener.report_upload import NotTaken, ReportFile
from livewall_listener.sender import Delivery
from livewall_listener.settings import redacted
from livewall_listener.spool_file import SUFFIX as SPOOL_SUFFIX
from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import NothingKept, SpoolError, Unreadable
from livewall_listener.uploads import SUFFIX as UPLOAD_SUFFIX
from livewall_listener.uploads import Job, UploadError, upload

GENTLE = 0.1
"""Seconds between two batches while a run goes on."""
PATIENCE = 15.0
"""Seconds without progress after which the rest is left for another time."""


@dataclass
class Outcome:
    """What became of one file.

    `problem` is "" when it was delivered. `gave_up`: trying again does not help. `held`: another process has it in
    hand. `damaged`: something in it was, and it is `kept_as`.
    """

    path: Path
    what: str
    problem: str = ""
    gave_up: bool = False
    held: bool = False
    damaged: bool = False
    kept_as: Path | None = None

    @property
    def is_done(self) -> bool:
        return not self.problem or self.gave_up


class Collection:
    """Empties a folder of spools and uploads.

    `client_for` gives the client for a URL, or None where it is not to be used; `is_over` says that there is no time
    left. A wall that was in trouble once is not asked again, unless it only refused one run.
    """

    def __init__(
        self,
        folder: Path | None,
        client_for: Callable[[str], Client | None],
        is_over: Callable[[], bool] = lambda: False,
        pause: float = 0.0,
    ) -> None:
        self._folder = folder
        self._client_for = client_for
        self._is_over = is_over
        self._pause = pause
        self._troubles: dict[str, str] = {}
        self.waiting = 0
        """Events that `count` found and `deliver` has not begun to send."""

    def count(self) -> None:
        """Look how many events there are for walls that may be used."""
        self.waiting = sum(map(self._waiting_in, spool_folder.files(self._folder)))

    def deliver(self) -> Iterator[Outcome]:
        """Spools first, oldest first, then result files, then build reports: a report completes a run that was told of.

        What somebody else has in hand is left to him.
        """
        suffixes = (SPOOL_SUFFIX, UPLOAD_SUFFIX, spool_folder.REPORT)
        for path in [path for suffix in suffixes for path in spool_folder.files(self._folder, suffix)]:
            if self._is_over():
                return
            try:
                claim = spool_folder.Claim.on(path)
            except OSError as error:
                yield Outcome(path, path.name, error.strerror or str(error))
                continue
            if claim is not None:
                yield from self._deliver_claimed(path, claim)
            elif path.exists():
                yield Outcome(path, path.name, f"{spool_folder.holder(path)} has it in hand", held=True)

    def _deliver_claimed(self, path: Path, claim: spool_folder.Claim) -> Iterator[Outcome]:
        gone = not path.exists()  # somebody delivered it since we looked
        outcome = None
        try:
            if not gone:
                outcome = self._way_of(path)(path)
        finally:
            done = gone or (outcome is not None and outcome.is_done)
            if outcome and done and outcome.damaged:
                outcome.kept_as = spool_folder.set_aside(path)
            elif done:
                path.unlink(missing_ok=True)
            claim.release(delete=done)
        if outcome:
            yield outcome

    def _way_of(self, path: Path) -> Callable[[Path], Outcome | None]:
        return {UPLOAD_SUFFIX: self._upload, spool_folder.REPORT: self._report}.get(path.suffix, self._events)

    def _waiting_in(self, path: Path) -> int:
        """Events in a spool that nobody has in hand: who has says so itself."""
        try:
            claim = spool_folder.Claim.on(path)
            if claim is None:
                return 0
            try:
                spool = SpoolFile.load(path)
                spool.acknowledge(spool_folder.noted(path))
                spool.close(delete=False)
                return spool.unacknowledged if self._client_for(spool.header.url) else 0
            finally:
                claim.release(delete=False)
        except (OSError, SpoolError):
            return 0

    def _events(self, path: Path) -> Outcome | None:
        try:
            spool = SpoolFile.load(path)
        except NothingKept:
            return Outcome(path, path.name)
        except Unreadable as error:
            return Outcome(path, path.name, str(error), gave_up=True, damaged=True)
        except SpoolError as error:
            return Outcome(path, path.name, str(error))
        except OSError as error:
            return Outcome(path, path.name, error.strerror or str(error))
        try:
            return self._drain(spool, path)
        finally:
            spool.close(delete=False)

    def _drain(self, spool: SpoolFile, path: Path) -> Outcome | None:
        url = spool.header.url
        spool.acknowledge(spool_folder.noted(path))
        count = spool.unacknowledged
        client = self._client_for(url)
        if client is None:
            return None
        what = f"{counted(count, 'event')} of run {spool.header.run_id}"
        if not count:
            return Outcome(path, f"{what} were missing")
        damaged = bool(spool.lost) and not spool.is_torn
        if spool.lost:
            what += f", {spool.lost} of which are damaged and counted as lost"
        if url in self._troubles:
            return Outcome(path, what, self._troubles[url])
        delivery = Delivery(client, spool, Notices(print), resent=True)
        self.waiting = max(0, self.waiting - count)
        trouble = self._send(delivery, spool)
        if trouble and not delivery.registered:
            self.waiting += count
        if trouble and not (delivery.stopped or delivery.health.status == 403):  # these are about this run alone
            self._troubles[url] = trouble
        return Outcome(path, what, trouble, damaged=damaged)

    def _send(self, delivery: Delivery, spool: SpoolFile) -> str:
        """Send until all is acknowledged -> "", or why not."""
        acknowledged, give_up_at = spool.acknowledged, clock.monotonic() + PATIENCE
        while delivery.pending or spool.unacknowledged:
            if self._is_over():
                return "there was no time left"
            if (left := delivery.put_off_until - clock.monotonic()) > 0:
                clock.sleep(min(left, 0.5))
                continue
            delivery.step()
            health = delivery.health
            if spool.acknowledged > acknowledged:
                acknowledged, give_up_at = spool.acknowledged, clock.monotonic() + PATIENCE
            if delivery.stopped or health.refused:
                return delivery.stopped or health.reason
            if clock.monotonic() > give_up_at or (health.failing_since and not health.answered):
                return health.reason or "the wall does not store them"
            clock.sleep(max(self._pause, min(1.0, delivery.not_before - clock.monotonic()), 0.0))
        return ""

    def _upload(self, path: Path) -> Outcome | None:
        try:
            job = Job.load(path)
        except OSError as error:
            return Outcome(path, path.name, error.strerror or str(error))
        except (ValueError, TypeError):
            return Outcome(path, path.name, "this is not a job for an upload", gave_up=True, damaged=True)
        client = self._client_for(job.url)
        if client is None:
            return None
        outcome = Outcome(path, f"{job.name} of run {job.run_id}", self._troubles.get(job.url, ""))
        if not outcome.problem:
            try:
                upload(client, job, self._is_over)
            except UploadError as error:
                outcome.problem, outcome.gave_up = str(error), not error.later
        return outcome

    def _report(self, path: Path) -> Outcome | None:
        try:
            with ReportFile.load(path) as report:
                client = self._client_for(report.url)
                return self._send_report(client, report, path) if client else None
        except OSError as error:
            return Outcome(path, path.name, error.strerror or str(error))
        except (ValueError, TypeError):
            return Outcome(path, path.name, "this is no build report", gave_up=True, damaged=True)

    def _send_report(self, client: Client, report: ReportFile, path: Path) -> Outcome:
        outcome = Outcome(path, report.name, self._troubles.get(report.url, ""))
        if not outcome.problem:
            try:
                client.upload_report(report)
            except Unreachable as error:
                outcome.problem = self._troubles[report.url] = str(error)
            except NotTaken as error:
                outcome.problem, outcome.gave_up = str(error), not error.later
                outcome.damaged = outcome.gave_up
        return outcome


class Redelivery(Thread):
    """Delivers it gently while a run goes on, only to this run's wall, once `is_there` says that it has answered."""

    def __init__(self, folder: Path | None, url: str, client: Client, is_there: Callable[[], bool]) -> None:
        super().__init__(name="livewall-redelivery", daemon=True)
        self._folder = folder
        self._is_there = is_there
        self._over = Event()
        self._collection = Collection(folder, {redacted(url): client}.get, self._over.is_set, GENTLE)

    def is_needed(self) -> bool:
        """There is more than the one spool that the running process has just made."""
        others = any(spool_folder.files(self._folder, suffix) for suffix in (UPLOAD_SUFFIX, spool_folder.REPORT))
        return others or len(spool_folder.files(self._folder)) > 1

    @property
    def waiting(self) -> int:
        """Events of earlier runs that nobody is sending at the moment."""
        return self._collection.waiting

    def stop(self) -> None:
        self._over.set()

    def run(self) -> None:
        while not self._is_there():
            if self._over.wait(0.2):
                return
        try:
            self._collection.count()
            for _ in self._collection.deliver():
                pass  # another run, or `resend`, tries again what did not work, and says why
        except Exception:
            return  # as before: nothing is lost
