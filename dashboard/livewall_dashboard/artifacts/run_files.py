"""Files of runs: who may upload them, and to which run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from livewall_dashboard.access.tokens import Token
from livewall_dashboard.artifacts.model import Artifact, Owner, check_name
from livewall_dashboard.artifacts.queries import QUERIES
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.history.recording.ownership import check_writer
from livewall_dashboard.postgres.database import Database


class RunFiles:
    """Runs are known by the id that their listener chose, processes by their name. `store` has the files."""

    def __init__(self, database: Database, store: ArtifactStore):
        self._database = database
        self._store = store

    def check_writer(self, run: str, writer: Token | None) -> None:
        """Raises Forbidden where the run is another token's; `writer` None: nobody is asked for one."""
        if writer is not None and "\0" not in run:
            with self._database.connection() as connection:
                check_writer(connection, run, writer)

    def append(
        self, run: str, name: str, chunk: bytes, *, start: int, total: int, sha256: str, process: str | None = None
    ) -> int | Artifact:
        """As `ArtifactStore.append`. Raises NotFound for a run or a process that has not registered."""
        owner = self._admit(run, name, total, process)
        return self._store.append(owner, name, chunk, start=start, total=total, sha256=sha256, process=process)

    def put(
        self,
        run: str,
        name: str,
        blocks: Iterable[bytes],
        *,
        packed: bool,
        sha256: str | None = None,
        process: str | None = None,
    ) -> Artifact:
        """As `ArtifactStore.put`. Raises NotFound for a run or a process that has not registered."""
        owner = self._admit(run, name, 0, process)
        return self._store.put(owner, name, blocks, packed=packed, sha256=sha256, process=process)

    def open(self, run: str, name: str) -> tuple[Artifact, BinaryIO]:
        """The artifact and its packed bytes. Raises NotFound."""
        row = self._find(run)
        found = self._store.open(Owner.run(row["id"]), name) if row else None
        if found is None:
            raise NotFound(f"The run has no artifact {name[:200]!r}.")
        return found

    def _admit(self, run: str, name: str, size: int, process: str | None) -> Owner:
        check_name(name)
        row = self._find(run, process)
        if row is None:
            raise NotFound(f"There is no run {run[:200]!r}: PUT /api/v1/runs/{{run_id}} first.")
        if process is not None and not row["has_process"]:
            # Its events may still be on their way; later the file would belong to nobody.
            raise NotFound(f"Run {run} has no process {process[:200]!r} yet: PUT /api/v1/runs/{{run_id}} first.")
        owner = Owner.run(row["id"])
        self._store.admit(owner, name, size)
        return owner

    def _find(self, run: str, process: str | None = None) -> dict[str, int] | None:
        if "\0" in run:
            return None
        with self._database.connection() as connection:
            return connection.execute(QUERIES["run_to_write"], {"key": run, "process": process}).fetchone()
