"""The databases tests get."""

from __future__ import annotations

import psycopg
import pytest

from support.postgres import Databases, Postgres
from support.waiting import wait_for

SETUPS = "SELECT count(*) FROM setup"


@pytest.mark.parametrize("attempt", ["first", "second"])
def test_each_test_has_a_database_of_its_own(database_url: str, attempt: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.execute(SETUPS).fetchone() == (0,)
        connection.execute("INSERT INTO setup (name) VALUES (%s)", (attempt,))


def test_an_empty_one_has_no_schema(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute(SETUPS)


def test_a_crashed_server_comes_back_with_what_was_committed(own_postgres: Postgres) -> None:
    databases = Databases(own_postgres.url)
    url = databases.create()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    own_postgres.stop("immediate")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    own_postgres.start()
    assert wait_for(lambda: _number(url), what="the committed row") == 42


def _number(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT number FROM kept").fetchone()
    assert row is not None
    return int(row[0])
