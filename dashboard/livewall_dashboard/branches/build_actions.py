"""What people do with branch builds: build once more, end, keep, wake what they left running."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from livewall_dashboard.base.errors import Conflict, NotFound
from livewall_dashboard.branches.build_store import BuildStore
from livewall_dashboard.branches.bundles import bundles_of
from livewall_dashboard.branches.jobs import Jobs
from livewall_dashboard.branches.members import members_of
from livewall_dashboard.branches.plan import Open
from livewall_dashboard.lab.projects import Project


class Instances(Protocol):
    """What builds left running."""

    def plan(self) -> None: ...
    def wake(self, number: int) -> None: ...
    def stop(self, number: int, by: str) -> None: ...


class BuildActions:
    """`wake`: has the planner look. Raises Unavailable while Postgres is away."""

    def __init__(
        self, store: BuildStore, jobs: Jobs, wake: Callable[[], object], instances: Instances | None = None
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._wake = wake
        self._instances = instances

    def rebuild(self, project: Project, bundle: str, by: str) -> int:
        """The newest commits of a bundle, now, also where they were built before. -> the build. Raises NotFound."""
        newest = self._store.newest(project.name, bundle) or self._open(project, bundle)
        number = newest if self._store.hasten(newest, by) else self.rebuild_number(newest, by)
        self._wake()
        return number

    def rebuild_number(self, number: int, by: str) -> int:
        """The commits of a build once more. -> the new one. Raises NotFound."""
        build = self._store.build(number)
        if build["state"] == "gathering":
            raise Conflict(f"The branch build {number} still gathers commits: it has not been built yet.")
        made = self._store.rebuild(number, f"build {number} once more{f', by {by}' if by else ''}", by)
        self._wake()
        return made

    def kill(self, number: int, by: str) -> None:
        """Raises NotFound, Conflict."""
        build = self._store.build(number)
        killed, job = self._store.end(number, f"killed by {by}" if by else "killed by hand")
        if not killed:
            said = f"is the same as {build['same_as']}: kill that" if build["same_as"] else "has ended already"
            raise Conflict(f"The branch build {number} {said}.")
        if job:
            self._jobs.cancel(job, f"branch build {number} was killed")
        self._wake()

    def keep(self, number: int, keep: bool) -> None:
        """Raises NotFound."""
        self._store.keep(number, keep)
        if self._instances:
            self._instances.plan()

    def wake(self, number: int) -> None:
        """What a build left running. Raises Conflict where that is nothing."""
        if self._instances is None:
            raise Conflict(f"The branch build {number} has left nothing running.")
        self._instances.wake(number)

    def stop(self, number: int, by: str) -> None:
        """What a build left running, until it is woken. Raises Conflict where that is nothing."""
        if self._instances is None:
            raise Conflict(f"The branch build {number} has left nothing running.")
        self._instances.stop(number, by)

    def _open(self, project: Project, name: str) -> int:
        """Of a bundle that was never built, as it is too old."""
        bundles = bundles_of(project, self._store.heads(project.name))
        bundle = bundles.by_name.get(name)
        if bundle is None:
            raise NotFound(f"The project {project.name} has no branch {name[:200]!r}.")
        self._store.note_bundles(project.name, bundles)
        self._store.carry_out(project, Open(bundle, members_of(project, bundle, bundles, {}), "ordered"))
        made = self._store.newest(project.name, name)
        if made is None:
            raise NotFound(f"The project {project.name} has no branch {name[:200]!r}.")
        return made
