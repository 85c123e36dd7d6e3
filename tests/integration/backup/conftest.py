"""Walls without a socket, and one's data to back up."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.app import Dashboard
from livewall_dashboard.postgres.database import Database
from support.backup_lab import LOG, Filled
from support.reporter import Reporter, T, through_flask
from support.walls import wall_on


@pytest.fixture
def make_wall() -> Iterator[Callable[[str, Path], Dashboard]]:
    """Starts a wall on a database (its URL) with this data folder."""
    made: list[Dashboard] = []

    def make(url: str, data: Path) -> Dashboard:
        wall = wall_on(url, data=data)
        wall.start()
        made.append(wall)
        return wall

    yield make
    for wall in made:
        wall.stop()


@pytest.fixture
def filled(database_url: str, tmp_path: Path) -> Filled:
    """Two finished runs, one with files; one that goes on; a token. The wall is stopped: its data are at rest."""
    data = tmp_path / "data"
    wall = wall_on(database_url, data=data)
    wall.start()
    client = wall.flask.test_client()
    reporter = Reporter(through_flask(client))
    finished = reporter.run([T("One", tags=["a", "b"]), T("Two", "FAIL", "a\\b\tc\nd 'e' ü"), T("Three", "SKIP")])
    reporter.run([T("One")], labels={"os": "debian"}, branch="main", commit="c0ffee", repository="r")
    for name, text in (("log.html", LOG), ("output.xml", "<robot/>")):
        packed = gzip.compress(text.encode())
        put = client.put(f"/api/v1/runs/{finished}/artifacts/{name}", data=packed, headers={"Content-Encoding": "gzip"})
        assert put.status_code == 201
    going_on = reporter.process()
    going_on.start_suite("s1", "Suite", total=2, test_count=2, source="/tests/suite.robot", doc="")
    going_on.send(going_on.test("s1", "Suite", 1, T("One")))
    wall.stop()
    database = Database(database_url)
    try:
        return Filled(database_url, data, finished, going_on, TokenStore(database).create("screens", "read"))
    finally:
        database.close()
