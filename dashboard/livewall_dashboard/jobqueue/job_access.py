"""The queue for other features of the wall: jobs that they submit, and what becomes of these."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

from livewall_dashboard.artifacts.model import Owner
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.jobqueue.definition import read_definition
from livewall_dashboard.jobqueue.file_routes import ARTIFACT, ATTACHMENTS
from livewall_dashboard.jobqueue.job_files import OWNER, JobFiles
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.model import ENDED
from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.jobqueue.result_store import ResultStore
from livewall_dashboard.postgres.database import Database


@dataclass(frozen=True, slots=True)
class JobState:
    """`awaits_files`: its attachments are missing. `status`: the exit code of its test phase."""

    id: UUID
    state: str
    end_reason: str
    awaits_files: bool
    retried_as: UUID | None
    started_at: datetime | None
    ended_at: datetime | None
    agent: str | None
    status: int | None


class JobAccess:
    """Raises Unavailable while Postgres is away, or where the disk does not take what is attached."""

    def __init__(self, database: Database, artifacts: ArtifactStore) -> None:
        self._database = database
        self._artifacts = artifacts
        self._jobs = JobStore(database)
        self._results = ResultStore(database)
        self._files = JobFiles(artifacts)

    def submit(self, definition: Mapping[str, Any]) -> UUID:
        """The same again, by its `job_id`, is the same job. Raises Invalid."""
        return self._jobs.submit(read_definition(dict(definition)), None)

    def attach(self, job: UUID, archive: Iterable[bytes]) -> None:
        """The files that a job waits for, as a tar packed by gzip: from then on agents may take it."""
        self._files.put(job, ATTACHMENTS, archive)
        self._jobs.note_attachments(job)

    def detach(self, job: UUID) -> None:
        """The files are of no use any more: an archive with nothing in it is in their place."""
        if self._artifacts.find(Owner(OWNER, str(job)), ATTACHMENTS) is not None:
            self._files.put(job, ATTACHMENTS, [_NO_FILES])

    def look(self, jobs: Sequence[UUID]) -> dict[UUID, JobState]:
        """Those that are there."""
        with self._database.connection() as connection:
            rows = connection.execute(QUERIES["job_states"], [list(jobs)]).fetchall()
        return {row["id"]: JobState(**row) for row in rows}

    def cancel(self, job: UUID, reason: str) -> None:
        """Whatever has become of it, nothing of it is run from now on."""
        found = self._jobs.find(job)
        while found and found.retried_as:
            found = self._jobs.find(found.retried_as)
        if found and found.state not in ENDED:
            with self._database.connection() as connection:
                connection.execute(QUERIES["end_job"], {"id": found.id, "state": "cancelled", "reason": reason})

    def output(self, job: UUID, after: int) -> tuple[int, bytes]:
        """What it has printed after a fragment, as much as is handed out at once -> the last fragment, and the text."""
        last, text = self._results.text_after(job, "output", after)
        return last, text.encode("utf-8", "replace")

    def runs(self, job: UUID) -> list[str]:
        """Keys of those that robots inside it have reported."""
        with self._database.connection() as connection:
            return [row["key"] for row in connection.execute(QUERIES["runs_of_job"], [job]).fetchall()]

    def artifacts(self, job: UUID) -> BinaryIO | None:
        """What it left, as it came: a tar packed by gzip."""
        found = self._artifacts.open(Owner(OWNER, str(job)), ARTIFACT)
        return cast("BinaryIO", gzip.GzipFile(fileobj=found[1])) if found else None


def _nothing() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz"):
        pass
    return packed.getvalue()


_NO_FILES = _nothing()
