"""What reads tar files for imports, as a feature would: a run of each, with a test for each file in it."""

from __future__ import annotations

import hashlib
import tarfile
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.base.file_reader import FileToRead, ReadRun
from livewall_dashboard.history.result_sets.result_set import GivenResult, GivenSuite, ResultSet
from livewall_dashboard.history.result_sets.store_result_set import ResultSets
from livewall_dashboard.postgres.database import Database

BEGAN = datetime(2026, 3, 1, tzinfo=timezone.utc)


class TarReader:
    suffixes = (".tar",)

    def takes(self, beginning: bytes, name: str) -> bool:
        return name.endswith(".tar") and beginning[257:262] == b"ustar"

    def store(self, file: FileToRead, database_url: str, data: Path) -> ReadRun:
        if file.setup is None:
            raise Invalid("It does not say on which setup it ran: --setup NAME does.")
        with tarfile.open(file.path) as tar:
            results = [GivenResult(member.name) for member in tar]
        key = f"tar-{hashlib.sha256(file.path.read_bytes() + file.setup.encode()).hexdigest()[:20]}"
        given = ResultSet(
            key=key,
            setup=file.setup,
            suite=file.suite,
            started_at=BEGAN,
            ended_at=BEGAN,
            root=GivenSuite("Tar", results),
            labels=dict(file.labels),
        )
        with (
            closing(Database(database_url)) as database,
            closing(ResultSets(database, clock=utc_now, on_stored=lambda _: None)) as result_sets,
        ):
            stored = result_sets.store(given)
        return ReadRun(key, file.setup, len(results), is_new=stored.is_new)


READER = TarReader()
