"""Whatever version left the data: this one brings them up to date, loses nothing, and goes on with what was open.

`former/` has a database of each former schema, as the program of that time filled it (`support/former.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.app import Dashboard
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.postgres.dump import load, programs_for
from livewall_dashboard.postgres.migrations import known_migrations, migrate
from support.former import OPEN, SCREEN, TABLES, empty_tables, end_open_run
from support.recorded import read_api
from support.reporter import Reporter, T, through_flask
from support.walls import wall_on

pytestmark = pytest.mark.any_python

FORMER = Path(__file__).parent / "former"
DUMPS = sorted(FORMER.glob("*.sql"))
RELEASED = "0004.import"
"""The newest schema that a release has: what is migrated between two releases, nobody's database stands at."""

_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""


def test_there_is_a_database_of_each_former_schema() -> None:
    released = [migration.name for migration in known_migrations() if migration.name <= RELEASED]
    assert [dump.stem for dump in DUMPS] == released, "`python -m support.former` makes a database of this version"


@pytest.fixture(params=DUMPS, ids=lambda dump: dump.stem)
def former(request: pytest.FixtureRequest, empty_database_url: str) -> str:
    """A database of a former version."""
    with psycopg.connect(empty_database_url) as connection:
        programs = programs_for(connection.info.server_version // 10000, newest=True)
    with request.param.open("rb") as text:
        load(programs, empty_database_url, text)
    return empty_database_url


@pytest.fixture
def upgraded(former: str, tmp_path: Path) -> Iterator[Dashboard]:
    """A wall of this version on it."""
    migrate(former)
    wall = wall_on(former, data=tmp_path)
    wall.start()
    yield wall
    wall.stop()


def rows(url: str, tables: dict[str, list[str]]) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of these columns of tables."""
    found = {}
    with psycopg.connect(url) as connection:
        for table, columns in tables.items():
            chosen = sql.SQL(", ").join(map(sql.Identifier, columns))
            query = sql.SQL("SELECT {} FROM {} t ORDER BY t::text").format(chosen, sql.Identifier(table))
            found[table] = sorted(connection.execute(query).fetchall(), key=repr)
    return found


def test_no_row_is_lost_or_another(former: str) -> None:
    assert empty_tables(former) == []
    with psycopg.connect(former) as connection:
        names = [name for (name,) in connection.execute(TABLES).fetchall() if name != "migration"]
        tables = {name: [column for (column,) in connection.execute(_COLUMNS, [name])] for name in names}
    before = rows(former, tables)
    assert migrate(former) != []
    assert rows(former, tables) == before
    assert migrate(former) == []


def test_the_wall_goes_on_where_the_former_one_stopped(upgraded: Dashboard, former: str) -> None:
    client = upgraded.flask.test_client()
    reporter = Reporter(through_flask(client))

    def get(path: str) -> Any:
        reply = client.get(path)
        assert reply.status_code == 200, (path, reply.text)
        return reply.json

    runs = get("/api/v1/runs")["runs"]
    assert sorted(run["state"] for run in runs) == ["abandoned", "finished", "finished", "running", "running"]
    for run in runs:
        record = read_api(get, run["id"])
        assert len(record.tests) == sum(run["counts"][status] for status in ("passed", "failed", "skipped")) > 0
        assert client.get(f"/runs/{run['id']}").status_code == 200
    traps = next(run for run in runs if run["name"] == "Traps")
    longname = read_api(get, traps["id"]).tests[0].longname
    timeline = get(f"/api/v1/tests/history?longname={longname}")
    assert len(timeline["history"]) == 2

    tiles = {tile["setup"]: tile for tile in get("/api/v1/live")["setups"]}
    assert tiles["vm-open"]["counts"]["failed"] == 1
    assert tiles["vm-1"]["run"]["verification"] == "verified"
    end_open_run(reporter)
    assert get(f"/api/v1/runs/{OPEN}")["verification"] == "verified"
    assert get(f"/api/v1/runs/{reporter.run([T('New')])}")["verification"] == "verified"

    database = Database(former)
    tokens = TokenStore(database)
    found = tokens.find(SCREEN)
    database.close()
    assert found is not None and found.grants("read") and not found.grants("ingest")
