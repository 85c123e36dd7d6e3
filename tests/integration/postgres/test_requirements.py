"""Postgres as people have it: what does not suit is named by `livewall check` and by the start; the rest just works."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from psycopg.conninfo import make_conninfo

from livewall_dashboard.base.errors import LivewallError, Misconfigured, Unavailable
from livewall_dashboard.check.command import check
from livewall_dashboard.history.store import Store
from livewall_dashboard.postgres import migrations
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.postgres.migrations import migrate
from support.history_lab import BEGAN, PATIENCE, Lab, end_process, end_test, start_suite
from support.ports import free_port
from support.postgres import Databases, Postgres, name_of
from support.waiting import wait_for


def order(url: str, *statements: str) -> None:
    """As a superuser; {db} is the database."""
    with psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=off") as connection:
        for statement in statements:
            connection.execute(sql.SQL(statement).format(db=sql.Identifier(connection.info.dbname)))  # type: ignore[arg-type]


def said_by_check(url: str, folder: Path) -> str:
    arguments = ["--data", str(folder), "--database-url", url, "--port", str(free_port())]
    done = CliRunner().invoke(check, arguments, catch_exceptions=False)
    assert done.exit_code == 1, done.output
    return " ".join(line for line in done.output.splitlines() if line.startswith("FAILED"))


UNFIT = {
    "read-only": (["ALTER DATABASE {db} SET default_transaction_read_only = on"], "it is read-only", Unavailable),
    "no schema in the search path": (
        ["ALTER DATABASE {db} SET search_path = ''"],
        "no schema of the search path",
        Misconfigured,
    ),
    "a schema that is not there": (
        ["ALTER DATABASE {db} SET search_path = elsewhere"],
        "no schema of the search path (elsewhere)",
        Misconfigured,
    ),
    "another schema than that of the history": (
        ["CREATE SCHEMA elsewhere", "ALTER DATABASE {db} SET search_path = elsewhere"],
        'the history is in the schema "public", which is not in the search path (elsewhere)',
        Misconfigured,
    ),
}


@pytest.mark.parametrize(("statements", "text", "kind"), UNFIT.values(), ids=UNFIT)
def test_a_database_that_does_not_suit_is_named(
    database_url: str, tmp_path: Path, statements: list[str], text: str, kind: type[LivewallError]
) -> None:
    order(database_url, *statements)
    assert text in said_by_check(database_url, tmp_path)
    with pytest.raises(kind) as told:
        migrate(database_url)
    assert text in told.value.message
    assert "\n" not in told.value.message


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_another_encoding_is_refused_for_a_new_history_and_told_of_an_old_one(
    postgres: str, databases: Databases, tmp_path: Path, encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    name = f"in_{encoding.lower()}_{tmp_path.name[-10:].replace('-', '_')}"
    order(postgres, f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LOCALE 'C'")
    url = databases.url_of(name)
    try:
        assert f"its encoding is {encoding}" in said_by_check(url, tmp_path)
        with pytest.raises(Misconfigured, match=f"its encoding is {encoding}.*createdb --encoding UTF8"):
            migrate(url)
        order(url, "CREATE TABLE run (id int)", "CREATE TABLE migration (name text, sha256 text, breaking boolean)")
        with pytest.raises(Misconfigured, match="refused its schema"):  # it goes on, and that is no real history
            migrate(url)
        assert f"its encoding is {encoding}" in caplog.text
    finally:
        databases.drop(url)


def test_another_owner(postgres: str, empty_database_url: str, tmp_path: Path) -> None:
    role = f"guest_{name_of(empty_database_url)[-12:]}"
    order(postgres, f"CREATE ROLE {role} LOGIN")
    url = make_conninfo(empty_database_url, user=role)
    try:
        assert f'the role "{role}" may not create tables' in said_by_check(url, tmp_path)
        with pytest.raises(Misconfigured, match=f'OWNER TO "{role}"'):
            migrate(url)
        migrate(empty_database_url)
        with pytest.raises(Misconfigured, match="may not write into its tables"):
            migrate(url)
    finally:
        order(empty_database_url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def test_settings_of_the_database_do_not_matter(database_url: str, make_lab: Callable[[str], Lab]) -> None:
    order(
        database_url,
        "ALTER DATABASE {db} SET DateStyle = 'SQL, DMY'",
        "ALTER DATABASE {db} SET IntervalStyle = 'sql_standard'",
        "ALTER DATABASE {db} SET TimeZone = 'America/St_Johns'",
        "ALTER DATABASE {db} SET bytea_output = 'escape'",
        "ALTER DATABASE {db} SET standard_conforming_strings = off",
        "ALTER DATABASE {db} SET extra_float_digits = -5",
        "ALTER DATABASE {db} SET default_transaction_isolation = 'serializable'",
        "ALTER DATABASE {db} SET statement_timeout = '1ms'",
        "ALTER DATABASE {db} SET lock_timeout = '1ms'",
        "ALTER DATABASE {db} SET array_nulls = off",
        "ALTER DATABASE {db} SET idle_session_timeout = '1s'",
        "ALTER DATABASE {db} SET idle_in_transaction_session_timeout = '1s'",
    )
    migrate(database_url)
    lab = make_lab(database_url)
    with lab.database.connection() as connection:
        for name in ("idle_session_timeout", "idle_in_transaction_session_timeout"):
            row = connection.execute("SELECT current_setting(%s) AS value", [name]).fetchone()
            assert row == {"value": "0"}, name
    process = lab.process()
    process.tell(start_suite("s1"), end_test("s1-t1", "FAIL", "a\\b 'c' é"), end_test("s1-t2", elapsed_time=0.123456))
    process.tell(end_process(("s1-t1", "FAIL", "a\\b 'c' é"), ("s1-t2", "PASS", "")))
    store = Store(lab.database)
    assert store.run("run-1")["verification"] == "verified"
    failed, passed = store.tests("run-1")[0]
    assert failed["message"] == "a\\b 'c' é"
    assert (failed["start_time"], passed["elapsed_time"]) == (BEGAN, 0.123456)
    (failure,), _ = store.test_history("Suite.Test s1-t1")
    assert failure["status"] == "FAIL"
    lab.process("given-up").tell(start_suite("s1"))
    lab.state("given-up", "abandoned")
    wait_for(lambda: store.run("given-up")["state"] == "abandoned", what="the run's new state")


@pytest.fixture
def make_lab() -> Iterator[Callable[[str], Lab]]:
    labs: list[Lab] = []

    def make(url: str) -> Lab:
        labs.append(Lab(Database(url)))
        labs[-1].recorder.start()
        return labs[-1]

    yield make
    for lab in labs:
        lab.recorder.stop(PATIENCE)
        lab.database.close()


# ---------------------------------------------------------------- somebody uses the tables


@pytest.fixture
def next_migration(monkeypatch: pytest.MonkeyPatch) -> str:
    later = migrations.Migration("9999.later", "ALTER TABLE run ADD COLUMN later int")
    known = [*migrations.known_migrations(), later]
    monkeypatch.setattr(migrations, "known_migrations", lambda: known)
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", 0.1)
    monkeypatch.setattr(migrations, "LOCK_PAUSE", 0.1)
    return later.name


@contextmanager
def dump(url: str) -> Iterator[psycopg.Connection]:
    """What pg_dump does while it reads: the mildest of locks."""
    with psycopg.connect(url, application_name="pg_dump") as connection:
        connection.execute("LOCK TABLE run IN ACCESS SHARE MODE")
        yield connection


def test_migrate_says_who_is_in_the_way_and_lets_others_by(database_url: str, next_migration: str) -> None:
    with dump(database_url) as dumping:
        with pytest.raises(Unavailable) as told:
            migrate(database_url)
        assert f"process {dumping.info.backend_pid} of Postgres (pg_dump" in told.value.message
        assert "pg_terminate_backend" in told.value.message
        with psycopg.connect(database_url, options="-c lock_timeout=1000") as reader:
            reader.execute("SELECT FROM run")
    assert migrate(database_url) == [next_migration]


def test_migrate_waits_for_the_end_of_a_dump(
    database_url: str, next_migration: str, caplog: pytest.LogCaptureFixture
) -> None:
    with dump(database_url) as dumping:
        sleep = migrations.time.sleep

        def end_the_dump(seconds: float) -> None:
            dumping.rollback()
            sleep(seconds)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(migrations.time, "sleep", end_the_dump)
            assert migrate(database_url, patience=30) == [next_migration]
    assert "pg_dump" in caplog.text


# ---------------------------------------------------------------- pgbouncer


@contextmanager
def pgbouncer(server: Postgres, pool_mode: str, ignored: str) -> Iterator[str]:
    """-> URL of the server's database `postgres` through it."""
    if shutil.which("pgbouncer") is None:
        pytest.skip("pgbouncer is not here: apt-get install pgbouncer")
    port, folder, user = free_port(), server.directory, server.programs.user
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\npostgres = host={folder} dbname=postgres user=postgres\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"pool_mode = {pool_mode}\nignore_startup_parameters = {ignored}\n"
    )
    command = ["pgbouncer", str(folder / "pgbouncer.ini")]
    process = subprocess.Popen(command, user=user.pw_uid if user else None, stderr=subprocess.DEVNULL)
    try:

        def answers() -> bool:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True

        wait_for(answers, what="pgbouncer")
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait(30)


def test_a_pooler_that_refuses_or_drops_our_settings_is_named(own_postgres: Postgres, tmp_path: Path) -> None:
    with (
        pgbouncer(own_postgres, "session", "extra_float_digits") as url,
        pytest.raises(Misconfigured, match=r"pooler .pgbouncer. .*refuses the settings.*address of Postgres itself"),
    ):
        migrate(url)
    with pgbouncer(own_postgres, "transaction", "extra_float_digits,options") as url:
        with pytest.raises(Misconfigured, match="a pooler in between drops the settings"):
            migrate(url)
        assert "a pooler in between drops" in said_by_check(url, tmp_path)


def test_pooling_of_transactions_is_told_from_that_of_sessions(
    own_postgres: Postgres,
) -> None:
    """Where the pooler sends our settings on by itself."""
    order(own_postgres.url, "ALTER DATABASE {db} SET livewall.options = on")
    for mode in ("transaction", "session"):
        with pgbouncer(own_postgres, mode, "extra_float_digits,options") as url:
            if mode == "transaction":
                with pytest.raises(Misconfigured, match="two walls could record at once"):
                    migrate(url)
            else:
                assert migrate(url)


# ---------------------------------------------------------------- passwords


SECRETS = ["p@ss/w#rd%", "12/3secret", "s3cret@/x", "a@b@c", "x?y=s3cret@z", "50%s3cret", "#s3cret"]


@pytest.mark.parametrize("password", SECRETS)
def test_no_part_of_an_unencoded_password_is_told(password: str, tmp_path: Path) -> None:
    url = f"postgresql://ada:{password}@127.0.0.1:9/lab"
    arguments = ["--data", str(tmp_path), "--database-url", url, "--port", str(free_port())]
    done = CliRunner().invoke(check, arguments)
    with pytest.raises(LivewallError) as told:
        migrate(url)
    for text in (done.output, told.value.message):
        for part in password.replace("@", " ").replace("/", " ").replace("?", " ").replace("#", " ").split():
            assert len(part) < 4 or part.strip("%") not in text, text
    encoded = f"postgresql://ada:{quote(password, safe='')}@127.0.0.1:9/lab"
    with pytest.raises(Unavailable, match="cannot be reached"):
        migrate(encoded)
