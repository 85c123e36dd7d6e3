"""Old runs on a database of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from livewall_dashboard.history.results import partitions
from livewall_dashboard.postgres.database import Database
from support.history_lab import PATIENCE, Lab
from support.old_runs import OldRuns


@pytest.fixture
def narrow(no_partitions: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Partitions of four runs."""
    monkeypatch.setattr(partitions, "NARROWEST", 4)
    monkeypatch.setattr(partitions, "WIDEST", 4)
    monkeypatch.setattr(partitions, "AHEAD", 1)


@pytest.fixture
def old(database_url: str) -> Iterator[OldRuns]:
    lab = Lab(Database(database_url))
    lab.recorder.start()
    runs = OldRuns(lab)
    yield runs
    runs.connection.close()
    lab.recorder.stop(PATIENCE)
    lab.database.close()
