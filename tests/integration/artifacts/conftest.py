"""A run that takes files, and the store of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from livewall_dashboard.artifacts.run_files import RunFiles
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.history.recording.register_run import register
from livewall_dashboard.postgres.database import Database
from livewall_listener import wire

RUN = "run-1"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    database.open()
    with database.connection() as connection:
        register(connection, RUN, "vm1", wire.RunInfo(), datetime.now(timezone.utc), 0)
    yield database
    database.close()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "artifacts"


@pytest.fixture
def store(database: Database, directory: Path) -> ArtifactStore:
    return ArtifactStore(database, directory)


@pytest.fixture
def run_files(database: Database, store: ArtifactStore) -> RunFiles:
    return RunFiles(database, store)
