"""One wall with the least rights for all tests of a file, each of which has repositories and suites of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from psycopg.conninfo import make_conninfo

from support.postgres import Databases
from support.walls import wall_on


@pytest.fixture(scope="module")
def url(databases: Databases, template: str) -> Iterator[str]:
    """Of the wall's database, for its owner."""
    url = databases.create(template)
    yield url
    databases.drop(url)


@pytest.fixture(scope="module")
def client(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    wall = wall_on(make_conninfo(url, user="livewall"), data=tmp_path_factory.mktemp("wall"))
    wall.start()
    yield wall.flask.test_client()
    wall.stop()
