"""What builds left running, in Postgres: what agents say of it, and what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Lock
from typing import Any
from uuid import UUID

from psycopg import Connection

from livewall_agent.instancewire import GONE, LEASE
from livewall_dashboard.base.errors import Forbidden
from livewall_dashboard.base.feature import nothing
from livewall_dashboard.branches.instance_plan import InstanceState, Wish
from livewall_dashboard.branches.instance_report import InstanceReport, InstanceSaid, InstanceWanted
from livewall_dashboard.branches.queries import QUERIES
from livewall_dashboard.postgres.database import Database, Row

Decide = Callable[[str, Sequence[InstanceState]], Mapping[int, Wish]]
"""What is wanted of all instances of a project."""

Look = Callable[[Sequence[UUID]], Container[UUID]]
"""Which of these jobs are of this wall."""

_LOCK = 0x11FE_0042
_LEASE = timedelta(seconds=LEASE)


class InstanceStore:
    """Raises Unavailable while Postgres is away. `decide` is asked after each change, by one at a time.

    `on_change`: called once something else can be read. `look`: asked about jobs that did not make the builds of which
    they say it.
    """

    def __init__(
        self, database: Database, decide: Decide, on_change: Callable[[], object] = nothing, look: Look = frozenset
    ) -> None:
        self._database = database
        self._decide = decide
        self._on_change = on_change
        self._look = look
        self._turn = Lock()
        self._shown: list[Row] = []

    def report(self, report: InstanceReport, host: str, may_use: Callable[[str], object]) -> list[InstanceWanted]:
        """Takes it -> what is wanted. `may_use(queue)`: raises Forbidden for a queue that is not the caller's."""
        with self._deciding() as connection:
            known = _known_builds(connection, report.instances)
            for row in known.values():
                may_use(row["queue"])
            taken = _put_all(connection, report, host, known)
            _end_unspoken(connection, report.agent, list(taken), may_use)
            stands = self._plan(connection)
        others = [each for each in report.instances if taken.get(each.build) != each.job and each.build in known]
        ours = self._look([UUID(each.job) for each in others]) if others else ()
        return [
            _answer(stands.get(each.build), each)
            if taken.get(each.build) == each.job
            else _unknown(each, is_known=each.build in known and UUID(each.job) in ours)
            for each in report.instances
        ]

    def plan(self) -> None:
        """As time passes, and after whatever has changed."""
        with self._deciding() as connection:
            self._plan(connection)

    def wake(self, number: int) -> bool:
        """-> whether it is there to be woken."""
        with self._deciding() as connection:
            is_there = connection.execute(QUERIES["wake_instance"], [number]).fetchone() is not None
            self._plan(connection)
        return is_there

    def stop(self, number: int, why: str) -> bool:
        """Until it is woken -> whether it is there, and has not failed."""
        with self._deciding() as connection:
            stopped = connection.execute(QUERIES["stop_instance"], {"number": number, "why": why}).fetchone()
            self._plan(connection)
        return stopped is not None

    def touch(self, number: int) -> None:
        """Somebody uses it."""
        with self._database.connection() as connection:
            connection.execute(QUERIES["touch_instance"], [number])

    def forget(self, away: timedelta) -> None:
        """Those of agents that are not heard of for so long; and, after as long again, that there was one."""
        with self._database.connection() as connection:
            connection.execute(QUERIES["forget_instances"], [away])
            connection.execute(QUERIES["remove_instances"], [away])

    def rows(
        self,
        *,
        project: str | None = None,
        numbers: Sequence[int] | None = None,
        before: int | None = None,
        limit: int | None = None,
    ) -> list[Row]:
        asked = {"project": project, "numbers": numbers, "before": before, "limit": limit}
        return self._rows("list_instances", asked)

    def running(self, project: str) -> int:
        """How many of a project run, as far as their agents are heard of."""
        count: int = self._rows("running_instances", [project])[0]["count"]
        return count

    def log(self, number: int) -> str | None:
        """The end of what it has written."""
        found = self._rows("instance_log", [number])
        return found[0]["text"] if found else None

    def why_none(self, numbers: Sequence[int]) -> dict[int, str]:
        """Of builds whose instances are not there, or not there any more."""
        return {row["number"]: row["reason"] for row in self._rows("why_no_instances", [list(numbers)])}

    def _plan(self, connection: Connection[Row]) -> dict[int, Row]:
        """-> what stands then, by number."""
        rows = {row["number"]: row for row in connection.execute(QUERIES["standing_instances"]).fetchall()}
        changed = []
        for project in sorted({row["project"] for row in rows.values()}):
            states = [_state(row) for row in rows.values() if row["project"] == project]
            for number, wish in self._decide(project, states).items():
                row, reason = rows[number], wish.reason or (rows[number]["reason"] if wish.wanted == GONE else "")
                if (row["wanted"], row["reason"]) != (wish.wanted, reason):
                    row |= {"wanted": wish.wanted, "reason": reason}
                    changed.append({"number": number, "wanted": wish.wanted, "reason": reason})
        if changed:
            with connection.cursor() as cursor:
                cursor.executemany(QUERIES["want_instance"], changed)
        return rows

    @contextmanager
    def _deciding(self) -> Iterator[Connection[Row]]:
        """A transaction of the only one who decides; who shows instances is told where they look otherwise after it."""
        # Who waits for his turn holds no connection: agents by the hundred would leave none for anybody else.
        with self._turn, self._database.connection() as connection, connection.transaction():
            connection.execute(QUERIES["lock_instances"], [_LOCK])
            yield connection
            shown = connection.execute(QUERIES["shown_instances"]).fetchall()
        if shown != self._shown:
            self._shown = shown
            self._on_change()

    def _rows(self, name: str, values: Any) -> list[Row]:
        with self._database.connection() as connection:
            return connection.execute(QUERIES[name], values).fetchall()


def _known_builds(connection: Connection[Row], said: Iterable[InstanceSaid]) -> dict[int, Row]:
    numbers = [each.build for each in said]
    rows = connection.execute(QUERIES["builds_of_reports"], [numbers]).fetchall() if numbers else []
    return {row["number"]: row for row in rows}


def _put_all(
    connection: Connection[Row], report: InstanceReport, host: str, known: Mapping[int, Row]
) -> dict[int, str]:
    """-> of which builds they are the instances, as far as the wall knows; with the jobs that made these."""
    put, kept, logs = [], [], []
    for said in report.instances:
        build, values = known.get(said.build), _values(report.agent, host, said)
        if build is None:
            if connection.execute(QUERIES["keep_instance"], values).rowcount:
                kept.append(said)
        elif str(build["job_id"]) == said.job:
            put.append({**values, "project": build["project"]})
            kept.append(said)
            if said.log is not None:
                logs.append({"number": said.build, "text": _plain(said.log)})
    with connection.cursor() as cursor:
        if put:
            cursor.executemany(QUERIES["put_instance"], put)
        if logs:
            cursor.executemany(QUERIES["put_instance_log"], logs)
    return {said.build: said.job for said in kept}


def _end_unspoken(connection: Connection[Row], agent: str, spoken: list[int], may_use: Callable[[str], object]) -> None:
    """Those of an agent's that it no longer has. Anybody may call himself by its name: of his own queues alone."""
    rows = connection.execute(QUERIES["unspoken_instances"], {"agent": agent, "numbers": spoken}).fetchall()
    ended = []
    for row in rows:
        with suppress(Forbidden):
            may_use(row["queue"] or "")
            ended.append(row["number"])
    if ended:
        connection.execute(QUERIES["end_instances"], [ended])


def _values(agent: str, host: str, said: InstanceSaid) -> Row:
    return {
        "number": said.build, "job": said.job, "agent": agent, "host": host, "port": said.port, "lease": _LEASE,
        "state": said.state, "restarts": said.restarts, "exit_code": said.exit_code, "tried": said.tried,
        "message": _plain(said.message),
        "unhealthy_for": None if said.unhealthy_for is None else timedelta(seconds=said.unhealthy_for),
    }  # fmt: skip


def _answer(row: Row | None, said: InstanceSaid) -> InstanceWanted:
    return InstanceWanted(said.build, said.job, row["wanted"], row["wakes"]) if row else _unknown(said, is_known=False)


def _unknown(said: InstanceSaid, *, is_known: bool) -> InstanceWanted:
    """`is_known`: another job has made the build in the end. One of a build or a job that this wall has never heard of
    sleeps, and nothing is lost: after a backup was restored other builds have the same numbers.
    """
    return InstanceWanted(said.build, said.job, "gone" if is_known else "stopped")


def _state(row: Row) -> InstanceState:
    names = (
        "number",
        "state",
        "wanted",
        "last_used_at",
        "changed_at",
        "is_good",
        "is_alive",
        "stays",
        "is_away",
        "is_spent",
        "stopped",
    )
    return InstanceState(**{name: row[name] for name in names})


def _plain(text: str) -> str:
    """Postgres holds no NUL in a text."""
    return text.replace("\0", "\ufffd")
