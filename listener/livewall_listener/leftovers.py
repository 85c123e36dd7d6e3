"""What earlier runs on this node could not deliver."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from livewall_listener import store
from livewall_listener.client import Client
from livewall_listener.notices import Notices
from livewall_listener.sender import Delivery
from livewall_listener.spool import Spool, SpoolError
from livewall_listener.uploads import SUFFIX as UPLOAD_SUFFIX
from livewall_listener.uploads import Job, UploadError, upload

GENTLE = 0.1
"""Seconds between two batches while a run goes on."""
PATIENCE = 15.0
"""Seconds without progress after which the rest is left for another time."""


@dataclass
class Outcome:
    """What became of one file. `problem` is "" when it was delivered; `gave_up`: trying again does not help."""

    path: Path
    what: str
    problem: str = ""
    gave_up: bool = False


def deliver(
    folder: Path, client_for: Callable[[str], Client | None], is_over: Callable[[], bool], pause: float = 0.0
) -> Iterator[Outcome]:
    """Spools first, oldest first, then result files; what somebody else is delivering is passed over.

    `client_for` gives the line to a URL, or None for one that is not to be used.
    """
    for path in [*store.files(folder), *store.files(folder, UPLOAD_SUFFIX)]:
        if is_over():
            return
        try:
            claim = store.Claim.on(path)
        except OSError as error:
            yield Outcome(path, path.name, f"{error.strerror or error}")
            continue
        if claim is None:
            continue
        done = False
        try:
            if path.exists():
                if path.suffix == UPLOAD_SUFFIX:
                    outcome = _upload(path, client_for, is_over)
                else:
                    outcome = _events(path, client_for, is_over, pause)
                done = outcome is not None and (not outcome.problem or outcome.gave_up)
                if outcome:
                    yield outcome
            else:
                done = True
        finally:
            if done:
                path.unlink(missing_ok=True)
            claim.release(delete=done)


def _events(
    path: Path, client_for: Callable[[str], Client | None], is_over: Callable[[], bool], pause: float
) -> Outcome | None:
    try:
        spool = Spool.load(path)
    except SpoolError as error:
        empty = not path.stat().st_size
        return Outcome(path, path.name, "" if empty else str(error))
    except OSError as error:
        return Outcome(path, path.name, f"{error.strerror or error}")
    try:
        client = client_for(spool.header.url)
        if client is None:
            return None
        count = spool.unacknowledged
        problem = _drain(Delivery(client, spool, Notices(print)), spool, is_over, pause) if count else ""
        return Outcome(path, f"{count} events of run {spool.header.run_id}", problem)
    finally:
        spool.close(delete=False)


def _drain(delivery: Delivery, spool: Spool, is_over: Callable[[], bool], pause: float) -> str:
    """Send until all is acknowledged -> "", or why not."""
    acknowledged, give_up_at = spool.acknowledged, time.monotonic() + PATIENCE
    while delivery.pending or spool.unacknowledged:
        if is_over():
            return "there was no time left"
        delivery.step()
        if spool.acknowledged > acknowledged:
            acknowledged, give_up_at = spool.acknowledged, time.monotonic() + PATIENCE
        if delivery.stopped or delivery.health.refused:
            return delivery.stopped or delivery.health.reason
        if time.monotonic() > give_up_at or (delivery.health.failing_since and not delivery.health.answered):
            return delivery.health.reason or "the wall does not store them"
        time.sleep(max(pause, min(1.0, delivery.not_before - time.monotonic()), 0.0))
    return ""


def _upload(path: Path, client_for: Callable[[str], Client | None], is_over: Callable[[], bool]) -> Outcome | None:
    try:
        job = Job.load(path)
    except (OSError, ValueError, TypeError):
        return Outcome(path, path.name, "this is not a job for an upload", gave_up=True)
    client = client_for(job.url)
    if client is None:
        return None
    what = f"{job.name} of run {job.run_id}"
    try:
        upload(client, job, is_over)
    except UploadError as error:
        return Outcome(path, what, str(error), gave_up=not error.later)
    return Outcome(path, what)


class Leftovers(Thread):
    """Delivers them gently while a run goes on, only to this run's wall, once `is_there` says that it has answered."""

    def __init__(self, folder: Path, url: str, client: Client, is_there: Callable[[], bool]) -> None:
        super().__init__(name="livewall-leftovers", daemon=True)
        self._folder = folder
        self._url = url
        self._client = client
        self._is_there = is_there
        self._over = Event()

    def exist(self) -> bool:
        """More than the one spool that the running process has just made."""
        return len(store.files(self._folder)) > 1 or bool(store.files(self._folder, UPLOAD_SUFFIX))

    def stop(self) -> None:
        self._over.set()

    def run(self) -> None:
        client_for = {self._url: self._client}.get
        while not self._is_there():
            if self._over.wait(0.2):
                return
        try:
            for outcome in deliver(self._folder, client_for, self._over.is_set, GENTLE):
                if outcome.problem and not outcome.gave_up:
                    return  # another run or `resend` will try again
        except Exception:
            return  # what is left stays where it is; `resend` says why
