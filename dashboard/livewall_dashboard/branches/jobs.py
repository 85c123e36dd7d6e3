"""What branches need of the job queue; another feature has it, and the wall hands it over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from uuid import UUID


class JobState(Protocol):
    """`state`: waiting, running, a phase, complete, cancelled or lost. `awaits_files`: its attachments are missing.

    `retried_as`: the job that is run in its place. `status`: the exit code of its test phase.
    """

    @property
    def id(self) -> UUID: ...
    @property
    def state(self) -> str: ...
    @property
    def end_reason(self) -> str: ...
    @property
    def awaits_files(self) -> bool: ...
    @property
    def retried_as(self) -> UUID | None: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def status(self) -> int | None: ...
    @property
    def agent(self) -> str | None: ...


class Jobs(Protocol):
    """All raise Unavailable while Postgres is away."""

    def submit(self, definition: Mapping[str, Any]) -> UUID:
        """The same again, by its `job_id`, is the same job."""

    def attach(self, job: UUID, archive: Iterable[bytes]) -> None:
        """The files that a job waits for, as a tar packed by gzip: from then on agents may take it."""

    def detach(self, job: UUID) -> None:
        """The files are of no use any more."""

    def look(self, jobs: Sequence[UUID]) -> Mapping[UUID, JobState]:
        """Those that are there."""

    def cancel(self, job: UUID, reason: str) -> None:
        """Whatever has become of it, nothing of it is run from now on."""

    def output(self, job: UUID, after: int) -> tuple[int, bytes]:
        """What it has printed after a fragment, or the first part of that -> the last fragment, and the text."""

    def runs(self, job: UUID) -> list[str]:
        """Those that robots inside it have reported."""

    def artifacts(self, job: UUID) -> BinaryIO | None:
        """What it left: a tar packed by gzip."""
