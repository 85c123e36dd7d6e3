"""Agents whose question for a job is held until there is one: who is woken by what. State of one process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

from livewall_dashboard.jobqueue.job_store import Job, JobStore
from livewall_dashboard.jobqueue.model import ANY_QUEUE, Claimant

LONGEST = 20.0
"""Seconds a question is held: Testflinger's agent gives up after 30."""
LOOK_EACH = 5.0
"""Seconds after which one who is not woken looks all the same: a notification may have been missed."""
NOTICE_EACH = 1.0
"""Seconds until a caller who has hung up is noticed."""


class _Waiter:
    def __init__(self, queues: Sequence[str]) -> None:
        self.queues = {*queues, ANY_QUEUE}
        self.rung = threading.Event()
        self.queue = ANY_QUEUE
        """Of the job it was woken for."""


class WaitingAgents:
    """`most`, below: how many questions are held at once; the others are answered at once."""

    def __init__(self, jobs: JobStore) -> None:
        self._jobs = jobs
        self._lock = threading.Lock()
        self._waiters: list[_Waiter] = []

    @property
    def count(self) -> int:
        return len(self._waiters)

    def ring(self, queue: str) -> None:
        """There is a job in this queue: the one who has waited for it longest looks."""
        with self._lock:
            for waiter in self._waiters:
                if queue in waiter.queues and not waiter.rung.is_set():
                    waiter.queue = queue
                    waiter.rung.set()
                    return

    def claim(self, asking: Claimant, wait: float, *, most: int, has_hung_up: Callable[[], bool]) -> Job | None:
        """A job for it, within `wait` seconds; nothing for a caller who is not there any more."""
        job = self._jobs.claim(asking)
        if job is None and wait > 0:
            with self._waiting(asking.queues, most) as waiter:
                if waiter is not None:
                    job = self._wait(asking, waiter, monotonic() + min(wait, LONGEST), has_hung_up)
        if job is not None and has_hung_up():
            self._jobs.give_back(job)
            return None
        return job

    def _wait(self, asking: Claimant, waiter: _Waiter, until: float, has_hung_up: Callable[[], bool]) -> Job | None:
        look_at = 0.0  # a job may have come before it was registered
        while True:
            was_rung = waiter.rung.is_set()
            if was_rung or monotonic() >= look_at:
                waiter.rung.clear()
                if (job := self._jobs.claim(asking)) is not None:
                    return job
                if was_rung:
                    self._pass_on(waiter)
                look_at = monotonic() + LOOK_EACH
            rest = until - monotonic()
            if rest <= 0 or has_hung_up():
                return None
            waiter.rung.wait(min(rest, NOTICE_EACH))

    def _pass_on(self, waiter: _Waiter) -> None:
        """It was no job for this one: whoever comes after it looks."""
        with self._lock:
            after = self._waiters[self._waiters.index(waiter) + 1 :]
        for other in after:
            if waiter.queue in other.queues and not other.rung.is_set():
                other.queue = waiter.queue
                other.rung.set()
                return

    @contextmanager
    def _waiting(self, queues: Sequence[str], most: int) -> Iterator[_Waiter | None]:
        """None where too many wait already."""
        waiter = _Waiter(queues)
        with self._lock:
            has_room = len(self._waiters) < most
            if has_room:
                self._waiters.append(waiter)
        try:
            yield waiter if has_room else None
        finally:
            if has_room:
                self._remove(waiter)

    def _remove(self, waiter: _Waiter) -> None:
        with self._lock:
            self._waiters.remove(waiter)
        if waiter.rung.is_set():  # it went just as it was woken
            self.ring(waiter.queue)
