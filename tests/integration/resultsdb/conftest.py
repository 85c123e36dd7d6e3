"""One wall with the least rights for all tests of a file, each of which has repositories and suites of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from psycopg.conninfo import make_conninfo

from support.postgres import Databases
from support.walls import wall_on


@pytest.fixture(scope="module")
def client(databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    url = databases.create(template)
    wall = wall_on(make_conninfo(url, user="livewall"), data=tmp_path_factory.mktemp("wall"))
    wall.start()
    yield wall.flask.test_client()
    wall.stop()
    databases.drop(url)
