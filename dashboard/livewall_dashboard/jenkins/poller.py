"""Asks one Jenkins in the background, sparingly, and keeps what it said."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.clock import iso, utc_now
from livewall_dashboard.base.offload import Offload, call_directly
from livewall_dashboard.jenkins import paths, queries
from livewall_dashboard.jenkins.errors import (
    AccessDenied,
    BadAnswer,
    Broken,
    Closed,
    JenkinsError,
    LedElsewhere,
    NotAllowed,
    NotThere,
    TimedOut,
    TooMuch,
)
from livewall_dashboard.jenkins.known import Known, KnownJob, Overview, Part, overview_of
from livewall_dashboard.jenkins.model import BuildServer, ServerCondition
from livewall_dashboard.jenkins.pace import Budget, pause
from livewall_dashboard.jenkins.parse import Stages, read_folder, read_jobs, read_one_job, read_stages
from livewall_dashboard.jenkins.request_order import AskJob, AskOverview, AskSlice, Question, next_question
from livewall_dashboard.jenkins.slices import Slice
from livewall_dashboard.lab.model import JenkinsServer

SLICE_BUILDS = 500
"""Builds that one request asks for at most: Jenkins reads a file for each that it does not remember."""

JOB_PAUSE = 60.0
LONGEST_JOB_PAUSE = 900.0
STAGES_PAUSE = 6 * 3600.0
"""Seconds before a job is asked for stages again that has none to tell: the plugin is not there."""

LONGEST_WAIT = 3600.0
STUCK_AFTER = 300.0
"""Seconds that one question may take: each of its bytes may be slow."""

T = TypeVar("T")

log = logging.getLogger(__name__)

_ONLY_THIS = (BadAnswer, Broken, NotAllowed, NotThere, TimedOut, TooMuch)
"""Errors of one job's answer, which say nothing about the others."""


class _OfOneJob(Exception):
    """No answer, and the reason is kept with the job: the server is neither heard nor lost."""


class Client(Protocol):
    """What asks: a `JenkinsClient`."""

    def get(self, path: str, **parameters: str) -> bytes: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Condition:
    """How a server is. `since`: when it became so; `polled_at`: its last good answer."""

    state: ServerCondition = "unknown"
    since: datetime | None = None
    message: str = ""
    polled_at: datetime | None = None


class Poller:
    """`start` it, `stop` it; or call `step` yourself. `known` and `condition` may be read at any time.

    `budget` is that of the server's address. `offload(function, *args)` runs what takes the processor for long where
    nobody waits for it. `clock` gives seconds that only go forward, `now` the time for people.
    """

    def __init__(
        self,
        server: JenkinsServer,
        client: Client,
        *,
        budget: Budget | None = None,
        offload: Offload = call_directly,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.server = server
        self.condition = Condition()
        self.lock = threading.Lock()
        self.known = Known()
        """Guarded by `lock`."""
        self._client = client
        self._offload = offload
        self._clock = clock
        self._now = now
        self._budget = budget or Budget()
        self._failures = 0
        self._paused_until = float("-inf")
        self._wait = 0.0
        self.loop = Loop(f"Jenkins {server.name}", self._turn, lambda: self._wait, stuck_after=STUCK_AFTER)

    def start(self) -> None:
        self.loop.start()

    def stop(self) -> None:
        """Ends what is under way, without waiting for it."""
        self._client.close()
        self.loop.stop(0)

    def join(self, timeout: float) -> None:
        self.loop.stop(timeout)

    def want(self, patterns: Iterable[str]) -> None:
        """From now on these jobs are followed."""
        with self.lock:
            self.known.want(tuple(dict.fromkeys(patterns)))
        self.loop.wake()

    def look(self, names: Iterable[str] | None) -> None:
        """Somebody looks at these jobs, or at all of them but from afar (None): news are wanted soon."""
        now = self._clock()
        with self.lock:
            if names is None:
                self.known.looked_at = now
            else:
                for name in names:
                    if name in self.known.jobs:
                        self.known.jobs[name].looked_at = now
        self.loop.wake()

    def expect_news(self, name: str) -> None:
        """Something was done to the job: it is read again soon."""
        with self.lock:
            if name in self.known.jobs:
                self.known.jobs[name].changed = True
        self.loop.wake()

    def as_server(self) -> BuildServer:
        condition = self.condition
        with self.lock:
            unseen = self.known.unseen
        return BuildServer(
            name=self.server.name,
            url=self.server.url,
            state=condition.state,
            since=iso(condition.since),
            message=condition.message or unseen,
            polled_at=iso(condition.polled_at),
        )

    def _turn(self) -> None:
        self._wait = 0.0
        try:
            self._wait = min(self.step(), LONGEST_WAIT)
        except Exception:
            self._lost(JenkinsError(f"The wall failed to read what {self._who} said; its log says why."))
            raise

    def step(self) -> float:
        """Ask the one question that is due, if there is one and the budget allows it; seconds until the next step."""
        now = self._clock()
        wait = max(self._budget.wait(now), self._paused_until - now)
        if wait > 0:
            return wait
        with self.lock:
            question, due = next_question(self.known, self.server.poll_seconds, now)
        if question is None:
            return max(due - now, 0.0)
        self._budget.spend(now)
        self._ask(question)
        return 0.0

    def _ask(self, question: Question) -> None:
        try:
            if isinstance(question, AskOverview):
                self._ask_overview(question.part)
            elif isinstance(question, AskSlice):
                self._ask_slice(question.slice)
            elif isinstance(question, AskJob):
                self._ask_job(question.name)
            else:
                self._ask_stages(question.name)
        except (Closed, _OfOneJob):
            pass
        except JenkinsError as error:
            self._lost(error)
        else:
            self._found()

    def _ask_overview(self, part: Part) -> None:
        tree = queries.overview(part.depth, part.most)
        try:
            body = self._client.get(f"{paths.address(part.base)}api/json", tree=tree)
        except (NotAllowed, NotThere, TooMuch) as error:
            with self.lock:
                if not self._help(part, error):
                    raise
            return
        borders = frozenset(self.known.borders)
        overview = self._read(_overview, body, part.base, part.patterns, self._slice_jobs, borders)
        with self.lock:
            before = self.known.unseen
            if part in self.known.parts:
                part.trouble = ""
                self.known.keep_overview(part, overview, self._clock())
            after = self.known.unseen
        if after != before and after:
            log.warning("%s: %s", self._who, after)

    def _help(self, part: Part, error: JenkinsError) -> bool:
        """Ask otherwise for what these patterns mean; False: there is no other way."""
        if isinstance(error, TooMuch):
            return self.known.split(part) or self.known.shorten(part)
        if isinstance(error, NotThere):
            return self.known.climb(part)
        if part.base:
            self.known.keep_trouble(part, error.message, self._clock())
        return bool(part.base)

    @property
    def _who(self) -> str:
        return f"Jenkins {self.server.name!r}"

    def _read(self, function: Callable[..., T], *arguments: Any) -> T:
        """What reads an answer does not know whose it is."""
        try:
            found: T = self._offload(function, *arguments)
        except BadAnswer as error:
            raise BadAnswer(f"{self._who} {error.message}") from None
        return found

    @property
    def _slice_jobs(self) -> int:
        return max(1, SLICE_BUILDS // self.server.builds)

    def _ask_slice(self, piece: Slice) -> None:
        tree = queries.details_of_slice(piece.depth, piece.first, piece.last, self.server.builds)
        try:
            body = self._client.get(f"{paths.address(piece.base)}api/json", tree=tree)
            wanted = frozenset(piece.names)
            found = self._read(read_jobs, body, piece.base, piece.depth, self.server.description_pattern, wanted)
        except _ONLY_THIS as error:
            log.warning("%s Its jobs are asked for in smaller parts.", error.message)
            with self.lock:  # one job's fault must not hide the others
                self.known.borders.add(piece.names[len(piece.names) // 2])
                self.known.refresh()
            raise _OfOneJob from None
        now = self._clock()
        with self.lock:
            for name, details in found.items():
                if name in self.known.jobs:
                    self.known.jobs[name].keep(details, now)
            if wanted - found.keys():  # jobs were added or removed, and the slice has moved
                self.known.refresh()
                self._pause_missing(wanted - found.keys(), now)

    def _pause_missing(self, names: Iterable[str], now: float) -> None:
        for name in names:
            if name in self.known.jobs:
                self.known.jobs[name].paused_until = now + JOB_PAUSE

    def _ask_job(self, name: str) -> None:
        path = f"{paths.address(name)}api/json"
        try:
            body = self._client.get(path, tree=queries.details(self.server.builds))
            details = self._read(read_one_job, body, name, self.server.description_pattern)
        except (*_ONLY_THIS, AccessDenied, LedElsewhere) as error:
            if not self._is_of_one(error):
                raise
            self._in_trouble(name, error)
            if isinstance(error, NotThere):
                return
            raise _OfOneJob from None
        with self.lock:
            if name in self.known.jobs:
                self.known.jobs[name].keep(details, self._clock())

    def _is_of_one(self, error: JenkinsError) -> bool:
        """Whether only this job is refused. Who is not known by name, or led to a login page, may see the others."""
        if isinstance(error, _ONLY_THIS):
            return True
        is_known = isinstance(error, AccessDenied) and bool(self.server.user)
        return not is_known and self.condition.state == "ok"

    def _in_trouble(self, name: str, error: JenkinsError) -> None:
        now = self._clock()
        with self.lock:
            job = self.known.jobs.get(name)
            if job is None:
                return
            job.trouble = error.message
            job.gone = isinstance(error, NotThere)
            job.paused_until = now + min(JOB_PAUSE * 2**job.failures, LONGEST_JOB_PAUSE)
            job.failures = min(job.failures + 1, 10)

    def _ask_stages(self, name: str) -> None:
        try:
            body = self._client.get(f"{paths.address(name)}wfapi/runs")
            found = self._read(read_stages, body)
        except NotThere:
            self._update(name, lambda job: _no_stages(job, self._clock() + STAGES_PAUSE))
            return
        except (*_ONLY_THIS, AccessDenied, LedElsewhere):  # a proxy in between may not know this address
            self._update(name, lambda job: _no_stages(job, self._clock() + LONGEST_JOB_PAUSE))
            raise _OfOneJob from None
        self._update(name, lambda job: _keep_stages(job, found))

    def _update(self, name: str, change: Callable[[KnownJob], None]) -> None:
        with self.lock:
            if name in self.known.jobs:
                change(self.known.jobs[name])

    def _found(self) -> None:
        now = self._now()
        if self.condition.state == "away":
            log.info("Jenkins %r is back", self.server.name)
        since = self.condition.since if self.condition.state == "ok" else now
        self.condition = Condition("ok", since, "", now)
        self._failures = 0

    def _lost(self, error: JenkinsError) -> None:
        if self.condition.state != "away":
            log.warning("%s", error.message)
            self.condition = replace(self.condition, state="away", since=self._now())
        self.condition = replace(self.condition, message=error.message)
        self._paused_until = self._clock() + pause(self._failures, error.retry_after)
        self._failures += 1


def _overview(body: bytes, base: str, patterns: tuple[str, ...], slice_jobs: int, borders: frozenset[str]) -> Overview:
    return overview_of(read_folder(body, base), patterns, slice_jobs, borders)


def _keep_stages(job: KnownJob, found: dict[int, Stages]) -> None:
    if job.details is None:
        return
    job.stages_of = job.details
    for build in job.details.builds:
        if build.number in found:
            job.stages[build.number] = found[build.number]
        elif not build.building:  # too old for Jenkins to tell: not asked for again
            job.stages.setdefault(build.number, Stages([]))


def _no_stages(job: KnownJob, until: float) -> None:
    job.stages_of = job.details
    job.stages_paused_until = until
