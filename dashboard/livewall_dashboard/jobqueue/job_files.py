"""Files of jobs: what comes with them, and what their agents hand in when all is done."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Response

from livewall_dashboard.artifacts.gzip_files import unpacked
from livewall_dashboard.artifacts.model import Owner
from livewall_dashboard.artifacts.store import ArtifactStore

OWNER = "job"
GZIP = "application/gzip"


class JobFiles:
    """Raises Unavailable where disk or Postgres do not take them."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store

    def put(self, job_id: UUID, name: str, blocks: Iterable[bytes]) -> None:
        """In place of what there was, also an empty file, also of a job that is not here."""
        owner = Owner(OWNER, str(job_id))
        self._store.admit(owner, name, 0)
        self._store.put(owner, name, blocks, packed=False)

    def response(self, job_id: UUID, name: str) -> Response | None:
        """The bytes as they were sent: programs write to the disk what comes over the wire."""
        found = self._store.open(Owner(OWNER, str(job_id)), name)
        if found is None:
            return None
        artifact, file = found
        response = Response(unpacked(file), content_type=GZIP)
        response.headers["Content-Length"] = str(artifact.size)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.tar.gz"'
        response.headers["Cache-Control"] = "private, no-cache"
        response.call_on_close(file.close)
        return response
