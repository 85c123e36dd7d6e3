"""The schema comes into being by migrations, whole or not at all, and schema.sql is what they add up to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from livewall_dashboard.base.errors import Misconfigured, Unavailable
from livewall_dashboard.postgres import migrations
from livewall_dashboard.postgres.migrations import known_migrations, migrate, pending, schema_directory
from support.postgres import Databases, Postgres
from support.waiting import wait_for

CATALOG = {
    "columns": """
        SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               pg_get_expr(d.adbin, d.adrelid)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1, 2""",
    "tables": """
        SELECT relname, relkind::text, relpersistence::text, reloptions, pg_get_partkeydef(oid),
               obj_description(oid, 'pg_class')
        FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
    "functions": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1""",
    "triggers": """
        SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2""",
}


def catalog(url: str) -> dict[str, list[Any]]:
    with psycopg.connect(url) as connection:
        return {name: connection.execute(query).fetchall() for name, query in CATALOG.items()}  # type: ignore[call-overload]


def test_schema_sql_is_the_sum_of_the_migrations(empty_database_url: str, databases: Databases) -> None:
    migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("DROP TABLE migration")
    whole = databases.create()
    try:
        with psycopg.connect(whole) as connection:
            connection.execute((schema_directory() / "schema.sql").read_bytes())
        assert catalog(whole) == catalog(empty_database_url)
        assert len(catalog(whole)["columns"]) > 50
    finally:
        databases.drop(whole)


def test_each_is_applied_once_and_in_order(empty_database_url: str) -> None:
    names = [migration.name for migration in known_migrations()]
    assert names == sorted(names)
    assert names[0] == "0001.initial"
    assert pending(empty_database_url) == names
    assert migrate(empty_database_url) == names
    assert pending(empty_database_url) == migrate(empty_database_url) == []


def test_two_that_start_at_once_do_not_collide(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        # One that waits for the others longer than it may for a lock tries again, as a wall that starts does.
        applied = list(threads.map(lambda _: migrate(empty_database_url, patience=120.0), range(4)))
    assert sorted(map(len, applied)) == [0, 0, 0, len(known_migrations())]


def test_a_migration_that_fails_leaves_nothing(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001.one.sql").write_text("CREATE TABLE one (id integer);")
    (folder / "0002.two.sql").write_text("CREATE TABLE two (id integer); SELECT 1 / 0;")
    monkeypatch.setattr(migrations, "schema_directory", lambda: tmp_path)
    with pytest.raises(Misconfigured, match="division by zero"):
        migrate(empty_database_url)
    assert catalog(empty_database_url)["tables"] == []
    (folder / "0002.two.sql").write_text("CREATE TABLE two (id integer); -- 100 % done")
    assert migrate(empty_database_url) == ["0001.one", "0002.two"]


def test_a_migration_that_is_killed_leaves_nothing(empty_database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001.slow.sql").write_text("CREATE TABLE slow (id integer); SELECT pg_sleep(600);")
    code = (
        "import sys, pathlib; from livewall_dashboard.postgres import migrations; "
        "migrations.schema_directory = lambda: pathlib.Path(sys.argv[2]); migrations.migrate(sys.argv[1])"
    )
    command = [sys.executable, "-c", code, empty_database_url, str(tmp_path)]
    with subprocess.Popen(command) as process, psycopg.connect(empty_database_url, autocommit=True) as watching:
        asleep = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
        wait_for(lambda: watching.execute(asleep).fetchone(), what="the migration to be halfway")
        os.kill(process.pid, signal.SIGKILL)
        # A server notices the end of a client that sleeps when it wakes up.
        watching.execute(f"SELECT pg_terminate_backend(pid) FROM ({asleep}) sleeping")
    assert migrate(empty_database_url) == [migration.name for migration in known_migrations()]


def test_an_older_livewall_runs_on_what_a_newer_one_left(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO migration (name, sha256) VALUES ('9999.wonders', '')")
    assert migrate(database_url) == pending(database_url) == []
    assert "newer livewall (9999.wonders)" in caplog.text


def test_but_not_where_that_one_allowed_no_way_back(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001.one.sql").write_text("CREATE TABLE one (id integer);")
    (folder / "0002.other.sql").write_text("-- breaking: one is gone\nDROP TABLE one;")
    monkeypatch.setattr(migrations, "schema_directory", lambda: tmp_path)
    assert migrate(empty_database_url) == ["0001.one", "0002.other"]
    (folder / "0002.other.sql").unlink()
    for what in (migrate, pending):
        with pytest.raises(Misconfigured, match=r"newer livewall \(0002\.other\)"):
            what(empty_database_url)


def test_a_list_of_migrations_from_before_breaking_ones_is_brought_up_to_date(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE migration DROP COLUMN breaking")
    assert pending(database_url) == []
    assert migrate(database_url) == []
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT DISTINCT breaking FROM migration").fetchall() == [(False,)]


def test_a_migration_that_was_changed_is_noticed(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE migration SET sha256 = 'other'")
    with pytest.raises(Misconfigured, match="under development"):
        migrate(database_url)


def test_a_postgres_that_refuses_is_a_matter_of_configuration(database_url: str) -> None:
    with pytest.raises(Misconfigured, match="does not exist"):
        migrate(database_url.replace("/test_", "/no_such_"))
    with pytest.raises(Misconfigured, match="cannot be read"):
        migrate("postgresql://[")


def test_a_postgres_that_is_not_there_may_come(own_postgres: Postgres) -> None:
    own_postgres.stop()
    for what in (migrate, pending):
        with pytest.raises(Unavailable):
            what(own_postgres.url)


def test_an_old_postgres_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "OLDEST_POSTGRES", 99)
    with pytest.raises(Misconfigured, match="needs Postgres 99"):
        migrate(database_url)
