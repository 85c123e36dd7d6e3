"""A project of real git repositories, watched and built step by step in the test's own process."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.branches.branch_store import BranchStore
from livewall_dashboard.branches.build_actions import BuildActions
from livewall_dashboard.branches.build_store import BuildStore
from livewall_dashboard.branches.distance_store import DistanceStore
from livewall_dashboard.branches.distances import Distances
from livewall_dashboard.branches.fetcher import Fetcher
from livewall_dashboard.branches.forks import ForkPoints
from livewall_dashboard.branches.handover import Handover
from livewall_dashboard.branches.job_store import BuildJobStore, Finish
from livewall_dashboard.branches.mirror import Mirrors
from livewall_dashboard.branches.overview import Overview
from livewall_dashboard.branches.planner import Planner
from livewall_dashboard.branches.resources import BranchBuild, Bundle
from livewall_dashboard.branches.sources import Sources
from livewall_dashboard.jobqueue.job_access import JobAccess
from livewall_dashboard.lab import Lab
from livewall_dashboard.lab.projects import Project, Remote, Repository, Step
from livewall_dashboard.postgres.database import Database

from .git_repository import GitRepository


class Shop:
    """`server` and `client` with a main branch each. `look` and `plan` are what the watcher does over and over.

    `seconds`: what the clock says by which git is asked again.
    """

    def __init__(self, database: Database, folder: Path, **more: Any) -> None:
        self.database = database
        self.folder = folder
        self.seconds = 1000.0
        self.server, self.client = (GitRepository(folder / name) for name in ("server", "client"))
        for repository in (self.server, self.client):
            (repository.folder / "README").write_text("hello\n", encoding="utf-8")
            repository.git("add", "README")
            repository.commit("Begin")
        self.project = Project(
            "shop",
            (
                Repository("server", (Remote("origin", str(self.server.folder)),), "main"),
                Repository("client", (Remote("origin", str(self.client.folder)),)),
            ),
            (Step("build", "cat server/README client/README"), Step("test", "echo tested", 30.0)),
            **{"gather": 0.0, "sticky": ("main",), "max_age": None, **more},
        )
        self.restart()

    def restart(self) -> None:
        """As a wall that was killed and is there again."""
        self.mirrors = Mirrors(self.folder / "mirrors")
        self.store, self.overview = BuildStore(self.database), Overview(self.database)
        self.jobs = JobAccess(self.database, ArtifactStore(self.database, self.folder / "artifacts"))
        self.of_jobs = BuildJobStore(self.database, self.store)
        sources = Sources(self.folder / "sources", self.mirrors, lambda *_: "", self.database.offload)
        self.distances = Distances(
            self.mirrors,
            DistanceStore(self.database),
            may_work=lambda: True,
            on_change=lambda: None,
            clock=lambda: self.seconds,
        )
        self.planner = Planner(
            lambda: Lab.of([], projects=[self.project]),
            self.store,
            ForkPoints(self.mirrors, self.store),
            self.jobs,
            may_work=lambda: True,
            on_due=lambda _: None,
            on_bundles=self.distances.note,
        )
        self.handover = Handover(self.of_jobs, self.jobs, sources, may_work=lambda: True, on_end=lambda: None)
        self.actions = BuildActions(self.store, self.jobs, lambda: None)
        self.fetchers = [self._fetcher(repository) for repository in self.project.repositories]

    def change(self, **members: Any) -> None:
        """The project, as a configuration that was reloaded has it."""
        self.project = dataclasses.replace(self.project, **members)
        self.restart()

    def _fetcher(self, repository: Repository) -> Fetcher:
        mirror = self.mirrors.of(self.project.name, repository.name)
        return Fetcher(
            self.project,
            repository,
            mirror,
            BranchStore(self.database),
            may_work=lambda: True,
            on_news=lambda: None,
        )

    def look(self) -> None:
        for fetcher in self.fetchers:
            fetcher.look()

    def plan(self) -> None:
        self.planner.note()
        self.planner.look()

    def turn(self) -> None:
        """All that the watcher does, once."""
        self.look()
        self.plan()
        self.handover.look()
        self.distances.look()

    def end(self, number: int, result: str = "ok") -> None:
        """A build, as if its job had come to its end."""
        self.of_jobs.begin(number, None)
        assert self.of_jobs.finish(Finish(number, result))

    @property
    def bundles(self) -> dict[str, Bundle]:
        found, following = self.overview.bundles(["shop"], limit=1000)
        assert following is None
        return {bundle.name: bundle for bundle in found}

    @property
    def builds(self) -> list[BranchBuild]:
        """The oldest first."""
        return self.overview.builds(project="shop", limit=1000)[0][::-1]

    def states(self, bundle: str) -> list[str]:
        """Of its builds, the oldest first: the result, or the state where there is none."""
        return [build.result or build.state for build in self.builds if build.bundle == bundle]
