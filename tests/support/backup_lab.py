"""A wall's data to back up, and what is in a database, to compare."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from livewall_dashboard.backup.archive import Manifest
from livewall_dashboard.backup.create import make_backup
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.settings import artifacts_below

from .reporter import Process

LOG = "<html>Prüfung ✓</html>" * 1000
"""The log.html of the finished run."""

TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname"""


@dataclass
class Filled:
    """`going_on`: the process of the run that has not ended. `token`: one that reads."""

    url: str
    data: Path
    finished: str
    going_on: Process
    token: str

    @property
    def artifacts(self) -> Path:
        return artifacts_below(self.data)

    def back_up(self, target: Path) -> Manifest:
        return make_backup(self.url, self.artifacts, target, utc_now())


def content(url: str) -> dict[str, list[Any]]:
    """All rows of all tables, partitions among them."""
    with psycopg.connect(url) as connection:
        tables = [name for (name,) in connection.execute(TABLES).fetchall()]
        query = sql.SQL("SELECT t::text FROM {} t ORDER BY 1")
        return {table: connection.execute(query.format(sql.Identifier(table))).fetchall() for table in tables}


def files(folder: Path) -> dict[str, bytes]:
    """What lies below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
