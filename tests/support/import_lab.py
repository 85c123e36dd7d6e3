"""Runs that a recorder heard of in part, and an importer on the same database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.run_status import State
from livewall_dashboard.importing.importer import Importer
from livewall_dashboard.importing.outcome import Outcome
from livewall_dashboard.importing.wish import Wish
from livewall_listener import wire

from .history_lab import RECEIVED, Lab, Process
from .lab import NODE_ZONE
from .oracle import Record, assert_equal, read_output
from .outputs import BEGAN, Suite, write
from .recorded import Database
from .retold import events_of

ZONE = ZoneInfo(NODE_ZONE)


@contextmanager
def importer_on(url: str) -> Iterator[Importer]:
    with (
        psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection,
        psycopg.connect(url, autocommit=True) as side,
    ):
        yield Importer(connection, side)


@dataclass
class ImportLab:
    """`directory`: where the files go. Nodes are of another zone than this machine."""

    lab: Lab
    importer: Importer
    directory: Path
    files: int = 0

    @property
    def database(self) -> Database:
        return Database(self.lab.database.url)

    def output(self, root: Suite, *, after: timedelta = timedelta(), **how: object) -> Path:
        """The file of a run that began `after` the first one."""
        self.files += 1
        path = self.directory / f"output-{self.files}.xml"
        return write(path, root, began=BEGAN + after, **how)  # type: ignore[arg-type]

    def events(self, path: Path) -> list[wire.Event]:
        return events_of(path, ZONE)

    def report(
        self,
        events: Sequence[wire.Event],
        path: Path,
        *,
        run: str = "run-1",
        name: str = "0",
        state: State | None = "abandoned",
        **info: Any,
    ) -> Process:
        """A node tells these events of the file's run; then the run has that state."""
        began = _began(path) + timedelta(milliseconds=30)
        process = self.lab.process(run, name, started_at=began.isoformat(), **info)
        if events:
            process.tell(*events)
        if state is not None:
            self.state(run, state)
        return process

    def state(self, run: str, state: State) -> None:
        self.lab.state(run, state, RECEIVED)
        # What another one tells after it is stored after it.
        other = self.lab.process("lab-setting", setup="other", started_at="2025-01-01T00:00:00+00:00")
        other.seq = other.register().last_seq
        other.tell(wire.Lost(1, "for its commit"))

    def take_in(self, path: Path, **wish: object) -> Outcome:
        return self.importer.run(path, Wish(**wish), utc_now())  # type: ignore[arg-type]

    def holds(self, key: str, path: Path) -> Record:
        """Assert that Postgres has of the run what the file has, and that it is verified."""
        run = self.database.run(key)
        assert (run["state"], run["verification"], run["missing"]) == ("finished", "verified", 0), run
        expected = read_output(path, ZONE)
        assert_equal(expected, self.database.record(key))
        return expected

    def everything(self) -> dict[str, list[dict[str, object]]]:
        """All there is of runs, but for when it came."""
        rows = {
            table: self.lab.rows(f"SELECT * FROM {table} t ORDER BY t::text")
            for table in ("run", "process", "suite_result", "result", "test_duration")
        }
        for run in rows["run"]:
            del run["last_news_at"]
        return rows


def _began(path: Path) -> datetime:
    (root, *_) = read_output(path, ZONE).suites
    return root.start_time
