from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from livewall_dashboard.postgres.database import Database
from support.history_lab import PATIENCE, Lab
from support.import_lab import ImportLab, importer_on


@pytest.fixture
def lab(writer_url: str, tmp_path: Path) -> Iterator[ImportLab]:
    """A recorder and an importer on a database of the test's own, with the least rights."""
    recording = Lab(Database(writer_url))
    recording.recorder.start()
    with importer_on(writer_url) as importer:
        yield ImportLab(recording, importer, tmp_path)
    recording.recorder.stop(PATIENCE)
    recording.database.close()
