"""What people and programs see of projects, bundles and branch builds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.branches.queries import QUERIES
from livewall_dashboard.branches.resources import (
    BranchBuild,
    Bundle,
    Instance,
    ProjectInfo,
    RemoteInfo,
    RepositoryInfo,
    commit_of,
    point_of,
    step_of,
)
from livewall_dashboard.history import cursor
from livewall_dashboard.history.commits.fetch_address import shown_url
from livewall_dashboard.lab.projects import Project, Repository
from livewall_dashboard.postgres.database import Database, Row
from livewall_dashboard.web.values import time_text

LAST_BUILDS = 5
_NEVER_LOOKED_AT: Row = {"fetched_at": None, "trouble": "", "trouble_since": None}


class Instances(Protocol):
    """Who keeps what builds left running."""

    def of_builds(self, numbers: Sequence[int]) -> Mapping[int, Instance]: ...
    def why_none(self, numbers: Sequence[int]) -> Mapping[int, str]: ...
    def count(self, project: Project) -> tuple[int, int | None]: ...


class NoInstances:
    def count(self, project: Project) -> tuple[int, int | None]:
        return 0, project.run.number if project.run else None

    def of_builds(self, numbers: Sequence[int]) -> Mapping[int, Instance]:
        return {}

    def why_none(self, numbers: Sequence[int]) -> Mapping[int, str]:
        return {}


class Overview:
    """Raises Unavailable while Postgres is away."""

    def __init__(self, database: Database, instances: Instances | None = None) -> None:
        self._database = database
        self._instances = instances or NoInstances()
        self.is_used = False

    def look(self) -> None:
        """Whether there are branches of any project, configured or not."""
        self.is_used = bool(self._rows("projects_with_builds", []))

    def project(self, project: Project) -> ProjectInfo:
        (counts,) = self._rows("build_counts", [project.name])
        remotes = {(row["repository"], row["remote"]): row for row in self._rows("remotes", [project.name])}
        told = self._rows("status_trouble", [project.name])
        running, most = self._instances.count(project)
        return ProjectInfo(
            name=project.name,
            repositories=[_repository(each, remotes) for each in project.repositories],
            sticky=list(project.sticky),
            steps=[step.name for step in project.steps],
            queue=project.queue,
            number=most,
            instances=running,
            status_trouble=(told[0]["trouble"] or None) if told else None,
            **counts,
        )

    def bundles(
        self,
        projects: Iterable[str],
        *,
        text: str | None = None,
        sticky: bool | None = None,
        dead: bool = False,
        after: str | None = None,
        limit: int,
    ) -> tuple[list[Bundle], str | None]:
        """Sticky ones first, then by their last push -> them, and where the next page begins. `dead`: these, too."""
        place = cursor.decode(after, int, datetime, int) if after else (None, None, None)
        asked = {
            "projects": list(projects), "text": text, "sticky": sticky, "dead": dead, "limit": limit + 1,
            "after_sticky": place[0], "after_pushed": place[1], "after_id": place[2],
        }  # fmt: skip
        rows = self._rows("list_bundles", asked)
        last = rows[limit - 1] if len(rows) > limit else None
        following = cursor.encode([int(last["is_sticky"]), last["pushed_at"], last["id"]]) if last else None
        return self._bundles_of(rows[:limit]), following

    def builds(
        self,
        *,
        project: str | None = None,
        bundle: str | None = None,
        state: str | None = None,
        result: str | None = None,
        before: int | None = None,
        limit: int,
    ) -> tuple[list[BranchBuild], str | None]:
        """The newest first -> them, and where the next page begins."""
        asked = {
            "number": None, "project": project, "bundle": bundle, "state": state, "result": result, "before": before,
            "limit": limit + 1,
        }  # fmt: skip
        rows = self._rows("list_builds", asked)
        following = str(rows[limit - 1]["number"]) if len(rows) > limit else None
        return self._builds_of(rows[:limit]), following

    def build(self, number: int) -> BranchBuild:
        """Raises NotFound."""
        others = dict.fromkeys(("project", "bundle", "state", "result", "before"))
        rows = self._rows("list_builds", {**others, "number": number, "limit": 1})
        if not rows:
            raise NotFound(f"There is no branch build {number}.")
        return self._builds_of(rows)[0]

    def last_result(self, project: str, bundle: str) -> str | None:
        """Of the newest build that has ended and whose place no newer one took, None where there is none."""
        found = self._rows("last_result", {"project": project, "bundle": bundle})
        return found[0]["result"] if found else None

    def built_as(self, number: int) -> int:
        """The build whose commits, steps and instance are those of this one. Raises NotFound."""
        return self.build(number).same_as or number

    def _bundles_of(self, rows: Sequence[Row]) -> list[Bundle]:
        points = _grouped(
            self._rows("last_builds", {"bundles": [row["id"] for row in rows], "most": LAST_BUILDS}), "bundle_id"
        )
        newest = {bundle: found[0]["number"] for bundle, found in points.items()}
        commits = _grouped(self._rows("commits_of_builds", [list(newest.values())]), "number")
        distances = self._distances(list(newest))
        left = _grouped(self._rows("instances_of_bundles", {"bundles": [row["id"] for row in rows]}), "bundle_id")
        instances = self._instances.of_builds([each["number"] for found in left.values() for each in found])
        shown = {bundle: _first(instances, [each["number"] for each in found]) for bundle, found in left.items()}
        built = {
            bundle: found[0]["same_as"] or found[0]["number"]
            for bundle, found in points.items()
            if shown.get(bundle) is None
        }
        reasons = self._instances.why_none(list(built.values()))
        return [
            Bundle(
                project=row["project"],
                name=row["name"],
                sticky=row["is_sticky"],
                alive=row["is_alive"],
                pushed_at=time_text(row["pushed_at"]),
                commits=[
                    commit_of(each, distances.get(row["id"], [])) for each in commits.get(newest.get(row["id"], 0), [])
                ],
                builds=[point_of(each) for each in points.get(row["id"], [])],
                instance=shown.get(row["id"]),
                no_instance=reasons.get(built.get(row["id"], 0), ""),
            )
            for row in rows
        ]

    def _builds_of(self, rows: Sequence[Row]) -> list[BranchBuild]:
        """One that is the same as another shows the steps, runs and instance of that."""
        numbers = [row["built_as"] for row in rows]
        commits = _grouped(self._rows("commits_of_builds", [[row["number"] for row in rows]]), "number")
        distances = self._distances([row["bundle_id"] for row in rows])
        steps = _grouped(self._rows("steps_of_builds", [numbers]), "number")
        runs = _grouped(self._rows("runs_of_builds", [numbers]), "number")
        html = _grouped(self._rows("html_of_builds", [numbers]), "number")
        instances = self._instances.of_builds(numbers)
        reasons = self._instances.why_none([number for number in numbers if number not in instances])
        return [
            BranchBuild(
                **_same(row),
                commits=[
                    commit_of(each, distances.get(row["bundle_id"], [])) for each in commits.get(row["number"], [])
                ],
                run=next((each["key"] for each in runs.get(row["built_as"], []) if each["is_own"]), None),
                runs=[each["key"] for each in runs.get(row["built_as"], [])],
                steps=[
                    step_of(row["built_as"], each, html.get(row["built_as"], []))
                    for each in steps.get(row["built_as"], [])
                ],
                instance=instances.get(row["built_as"]),
                no_instance=reasons.get(row["built_as"], ""),
            )
            for row in rows
        ]

    def _distances(self, bundles: Sequence[int]) -> dict[int, list[Row]]:
        return _grouped(self._rows("distances", [bundles]), "bundle_id")

    def _rows(self, name: str, values: Any) -> list[Row]:
        with self._database.connection() as connection:
            return connection.execute(QUERIES[name], values).fetchall()


def _same(row: Row) -> Row:
    """Members of a BranchBuild that are in its row."""
    names = ("number", "project", "bundle", "state", "result", "reason", "same_as", "rebuild_of", "superseded_by")
    times = {name: time_text(row[name]) for name in ("created_at", "due_at", "started_at", "ended_at")}
    return {
        **{name: row[name] for name in (*names, "warnings", "errors")},
        **times,
        "sticky": row["is_sticky"],
        "kept": row["is_kept"],
        "job": row["job_id"] and str(row["job_id"]),
    }


def _first(instances: Mapping[int, Instance], builds: Sequence[int]) -> Instance | None:
    """The newest that runs, else the newest that is there."""
    there = [instances[build] for build in builds if build in instances]
    return next((each for each in there if each.state == "running"), there[0] if there else None)


def _repository(repository: Repository, rows: Mapping[tuple[str, str], Row]) -> RepositoryInfo:
    remotes = []
    for remote in repository.remotes:
        row = rows.get((repository.name, remote.name), _NEVER_LOOKED_AT)
        times = {name: time_text(row[name]) for name in ("fetched_at", "trouble_since")}
        remotes.append(RemoteInfo(remote.name, shown_url(remote.url), trouble=row["trouble"] or None, **times))
    return RepositoryInfo(repository.name, remotes[0].url, repository.main or None, remotes)


def _grouped(rows: Iterable[Row], by: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row[by], []).append(row)
    return found
