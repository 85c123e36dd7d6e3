"""A project with two real git repositories on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from livewall_dashboard.postgres.database import Database
from support.shop import Shop


@pytest.fixture
def database(writer_url: str) -> Iterator[Database]:
    with closing(Database(writer_url)) as database:
        yield database


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Shop:
    return Shop(database, tmp_path)
