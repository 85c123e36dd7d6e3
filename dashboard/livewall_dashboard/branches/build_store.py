"""Builds in Postgres: what stands, and what is decided of it. Each decision is carried out whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import singledispatchmethod
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.base.feature import nothing
from livewall_dashboard.branches.bundles import Bundles, Head
from livewall_dashboard.branches.members import Fork, Member
from livewall_dashboard.branches.plan import Build, Decision, End, Launch, Move, Open, Standing
from livewall_dashboard.branches.queries import QUERIES
from livewall_dashboard.lab.projects import Project, RunCommand
from livewall_dashboard.postgres.database import Database, Row

_MEMBER = ("repository", "commit", "match", "branch", "remote", "subject", "author", "committed_at")


class BuildStore:
    """Raises Unavailable while Postgres is away. `on_change`: called once something else can be read."""

    def __init__(self, database: Database, on_change: Callable[[], object] = nothing) -> None:
        self._database = database
        self._on_change = on_change

    # ------------------------------------------------------------------ what stands

    def now(self) -> datetime:
        now: datetime = self._rows("now", [])[0]["now"]
        return now

    def heads(self, project: str) -> list[Head]:
        return [Head(**row) for row in self._rows("heads", [project])]

    def is_known(self, project: Project) -> bool:
        """Whether each of its repositories was reached once: before, nobody knows what belongs together."""
        reached = {row["repository"] for row in self._rows("reached_repositories", [project.name])}
        return all(repository.name in reached for repository in project.repositories)

    def standing(self, project: str) -> Standing:
        rows = self._rows("standing_builds", {"project": project})
        ordered = [row["number"] for row in rows if row["rebuild_of"] is not None and row["state"] == "gathering"]
        members = self.members(ordered) if ordered else {}
        return Standing(
            builds=[_build(row, members.get(row["number"], [])) for row in rows],
            shared=frozenset(row["number"] for row in self._rows("shared_builds", [project])),
            cancelled={row["name"]: row["count"] for row in self._rows("cancelled_in_a_row", [project])},
        )

    def members(self, numbers: Sequence[int]) -> dict[int, list[Member]]:
        found: dict[int, list[Member]] = {}
        for row in self._rows("commits_of_builds", [list(numbers)]):
            found.setdefault(row["number"], []).append(Member(**{name: row[name] for name in _MEMBER}))
        return found

    def get(self, fingerprint: str) -> int | None:
        """As plan.Built has it."""
        rows = self._rows("built_as", [fingerprint])
        return rows[0]["number"] if rows else None

    def base_build(self, project: str, bundle: str, repository: str, commit: str) -> Fork | None:
        """What a bundle was last built with when it had this commit."""
        asked = {"project": project, "bundle": bundle, "repository": repository, "commit": commit}
        rows = self._rows("base_build", asked)
        if not rows:
            return None
        return {member.repository: member for member in self.members([rows[0]["number"]])[rows[0]["number"]]}

    def build(self, number: int) -> Row:
        """Raises NotFound."""
        rows = self._rows("build", [number])
        if not rows:
            raise NotFound(f"There is no branch build {number}.")
        return rows[0]

    def projects(self) -> list[str]:
        """Those that have living bundles, also where they are no longer configured."""
        return [row["project"] for row in self._rows("projects_with_builds", [])]

    # ------------------------------------------------------------------ what is decided

    def note_bundles(self, project: str, bundles: Bundles) -> None:
        """Which are alive, and since when nothing was pushed to them."""
        known = {row["name"]: (row["is_sticky"], row["pushed_at"]) for row in self._rows("known_bundles", [project])}
        changed = [
            {"project": project, "name": each.name, "is_sticky": each.is_sticky, "pushed_at": each.pushed_at}
            for each in bundles.by_name.values()
            if known.get(each.name) != (each.is_sticky, each.pushed_at)
        ]
        with self._database.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            if changed:
                cursor.executemany(QUERIES["put_bundle"], changed)
            cursor.execute(QUERIES["end_bundles"], {"project": project, "names": list(bundles.by_name)})
            ended = cursor.rowcount
        if changed or ended:
            self._on_change()

    def carry_out(self, project: Project, decision: Decision) -> UUID | None:
        """Unless something else was done with the build meanwhile. -> the job that is of no use any more."""
        with self._database.connection() as connection, connection.transaction():
            job: UUID | None = self._carry_out(decision, project, connection)
        self._on_change()
        return job

    def open_all(self, project: Project, decisions: Sequence[Open]) -> None:
        """At once: there may be a thousand."""
        with self._database.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(QUERIES["open_build"], [_opened(project, decision) for decision in decisions])
        self._on_change()

    @singledispatchmethod
    def _carry_out(self, decision: Decision, project: Project, connection: Connection[Row]) -> UUID | None:
        raise NotImplementedError(decision)

    @_carry_out.register
    def _(self, decision: Open, project: Project, connection: Connection[Row]) -> None:
        connection.execute(QUERIES["open_build"], _opened(project, decision))

    @_carry_out.register
    def _(self, decision: Move, project: Project, connection: Connection[Row]) -> None:
        values = {
            "number": decision.number, "heads": Jsonb(decision.bundle.commits), "reason": decision.reason,
            "is_news": decision.is_news,
        }  # fmt: skip
        if connection.execute(QUERIES["move_build"], values).fetchone():
            _put_commits(connection, decision.number, decision.members)

    @_carry_out.register
    def _(self, decision: Launch, project: Project, connection: Connection[Row]) -> None:
        values = {
            "number": decision.number, "fingerprint": decision.fingerprint, "same_as": decision.same_as,
            "place": decision.place, "plan": Jsonb(plan_of(project)),
        }  # fmt: skip
        query = "launch_build" if decision.same_as is None else "join_build"
        if connection.execute(QUERIES[query], values).fetchone() is None:
            return
        _put_commits(connection, decision.number, decision.members)
        if decision.same_as is None:
            steps = [
                {"number": decision.number, "no": no, "name": step.name} for no, step in enumerate(project.steps, 1)
            ]
            with connection.cursor() as cursor:
                cursor.executemany(QUERIES["put_step"], steps)

    @_carry_out.register
    def _(self, decision: End, project: Project, connection: Connection[Row]) -> UUID | None:
        return _end(connection, decision.number, decision.result, decision.reason, decision.superseded_by)

    # ------------------------------------------------------------------ what people do

    def end(self, number: int, reason: str, result: str = "killed") -> tuple[bool, UUID | None]:
        """Killed, or with another result where it does not run -> whether it had not ended yet, and its job."""
        with self._database.connection() as connection, connection.transaction():
            before = connection.execute(QUERIES["build"], [number]).fetchone()
            job = _end(connection, number, result, reason, None)
        self._on_change()
        return bool(before and before["state"] != "done"), job

    def rebuild(self, number: int, reason: str, by: str) -> int:
        """Raises NotFound."""
        with self._database.connection() as connection, connection.transaction():
            made = connection.execute(QUERIES["rebuild"], {"number": number, "reason": reason, "by": by}).fetchone()
            if made is None:
                raise NotFound(f"There is no branch build {number}.")
            connection.execute(QUERIES["copy_commits"], {"number": made["number"], "of": number})
        self._on_change()
        new: int = made["number"]
        return new

    def newest(self, project: str, bundle: str) -> int | None:
        """The newest build of a bundle that was not ordered."""
        number: int | None = self._rows("newest_build", {"project": project, "bundle": bundle})[0]["number"]
        return number

    def hasten(self, number: int, by: str) -> bool:
        """Whether it still gathers: then it is due now."""
        is_hastened = bool(self._rows("hasten", {"number": number, "by": by}))
        self._on_change()
        return is_hastened

    def keep(self, number: int, keep: bool) -> None:
        """Raises NotFound."""
        if not self._rows("keep_build", {"number": number, "keep": keep}):
            raise NotFound(f"There is no branch build {number}.")
        self._on_change()

    def raise_number(self, first: int) -> int:
        """The next build gets this number, or a larger one. -> which."""
        number: int = self._rows("raise_number", [first])[0]["number"]
        return number

    def remove_old(self, before: datetime, most: int) -> int:
        count: int = self._rows("remove_builds", [before, most])[0]["count"]
        return count

    def _rows(self, name: str, values: Any) -> list[Row]:
        with self._database.connection() as connection:
            return connection.execute(QUERIES[name], values).fetchall()


def _opened(project: Project, decision: Open) -> Row:
    commits = [{"no": no, **asdict(member)} for no, member in enumerate(decision.members, 1)]
    return {
        "project": project.name,
        "bundle": decision.bundle.name,
        "reason": decision.reason,
        "heads": Jsonb(decision.bundle.commits),
        "commits": Jsonb(commits),
    }


def plan_of(project: Project) -> dict[str, Any]:
    """What the configuration says of a build that is due: a later one is for later builds."""
    return {
        "steps": [asdict(step) for step in project.steps],
        "queue": project.queue,
        "labels": dict(project.labels),
        "run": _run_of(project.run) if project.run else None,
        "variables": {repository.name: repository.variable for repository in project.repositories},
    }


def _run_of(run: RunCommand) -> dict[str, Any]:
    """What an agent has to know; how many may run is for the wall."""
    return {name: getattr(run, name) for name in ("command", "health", "cleanup", "timeout")}


def _build(row: Row, members: Sequence[Member]) -> Build:
    return Build(
        number=row["number"],
        bundle=row["bundle"],
        state=row["state"],
        heads=row["heads"],
        created_at=row["created_at"],
        moved_at=row["moved_at"],
        due_at=row["due_at"],
        before=row["before"],
        rebuilds=row["rebuild_of"] is not None,
        is_kept=row["is_kept"],
        same_as=row["same_as"],
        members=members,
    )


def _put_commits(connection: Connection[Row], number: int, members: Iterable[Member]) -> None:
    rows = [{"number": number, "no": no, **asdict(member)} for no, member in enumerate(members, 1)]
    with connection.cursor() as cursor:
        cursor.executemany(QUERIES["put_commit"], rows)
        cursor.execute(
            QUERIES["blank_commits"], {"number": number, "repositories": [row["repository"] for row in rows]}
        )


def _end(connection: Connection[Row], number: int, result: str, reason: str, superseded_by: int | None) -> UUID | None:
    values = {"number": number, "result": result, "reason": reason, "superseded_by": superseded_by}
    ended = connection.execute(QUERIES["end_build"], values).fetchone()
    if ended is None:
        return None
    connection.execute(QUERIES["end_steps"], [number])
    job: UUID | None = ended["job_id"]
    return job
