"""A recorder on a database of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from livewall_dashboard.history.store import Store
from livewall_dashboard.postgres.database import Database
from support.history_lab import PATIENCE, Lab


@pytest.fixture
def make_lab() -> Iterator[Callable[[str], Lab]]:
    """Makes labs with a running recorder on the database at a URL."""
    labs: list[Lab] = []

    def make(url: str) -> Lab:
        lab = Lab(Database(url))
        labs.append(lab)
        lab.recorder.start()
        return lab

    yield make
    for lab in labs:
        lab.recorder.stop(PATIENCE)
        lab.database.close()


@pytest.fixture
def lab(make_lab: Callable[[str], Lab], database_url: str) -> Lab:
    return make_lab(database_url)


@pytest.fixture
def store(lab: Lab) -> Store:
    return Store(lab.database)
