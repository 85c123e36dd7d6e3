"""The latest builds of each setup's jobs, as far as they are known by now: nobody waits for a Jenkins here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.jenkins import joining, paths
from livewall_dashboard.jenkins.known import KnownJob
from livewall_dashboard.jenkins.model import (
    BuildsOfSetups,
    JenkinsBuild,
    JobBuilds,
    JobCondition,
    SetupBuilds,
)
from livewall_dashboard.jenkins.poller import Poller
from livewall_dashboard.jenkins.poller_set import PollerSet
from livewall_dashboard.jenkins.runs_of_builds import RunsByBuild, RunsOfBuilds
from livewall_dashboard.lab.model import JobPattern

REMEMBERED = 1.0
"""Seconds for which an answer is good enough."""

MOST_REMEMBERED = 500

T = TypeVar("T")


class LatestBuilds:
    """`may_start`: whether the caller has the right to start and stop builds."""

    def __init__(
        self, pollers: PollerSet, runs_of_builds: RunsOfBuilds, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pollers = pollers
        self._runs_of_builds = runs_of_builds
        self._clock = clock
        self._remembered: dict[tuple[str | None, bool], tuple[float, Any]] = {}

    def of_setup(self, name: str, *, may_start: bool) -> SetupBuilds:
        """Raises NotFound for a setup that is not configured."""
        setup = next((setup for setup in self._pollers.lab.setups if setup.name == name), None)
        if setup is None:
            raise NotFound(f"There is no setup {name[:200]!r} in the configuration.")
        asked = _Asked(self._pollers, setup.jobs)
        asked.look()
        return self._remember((name, may_start), lambda: asked.answer(name, self._runs_of([asked]), may_start))

    def of_all(self, *, may_start: bool) -> BuildsOfSetups:
        """Every setup that has jobs, then the wall's own."""
        for poller in self._pollers.by_server.values():
            poller.look(None)
        return self._remember((None, may_start), lambda: self._all(may_start))

    def _all(self, may_start: bool) -> BuildsOfSetups:
        lab = self._pollers.lab
        asked: list[tuple[str | None, _Asked]] = [
            (setup.name, _Asked(self._pollers, setup.jobs)) for setup in lab.setups if setup.jobs
        ]
        if lab.own_jobs:
            asked.append((None, _Asked(self._pollers, lab.own_jobs)))
        runs = self._runs_of([each for _, each in asked])
        return BuildsOfSetups([each.answer(name, runs, may_start) for name, each in asked])

    def _remember(self, key: tuple[str | None, bool], make: Callable[[], T]) -> T:
        """What many screens ask for at the same time is made once."""
        now = self._clock()
        known: tuple[float, T] | None = self._remembered.get(key)
        if known and now - known[0] < REMEMBERED:
            return known[1]
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        made = make()
        self._remembered[key] = (now, made)
        return made

    def _runs_of(self, asked: Iterable[_Asked]) -> RunsByBuild:
        urls = {url for each in asked for url in each.addresses()}
        return self._runs_of_builds.of(urls) if urls else {}


class _Asked:
    """Jobs as they are known at one moment."""

    def __init__(self, pollers: PollerSet, patterns: Iterable[JobPattern]) -> None:
        self.pollers: dict[str, Poller] = {}
        self.jobs: list[tuple[Poller, str, KnownJob | None]] = []
        seen = set()
        for pattern in patterns:
            poller = pollers.by_server.get(pattern.jenkins)
            if poller is None:
                continue
            self.pollers[pattern.jenkins] = poller
            for name, job in _matched(poller, pattern.path):
                if (pattern.jenkins, name) not in seen:
                    seen.add((pattern.jenkins, name))
                    self.jobs.append((poller, name, job))

    def look(self) -> None:
        for poller in self.pollers.values():
            poller.look([name for each, name, _ in self.jobs if each is poller])

    def addresses(self) -> Iterator[str]:
        for poller, name, job in self.jobs:
            for build in _builds(job):
                yield from joining.addresses(build.url, poller.server.url, name, build.number)

    def answer(self, setup: str | None, runs: RunsByBuild, may_start: bool) -> SetupBuilds:
        return SetupBuilds(
            setup=setup,
            servers=[poller.as_server() for poller in self.pollers.values()],
            jobs=[_job_builds(poller, name, job, runs, may_start) for poller, name, job in self.jobs],
        )


def _matched(poller: Poller, pattern: str) -> list[tuple[str, KnownJob | None]]:
    """The jobs that the pattern stands for; the pattern itself without a job where there is none."""
    with poller.lock:
        names = poller.known.matches.get(pattern, ())
        found: list[tuple[str, KnownJob | None]] = [
            (name, poller.known.jobs[name]) for name in names if name in poller.known.jobs
        ]
    return found or [(pattern, None)]


def _builds(job: KnownJob | None) -> list[JenkinsBuild]:
    return job.details.builds if job is not None and job.details is not None and not job.gone else []


def _job_builds(poller: Poller, name: str, job: KnownJob | None, runs: RunsByBuild, may_start: bool) -> JobBuilds:
    state, message = _state(poller, name, job)
    may_start = may_start and poller.server.start_builds
    details = job.details if job else None
    url = (details and details.url) or (job and job.seen.url) or poller.server.url + paths.address(name)
    return JobBuilds(
        jenkins=poller.server.name,
        name=name,
        title=(details and details.title) or paths.title_of(name),
        url="" if job is None and paths.is_pattern(name) else url,
        state=state,
        message=message,
        can_start=may_start and state == "ok" and details is not None,
        parameters=details.parameters if details else [],
        builds=[_build(poller, name, job, build, runs, may_start) for build in _builds(job) if job],
    )


def _state(poller: Poller, name: str, job: KnownJob | None) -> tuple[JobCondition, str]:
    who = f"Jenkins {poller.server.name!r}"
    if job is None:
        if poller.condition.polled_at is None or not poller.known.has_overview:
            if poller.condition.state == "away":
                return "unknown", f"{who} is away, and was so from the start."
            return "unknown", f"{who} was not asked yet."
        if trouble := poller.known.trouble_of(name):
            return "missing", trouble
        if paths.is_pattern(name):
            return "missing", f"No job of {who} matches {name!r}, or it hides them from us."
        return "missing", f"{who} has no job {name!r}, or hides it from us."
    if job.gone:
        return "missing", job.trouble
    if not job.seen.buildable:
        return "disabled", " ".join(filter(None, [f"The job is disabled in {who}.", job.trouble]))
    if job.details is None:
        return "unknown", job.trouble or f"{who} was not asked for this job yet."
    return "ok", job.trouble


def _build(
    poller: Poller, name: str, job: KnownJob, build: JenkinsBuild, runs: RunsByBuild, may_start: bool
) -> JenkinsBuild:
    url = build.url or f"{poller.server.url}{paths.address(name)}{build.number}/"
    own = f"{poller.server.url}{paths.address(name)}{build.number}/"
    keys = dict.fromkeys((joining.key_of(url), joining.key_of(own)))
    told = job.stages.get(build.number)
    return msgspec.structs.replace(
        build,
        url=url,
        stages=told.stages if told else [],
        input_url=f"{url}input/" if told and told.is_paused and build.building else "",
        runs=[run for key in keys for run in runs.get(key, [])],
        can_stop=may_start and build.building,
    )
