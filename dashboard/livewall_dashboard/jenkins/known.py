"""What is known of one Jenkins: its state, its jobs, their builds. The poller writes it, requests read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from livewall_dashboard.jenkins import paths, slices
from livewall_dashboard.jenkins.parse import Folder, JobDetails, SeenJob, Stages
from livewall_dashboard.jenkins.slices import Slice

LOOKING = 30.0
"""Seconds after somebody asked during which they count as still looking."""

MOST_JOBS = 1000
"""Jobs of one server that are followed; a pattern may match more."""

MOST_LISTED = 5000
"""Items of a folder that are looked through for what a pattern may mean."""
MOST_LISTED_FOR_NAMES = 500
"""Of a folder with more, jobs that are named without a pattern are asked for one by one."""
LEAST_LISTED = 50

NEVER = float("-inf")


@dataclass(slots=True)
class KnownJob:
    """Times are the poller's clock. `changed`: the overview says that there is something the details lack.

    `trouble`: why this job alone cannot be told, "" if it can; it is left alone until `paused_until`. `is_alone`: no
    overview tells of it, it is asked for by its name.
    """

    seen: SeenJob
    is_alone: bool = False
    details: JobDetails | None = None
    changed: bool = True
    read_at: float = NEVER
    looked_at: float = NEVER
    gone: bool = False
    trouble: str = ""
    failures: int = 0
    paused_until: float = NEVER
    stages: dict[int, Stages] = field(default_factory=dict)
    stages_of: JobDetails | None = None
    stages_paused_until: float = NEVER

    def looked_after(self, now: float) -> bool:
        return now - self.looked_at <= LOOKING

    def keep(self, details: JobDetails, now: float) -> None:
        self.details = details
        if self.is_alone:
            self.seen = SeenJob(self.seen.name, details.url, details.buildable, details.next_build, details.is_pipeline)
        self.read_at = now
        self.changed = False
        self.gone = False
        self.trouble = ""
        self.failures = 0
        self.paused_until = NEVER
        shown = {build.number for build in details.builds}
        self.stages = {number: stages for number, stages in self.stages.items() if number in shown}


@dataclass(frozen=True, slots=True)
class Overview:
    """An answer. `matches`: for each pattern the jobs that it stands for; `jobs`: those, in Jenkins's order."""

    folder: Folder
    matches: dict[str, tuple[str, ...]]
    jobs: dict[str, SeenJob]
    slices: list[Slice]


@dataclass(slots=True, eq=False)
class Part:
    """Patterns that one overview answers, of the folder `base`; `most`: how many items of each folder it may have."""

    base: str
    patterns: tuple[str, ...]
    most: int = 0
    overview: Overview | None = None
    read_at: float = NEVER
    trouble: str = ""

    def __post_init__(self) -> None:
        self.most = self.most or (MOST_LISTED if any(map(paths.is_pattern, self.patterns)) else MOST_LISTED_FOR_NAMES)

    @property
    def depth(self) -> int:
        return paths.depth_below(self.base, self.patterns)


@dataclass(slots=True)
class Known:
    """Jobs by full name. `matches`: for each pattern the jobs that it stands for.

    `alone`: those that no overview tells of, because it would be too large. `unseen`: what is not looked at, and why;
    "" if nothing is. `borders`: jobs at which slices end, because one of the jobs around them cannot be told.
    """

    patterns: tuple[str, ...] = ()
    parts: list[Part] = field(default_factory=list)
    jobs: dict[str, KnownJob] = field(default_factory=dict)
    matches: dict[str, tuple[str, ...]] = field(default_factory=dict)
    alone: tuple[str, ...] = ()
    unseen: str = ""
    borders: set[str] = field(default_factory=set)
    looked_at: float = NEVER

    def want(self, patterns: tuple[str, ...]) -> None:
        """Other jobs are asked for; what is known of those that stay is kept."""
        if patterns != self.patterns:
            self.patterns = patterns
            self.parts = [Part(paths.base_of(patterns), patterns)] if patterns else []
            self.alone = ()
            self.unseen = ""
            self.borders.clear()

    def climb(self, part: Part) -> bool:
        """There is no such folder: look from the one above, and find the jobs missing. False: there is none above."""
        if not part.base:
            return False
        self._replace(part, [Part(part.base.rpartition("/")[0], part.patterns)])
        return True

    def split(self, part: Part) -> bool:
        """The answer is too large: ask for each folder apart. False: it cannot be split."""
        apart: dict[str, list[str]] = {}
        for pattern in part.patterns:
            apart.setdefault(paths.step_towards(part.base, pattern), []).append(pattern)
        if len(apart) < 2:
            return False
        self._replace(part, [Part(paths.base_of(each), tuple(each)) for each in apart.values()])
        return True

    def shorten(self, part: Part) -> bool:
        """The answer is too large all the same: look through fewer of the items. False: they are few already."""
        if part.most <= LEAST_LISTED:
            return False
        part.most = max(part.most // 4, LEAST_LISTED)
        return True

    def keep_trouble(self, part: Part, trouble: str, now: float) -> None:
        """The folder cannot be seen: none of its jobs is known, and why."""
        part.trouble = trouble
        self.keep_overview(part, overview_of(Folder(part.base, ()), part.patterns, 1, frozenset()), now)

    def trouble_of(self, pattern: str) -> str:
        """Why nothing is known of what the pattern means, "" where that is not so."""
        return next((part.trouble for part in self.parts if pattern in part.patterns), "")

    def keep_overview(self, part: Part, overview: Overview, now: float) -> None:
        part.overview, part.read_at = overview, now
        if overview.folder.has_more_than(part.most):
            self._ask_alone(part, overview)
        read = [each.overview for each in self.parts if each.overview]
        seen = {name: job for each in read for name, job in each.jobs.items()}
        jobs = {name: self._job(job) for name, job in list(seen.items())[:MOST_JOBS]}
        self.jobs = jobs | {name: self._job_alone(name) for name in self.alone}
        self.matches = {
            pattern: tuple(name for name in names if name in self.jobs)
            for each in read
            for pattern, names in each.matches.items()
        } | {name: (name,) for name in self.alone}
        self.unseen = self._unseen(len(seen))

    def slice_of(self, name: str) -> Slice | None:
        """The slice that has this job."""
        pieces = (piece for part in self.parts if part.overview for piece in part.overview.slices)
        return next((piece for piece in pieces if name in piece.names), None)

    def refresh(self) -> None:
        """What jobs there are has changed: look again soon."""
        for part in self.parts:
            part.read_at = NEVER

    @property
    def has_overview(self) -> bool:
        """Whether it is known by now which of the wanted jobs there are."""
        return self.matches.keys() >= set(self.patterns)

    def _ask_alone(self, part: Part, overview: Overview) -> None:
        """Jobs that are named, and are not among the first of a large folder, are asked for by name from now on."""
        names = tuple(name for name, found in overview.matches.items() if not found and not paths.is_pattern(name))
        self.alone += names
        part.patterns = tuple(pattern for pattern in part.patterns if pattern not in names)
        for name in names:
            del overview.matches[name]
        if not part.patterns:
            self.parts.remove(part)

    def _unseen(self, wanted: int) -> str:
        told = []
        for part in self.parts:
            patterns = [pattern for pattern in part.patterns if paths.is_pattern(pattern)]
            if patterns and part.overview and part.overview.folder.has_more_than(part.most):
                told.append(
                    f"Only the first {part.most:,} jobs of a folder are looked through for {', '.join(patterns[:3])}."
                )
        if wanted > MOST_JOBS:
            told.append(f"Of the {wanted:,} jobs that are meant, the first {MOST_JOBS:,} are followed.")
        return f"{' '.join(told)} Name folders or jobs more closely." if told else ""

    def _job_alone(self, name: str) -> KnownJob:
        known = self.jobs.get(name)
        return known if known and known.is_alone else KnownJob(SeenJob(name, "", True, 0, False), is_alone=True)

    def _replace(self, part: Part, others: list[Part]) -> None:
        self.parts = [other for each in self.parts for other in (others if each is part else [each])]

    def _job(self, seen: SeenJob) -> KnownJob:
        known = self.jobs.get(seen.name)
        if known is None or known.is_alone:
            return KnownJob(seen)
        if known.details is None or known.gone or known.details.next_build != seen.next_build:
            known.changed = True
        known.seen = seen
        return known


def overview_of(folder: Folder, patterns: tuple[str, ...], slice_jobs: int, borders: frozenset[str]) -> Overview:
    """What an overview says of the jobs that the patterns stand for."""
    there = {job.name: job for job in slices.jobs_of(folder)}
    matches = {pattern: _matching(pattern, there) for pattern in patterns}
    wanted = {name for names in matches.values() for name in names}
    jobs = {name: job for name, job in there.items() if name in wanted}
    return Overview(folder, matches, jobs, slices.cut(folder, wanted, slice_jobs, borders))


def _matching(pattern: str, there: Mapping[str, SeenJob]) -> tuple[str, ...]:
    if pattern in there:
        return (pattern,)
    if paths.is_pattern(pattern):
        return tuple(name for name in there if paths.matches(pattern, name))
    return tuple(name for name in there if "%" in name and paths.matches(pattern, name))
