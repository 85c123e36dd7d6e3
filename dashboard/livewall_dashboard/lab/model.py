"""What a lab consists of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from livewall_dashboard.base.settings import Networks
from livewall_dashboard.lab.projects import Project
from livewall_dashboard.lab.repositories import WatchedRepository
from livewall_dashboard.lab.retention import RetentionRule

DESCRIPTION_PATTERN = (
    r"All Tests: (?P<total>\d+) tests? "
    r"\((?P<passed>\d+) OK(?:, (?P<failed>\d+) FAIL)?(?:, (?P<skipped>\d+) SKIP)?\)"
)
"""Test counts in a build's description as the first CI results website found them.

"All Tests: 120 tests (118 OK, 2 FAIL)".
"""


@dataclass(frozen=True, slots=True)
class JenkinsServer:
    """A Jenkins to ask for builds. Durations are seconds.

    `url` ends with a slash and may have a path. `user` and `token` "" mean anonymous. `ca`: certificates to trust
    beside the usual ones. `builds`: how many latest ones of each job. `start_builds`: whether the wall may start and
    stop any.
    """

    name: str
    url: str
    user: str = ""
    token: str = field(default="", repr=False)
    ca: Path | None = None
    builds: int = 10
    poll_seconds: float = 60.0
    timeout: float = 10.0
    description_pattern: str = DESCRIPTION_PATTERN
    start_builds: bool = False


@dataclass(frozen=True, slots=True)
class JobPattern:
    """Jobs of a Jenkins by their full name, `folder/job`.

    `*` stands for anything within a level, `**` for any number of levels.
    """

    jenkins: str
    path: str


@dataclass(frozen=True, slots=True)
class SetupConfig:
    """A setup of the lab.

    `hosts` and `addresses` tell which nodes report for it; `labels` are those of its runs, unless a node says
    otherwise.
    """

    name: str
    group: str = ""
    hosts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    jobs: tuple[JobPattern, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReportLimits:
    """Of one build report that is taken: bytes packed and unpacked, files in its tarball."""

    packed: int = 64 * MIB
    unpacked: int = 1024 * MIB
    members: int = 10_000


@dataclass(frozen=True, slots=True)
class InstanceAccess:
    """Where instances are reached. `domain`: each by a name below it, with nginx; "" where nobody has said.

    `networks`: in which they may lie, beside the machines that their agents call from.
    """

    domain: str = ""
    networks: Networks = ()


FORGET_AFTER = timedelta(days=14)

TITLE = "livewall"


@dataclass(frozen=True, slots=True)
class Lab:
    """The configured setups in their order, the Jenkins servers, and the jobs of the wall itself.

    `forget_after`: how long a setup that is not configured stays on the wall without a run; None: for ever.
    `retention`: how long runs are kept, by rules of which the first that fits decides. `projects`: whose branches are
    built. `reports`: how large a build report may be. `title`: what its pages are called;
    `url`: where people reach it, without a slash at its end, "" where nobody has said. `repositories`: whose commits
    are read. `instances`: where what builds left running is reached.
    """

    setups: tuple[SetupConfig, ...] = ()
    jenkins: tuple[JenkinsServer, ...] = ()
    own_jobs: tuple[JobPattern, ...] = ()
    forget_after: timedelta | None = FORGET_AFTER
    retention: tuple[RetentionRule, ...] = ()
    projects: tuple[Project, ...] = ()
    reports: ReportLimits = ReportLimits()
    title: str = TITLE
    url: str = ""
    repositories: tuple[WatchedRepository, ...] = ()
    instances: InstanceAccess = InstanceAccess()
    _by_node: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        setups: Iterable[SetupConfig],
        jenkins: Iterable[JenkinsServer] = (),
        own_jobs: Iterable[JobPattern] = (),
        forget_after: timedelta | None = FORGET_AFTER,
        retention: Iterable[RetentionRule] = (),
        projects: Iterable[Project] = (),
        reports: ReportLimits | None = None,
        title: str = TITLE,
        url: str = "",
        repositories: Iterable[WatchedRepository] = (),
        instances: InstanceAccess | None = None,
    ) -> Lab:
        setups = tuple(setups)
        by_node = {}
        for setup in reversed(setups):  # of two setups that claim a node the first one gets it
            for node in (*setup.hosts, *setup.addresses):
                by_node[node.lower()] = setup.name
        return cls(
            setups,
            tuple(jenkins),
            tuple(own_jobs),
            forget_after,
            tuple(retention),
            tuple(projects),
            reports or ReportLimits(),
            title,
            url,
            tuple(repositories),
            instances or InstanceAccess(),
            by_node,
        )

    def setup_of(self, host: str, addresses: Iterable[str]) -> str | None:
        """The setup a node reports for, by its host name, with or without domain, or one of its addresses."""
        for node in (host, host.partition(".")[0], *addresses):
            name = self._by_node.get(node.lower())
            if name:
                return name
        return None

    def labels_of(self, setup: str) -> Mapping[str, str]:
        """The labels of a setup's runs that a node need not give; none for a setup that is not configured."""
        return next((one.labels for one in self.setups if one.name == setup), {})
