"""Migrations are tried on a copy: it holds what the original holds, the original is only read, and nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg import sql

from livewall_dashboard.base.errors import Conflict, Misconfigured, Unavailable
from livewall_dashboard.postgres import copy_database, dump, migrations
from livewall_dashboard.postgres.copy_database import SUFFIX, copy_of
from livewall_dashboard.postgres.migrate_command import rehearse
from livewall_dashboard.postgres.migrations import known_migrations
from support.environment import quiet_environment
from support.postgres import Databases, Postgres, name_of
from support.waiting import wait_for

TABLES = """
    SELECT relname::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1"""
SETUPS = 1000

Migrations = Callable[[str], None]


@pytest.fixture
def next_migration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Migrations:
    """Gives the program one migration more: this SQL."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for known in known_migrations():
        (folder / f"{known.name}.sql").write_text(known.text, encoding="utf-8")
    monkeypatch.setattr(migrations, "schema_directory", lambda: tmp_path)
    return lambda text: (folder / "9999.next.sql").write_text(text, encoding="utf-8") and None


@pytest.fixture
def used_database(database_url: str) -> Iterator[str]:
    """A database with some rows, in use: somebody is connected, in the middle of a change."""
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO setup (name) SELECT 'vm' || n FROM generate_series(1, %s) n", [SETUPS])
        connection.execute("INSERT INTO setup (name) VALUES (%s)", ["Prüfstand \\ 7\t'\n"])
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO setup (name) VALUES ('not yet committed')")
        yield database_url
        connection.rollback()


@pytest.fixture
def poor_role(databases: Databases, postgres: str) -> Iterator[Callable[[str], str]]:
    """-> the URL of a database for a role of its own that owns it and may make no other."""
    role = f"poor_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'p'").format(sql.Identifier(role)))
        url = databases.create()
        name = sql.Identifier(name_of(url))
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, sql.Identifier(role)))

        yield lambda password: psycopg.conninfo.make_conninfo(url, user=role, password=password)

        databases.drop(url)
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()  # type: ignore[call-overload,no-any-return]


def copies(url: str) -> list[tuple[Any, ...]]:
    """The copies of any database on this server that are made or left."""
    return rows(url, f"SELECT datname FROM pg_database WHERE datname LIKE '{name_of(url)[:40]}%{SUFFIX}'")


def test_a_copy_of_a_database_in_use_holds_what_it_holds(used_database: str, tmp_path: Path) -> None:
    with copy_of(used_database, tmp_path) as copy:
        assert len(copies(used_database)) == 1
        assert rows(copy.url, TABLES) == rows(used_database, TABLES)
        for query in ("SELECT * FROM setup ORDER BY id", "SELECT name, sha256 FROM migration"):
            assert rows(copy.url, query) == rows(used_database, query) != []
        with psycopg.connect(copy.url) as connection:  # numbers go on where the original's are
            made = connection.execute("INSERT INTO setup (name) VALUES ('new') RETURNING id").fetchone()
        assert made is not None
        assert made[0] > SETUPS
    assert copies(used_database) == []


def test_the_pg_dump_that_the_package_brings_will_do(
    used_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dump, "_SYSTEM", "nowhere/*")
    monkeypatch.setenv("PATH", str(tmp_path))
    with copy_of(used_database, tmp_path) as copy:  # on an older server: with words that it does not know
        assert rows(copy.url, TABLES) == rows(used_database, TABLES)


def test_a_migration_that_the_data_allow_succeeds_and_changes_nothing(
    used_database: str, next_migration: Migrations, tmp_path: Path
) -> None:
    next_migration("ALTER TABLE setup ADD COLUMN rack integer NOT NULL DEFAULT 1;")
    before = rows(used_database, TABLES)
    rehearsal = rehearse(used_database, tmp_path)
    assert rehearsal.names == ["9999.next"]
    assert rehearsal.size > 1_000_000
    assert rows(used_database, TABLES) == before
    assert rows(used_database, "SELECT name FROM migration WHERE name LIKE '9999%'") == []
    assert copies(used_database) == []


def test_a_migration_that_only_these_data_forbid_fails(
    used_database: str, next_migration: Migrations, tmp_path: Path
) -> None:
    next_migration("ALTER TABLE setup ADD CHECK (name <> 'vm7');")
    with pytest.raises(Misconfigured, match=r"On a copy.*violated by some row"):
        rehearse(used_database, tmp_path)
    assert copies(used_database) == []


def test_where_nothing_is_new_nothing_is_copied(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livewall_dashboard.postgres.migrate_command.copy_of", None)
    assert rehearse(database_url, tmp_path).names == []


def test_a_way_of_no_return_wants_a_word(used_database: str, next_migration: Migrations, tmp_path: Path) -> None:
    next_migration("-- breaking: setups have no names any more\nALTER TABLE setup DROP COLUMN name;")
    with pytest.raises(Misconfigured, match="no way back"):
        rehearse(used_database, tmp_path)
    assert rehearse(used_database, tmp_path, allow_breaking=True).names == ["9999.next"]


def test_an_empty_database_is_copied_too(empty_database_url: str, tmp_path: Path) -> None:
    assert rehearse(empty_database_url, tmp_path).names == [migration.name for migration in known_migrations()]
    assert rows(empty_database_url, TABLES) == []


def test_one_copy_at_a_time(used_database: str, tmp_path: Path) -> None:
    with copy_of(used_database, tmp_path):
        with pytest.raises(Conflict, match="wait"), copy_of(used_database, tmp_path):
            pass
        assert len(copies(used_database)) == 1, "the other one's copy is left alone"


def test_a_role_that_may_make_no_database_gets_a_copy_in_a_postgres_of_its_own(
    poor_role: Callable[[str], str], tmp_path: Path, next_migration: Migrations
) -> None:
    url = poor_role("p")
    migrations.migrate(url)
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO setup (name) VALUES ('vm7')")
    with copy_of(url, tmp_path) as copy:
        assert rows(copy.url, "SELECT name FROM setup") == [("vm7",)]
        assert list(tmp_path.glob(f"postgres{SUFFIX}"))
    assert not list(tmp_path.glob(f"postgres{SUFFIX}"))
    next_migration("ALTER TABLE setup ADD CHECK (name <> 'vm7');")
    with pytest.raises(Misconfigured, match="violated by some row"):
        rehearse(url, tmp_path)


def test_a_full_disk_is_said_before_anything_is_made(
    used_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copy_database.shutil, "disk_usage", lambda place: SimpleNamespace(free=50 * 2**20))
    with pytest.raises(Misconfigured, match=r"needs \d+ MB.*50 MB free"), copy_of(used_database, tmp_path):
        pass
    assert copies(used_database) == []


def test_a_server_that_is_newer_than_every_pg_dump_here(
    used_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dump, "_version_of", lambda folder: 9)
    monkeypatch.setattr(dump.server_process, "find_programs", lambda: SimpleNamespace(version="9", folder=tmp_path))
    with pytest.raises(Misconfigured, match="needs pg_dump"), copy_of(used_database, tmp_path):
        pass


def test_a_postgres_that_is_away_is_said(own_postgres: Postgres, tmp_path: Path) -> None:
    own_postgres.stop()
    with pytest.raises(Unavailable):
        rehearse(own_postgres.url, tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_one_that_is_ended_halfway_leaves_nothing_to_the_next(
    used_database: str, tmp_path: Path, next_migration: Migrations, number: signal.Signals
) -> None:
    next_migration("SELECT pg_sleep(600);")
    code = (
        "import sys, pathlib; from livewall_dashboard.postgres import migrations; "
        "from livewall_dashboard.cli import cli; "
        "schema = pathlib.Path(sys.argv.pop()); migrations.schema_directory = lambda: schema; cli()"
    )
    command = [sys.executable, "-c", code, "migrate", "--on-copy", "--data", str(tmp_path / "data")]
    command += ["--database-url", used_database, str(tmp_path)]
    asleep = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname LIKE '%" + SUFFIX + "'"
    with subprocess.Popen(command, env=quiet_environment(), stderr=subprocess.PIPE) as process:
        halfway = lambda: process.poll() is not None or rows(used_database, asleep)  # noqa: E731
        wait_for(halfway, 90, "the migration to be halfway")
        assert process.poll() is None, process.stderr and process.stderr.read()
        os.kill(process.pid, number)
        if number is signal.SIGKILL:
            process.wait()
            assert len(copies(used_database)) == 1
            next_migration("SELECT 1;")
            wait_for(lambda: rehearse(used_database, tmp_path), what="the lock of the killed one to be free")
        else:
            assert process.wait() != 0
            assert process.stderr is not None
            assert b"Traceback" not in process.stderr.read()
    assert copies(used_database) == []
