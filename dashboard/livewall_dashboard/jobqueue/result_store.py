"""What became of jobs: results that add up, and output by fragments. Also of ids that no job here has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from livewall_dashboard.base.batches import Batches
from livewall_dashboard.base.sizes import JOB_OUTPUT
from livewall_dashboard.jobqueue.bodies import dumps
from livewall_dashboard.jobqueue.definition import reserved_seconds
from livewall_dashboard.jobqueue.leases import LEASE, QUIET
from livewall_dashboard.jobqueue.model import ENDED, PHASES, TOLD_BY_AGENTS, shown_state
from livewall_dashboard.jobqueue.output_limit import OutputLimit
from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.jobqueue.topics import Topics
from livewall_dashboard.postgres.database import Database

MOST_READ = 16 * 1024 * 1024
"""Bytes of output handed out at once; who asks again gets what follows."""
SMALL = 65_536
"""Bytes of a fragment up to which it is stored together with those of others."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """`at`: the agent's clock."""

    number: int
    phase: str
    at: datetime
    data: str


@dataclass(frozen=True, slots=True)
class _Written:
    """A fragment of a job, its text as it is stored."""

    job_id: UUID
    kind: str
    fragment: Fragment
    data: bytes


@dataclass(frozen=True, slots=True)
class Output:
    """A phase's output from somewhere on. `last`: the number of its last fragment, -1 where there is none."""

    last: int = -1
    text: str = ""


class ResultStore:
    """Raises Unavailable while Postgres is away."""

    def __init__(self, database: Database, *, topics: Topics | None = None, limit: OutputLimit | None = None) -> None:
        self._database = database
        self._limit = limit or OutputLimit(JOB_OUTPUT)
        self._topics = topics or Topics()
        self._output: Batches[_Written, None] = Batches(self._put_output)

    def post(self, job_id: UUID, posted: Mapping[str, Any]) -> None:
        """Adds to what was posted before. A job that has ended stays as it ended."""
        with self._database.connection() as connection, connection.transaction():
            connection.execute(QUERIES["lock_result"], [str(job_id)])
            before = connection.execute(QUERIES["result"], [job_id]).fetchone()
            result = _sum(before["result"] if before else {}, posted)
            connection.execute(QUERIES["put_result"], {"id": job_id, "result": dumps(result)})
            _note_state(connection, job_id, posted.get("job_state"))
            for phase, status in posted.get("status", {}).items():
                connection.execute(QUERIES["put_phase_status"], {"id": job_id, "phase": phase, "status": status})
        self._topics.note_jobs(job_id)

    def read(self, job_id: UUID, *, with_output: bool = True) -> dict[str, Any] | None:
        """All that is known of it; None where nothing is. Of each phase's output the end, where it is long."""
        with self._database.connection() as connection:
            job = connection.execute(QUERIES["job"], [job_id]).fetchone()
            posted = connection.execute(QUERIES["result"], [job_id]).fetchone()
            written = connection.execute(QUERIES["output_by_phase"], {"id": job_id, "most": MOST_READ * with_output})
            texts = {f"{row['phase']}_{row['kind']}": _text(row["data"]) for row in written.fetchall()}
        if job is None and posted is None and not texts:
            return None
        result = posted["result"] if posted else {}
        statuses = {f"{phase}_status": status for phase, status in result.get("status", {}).items()}
        state = {"job_state": shown_state(job["state"])} if job else {}
        return {**texts, **statuses, **{name: of for name, of in result.items() if name != "status"}, **state}

    def put_fragment(self, job_id: UUID, kind: str, fragment: Fragment) -> None:
        """Sent twice, it is there once. Of a job that has written too much nothing more is kept."""
        written = _Written(job_id, kind, fragment, fragment.data.encode("utf-8", "replace"))
        if len(written.data) <= SMALL:
            self._output.ask(written)
        else:
            self._put_output([written])
        self._topics.note_output(job_id)

    def append(self, job_id: UUID, kind: str, data: bytes) -> None:
        """Output of an agent that does not number it, of the phase that its job is in."""
        text = data.decode("utf-8", "replace").encode()
        with self._limit_of(job_id), self._database.connection() as connection, connection.transaction():
            connection.execute(QUERIES["lock_result"], [str(job_id)])
            row = connection.execute(QUERIES["own_phase"], [job_id]).fetchone()
            phase = row["state"] if row and row["state"] in PHASES else "test"
            if kept := self._limit.part_to_keep(connection, job_id, text):
                values = {"id": job_id, "kind": kind, "phase": phase, "data": kept}
                connection.execute(QUERIES["append_fragment"], values)
        self._topics.note_output(job_id)

    def _put_output(self, written: Sequence[_Written]) -> list[None]:
        """Pieces of several jobs by one statement."""
        with self._limit_of(*{each.job_id for each in written}), self._database.connection() as connection:
            kept = [
                (each, data)
                for each in written
                if (data := self._limit.part_to_keep(connection, each.job_id, each.data)) or not each.data
            ]
            values = {
                "ids": [each.job_id for each, _ in kept],
                "kinds": [each.kind for each, _ in kept],
                "fragments": [each.fragment.number for each, _ in kept],
                "phases": [each.fragment.phase for each, _ in kept],
                "times": [each.fragment.at for each, _ in kept],
                "data": [data for _, data in kept],
            }
            if kept:
                connection.execute(QUERIES["put_fragments"], values)
        return [None] * len(written)

    @contextmanager
    def _limit_of(self, *job_ids: UUID) -> Iterator[None]:
        """For a block that stores what it was told to keep of these jobs' output, or fails."""
        try:
            yield
        except BaseException:
            self._limit.forget(*job_ids)
            raise

    def text_after(self, job_id: UUID, kind: str, fragment: int) -> tuple[int, str]:
        """-> the number of the last fragment, and the text of all that follow `fragment`."""
        values = {"id": job_id, "kind": kind, "after": fragment, "most": MOST_READ}
        with self._database.connection() as connection:
            rows = connection.execute(QUERIES["text_after"], values).fetchall()
        return (rows[-1]["fragment"] if rows else fragment), _text(b"".join(row["data"] for row in rows))

    def output(
        self, job_id: UUID, kind: str, *, start: int = 0, since: datetime | None = None, phase: str | None = None
    ) -> dict[str, Output]:
        """By phase, from fragment `start` and time `since` on, as much as is handed out at once."""
        values = {
            "id": job_id, "kind": kind, "fragment": start, "since": since, "phase": phase, "most": MOST_READ,
        }  # fmt: skip
        with self._database.connection() as connection:
            rows = connection.execute(QUERIES["fragments"], values).fetchall()
        parts: dict[str, list[bytes]] = {}
        last: dict[str, int] = {}
        for row in rows:
            parts.setdefault(row["phase"], []).append(row["data"])
            last[row["phase"]] = row["fragment"]
        return {name: Output(last[name], _text(b"".join(found))) for name, found in parts.items()}


def _sum(before: dict[str, Any], posted: Mapping[str, Any]) -> dict[str, Any]:
    """Members of `status` and `device_info` add up by themselves."""
    merged = {name: {**before.get(name, {}), **posted[name]} for name in ("status", "device_info") if name in posted}
    return {**before, **posted, **merged}


def _note_state(connection: Connection[Any], job_id: UUID, state: str | None) -> None:
    if state not in TOLD_BY_AGENTS:
        return
    lease = QUIET if state in ("provision", "firmware_update") else LEASE
    values = {"id": job_id, "state": state, "ends": state in ENDED, "lease": lease}
    if connection.execute(QUERIES["enter_state"], values).fetchone() is None:
        return
    phase = "allocate" if state == "allocated" else state  # its rig is lent, and the phase goes on
    connection.execute(QUERIES["end_other_phases"], {"id": job_id, "phase": phase})
    if phase in PHASES:
        connection.execute(QUERIES["start_phase"], {"id": job_id, "phase": phase})
    if state == "reserve":
        job = connection.execute(QUERIES["job"], [job_id]).fetchone()
        if seconds := reserved_seconds(job["definition"] if job else {}):
            connection.execute(QUERIES["note_reservation"], {"id": job_id, "seconds": seconds})


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
