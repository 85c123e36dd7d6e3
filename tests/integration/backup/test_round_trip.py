"""What was backed up comes back, all of it and nothing else: into a folder, or into a database of the user's."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.app import Dashboard
from livewall_dashboard.artifacts.run_files import RunFiles
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.backup import create
from livewall_dashboard.backup.artifact_rows import ArtifactRow
from livewall_dashboard.backup.restore import restore
from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.postgres import dump, migrations
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.postgres.embedded import EmbeddedPostgres
from livewall_dashboard.postgres.migrations import known_migrations, migrate
from support.backup_lab import LOG, Filled, content, files
from support.postgres import Postgres
from support.reporter import Reporter, T, through_flask
from support.upload_storm import differences

MakeWall = Callable[[str, Path], Dashboard]

OTHER_POSTGRES = sorted(Path("/").glob("usr/lib/postgresql/*/bin"))


def test_a_folder_holds_all_of_it_and_a_wall_goes_on_there(filled: Filled, tmp_path: Path, make_wall: MakeWall) -> None:
    before = content(filled.url)
    manifest = filled.back_up(tmp_path / "wall.zip")
    assert (manifest.rows["run"], manifest.rows["result"], manifest.files, manifest.missing) == (3, 5, 2, 0)
    assert content(filled.url) == before, "a backup only reads"

    new = tmp_path / "new"
    assert restore(tmp_path / "wall.zip", new, None).migrated == []
    assert files(new / "artifacts") == files(filled.artifacts)
    assert sorted(path.name for path in new.iterdir() if path.is_dir()) == ["artifacts", "postgres"]
    with EmbeddedPostgres(new) as url:
        assert content(url) == before
        wall = make_wall(url, new)
        client = wall.flask.test_client()
        log = client.get(f"/runs/{filled.finished}/artifacts/log.html", buffered=True)
        assert log.get_data() == LOG.encode()
        process = filled.going_on
        process.reporter = Reporter(through_flask(client))
        process.send(process.test("s1", "Suite", 2, T("Two")))
        process.end_suite("s1")
        process.end()
        assert wall.core.store.run(process.run)["verification"] == "verified"
        assert wall.core.store.run(process.reporter.run([T("New")]))["verification"] == "verified"
        database = Database(url)
        assert TokenStore(database).find(filled.token) is not None
        database.close()
        wall.stop()


def test_a_database_of_the_users_holds_all_of_it(filled: Filled, tmp_path: Path, empty_database_url: str) -> None:
    filled.back_up(tmp_path / "wall.zip")
    restore(tmp_path / "wall.zip", tmp_path / "new", empty_database_url)
    assert content(empty_database_url) == content(filled.url)
    assert files(tmp_path / "new" / "artifacts") == files(filled.artifacts)
    with psycopg.connect(empty_database_url) as connection:  # numbers go on where they were
        made = connection.execute("INSERT INTO setup (name) VALUES ('new') RETURNING id").fetchone()
        assert made == connection.execute("SELECT max(id) FROM setup").fetchone()


def test_it_is_of_one_moment_whatever_comes_while_it_is_made(
    filled: Filled, tmp_path: Path, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dump_of(*arguments: Any) -> Any:
        with psycopg.connect(filled.url) as connection:
            connection.execute("INSERT INTO setup (name) VALUES ('came later')")
        return dump.dump_of(*arguments)

    before = content(filled.url)
    monkeypatch.setattr(create, "dump_of", dump_of)
    filled.back_up(tmp_path / "wall.zip")
    assert content(filled.url) != before
    restore(tmp_path / "wall.zip", tmp_path / "new", empty_database_url)
    assert content(empty_database_url) == before


def test_an_older_schema_is_brought_up_to_date(
    filled: Filled, tmp_path: Path, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.back_up(tmp_path / "wall.zip")
    next_migration(tmp_path, monkeypatch, "ALTER TABLE setup ADD COLUMN rack integer NOT NULL DEFAULT 7;")
    assert restore(tmp_path / "wall.zip", tmp_path / "new", empty_database_url).migrated == ["9999.next"]
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("SELECT DISTINCT name, rack FROM setup").fetchall() == [("vm1", 7)]


def test_a_newer_schema_is_left_to_newer_programs(
    filled: Filled, tmp_path: Path, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        next_migration(tmp_path, newer, "SELECT 1;")
        migrate(filled.url)
        filled.back_up(tmp_path / "wall.zip")
    with pytest.raises(Misconfigured, match=r"does not know \(9999\.next\).*later"):
        restore(tmp_path / "wall.zip", tmp_path / "new", empty_database_url)
    assert content(empty_database_url) == {}


@pytest.mark.skipif(not OTHER_POSTGRES, reason="no other Postgres is installed")
def test_a_backup_of_an_older_postgres_comes_back_on_the_newer_one(tmp_path: Path, empty_database_url: str) -> None:
    older = Postgres(OTHER_POSTGRES[0])
    try:
        older.start()
        migrate(older.url)
        with psycopg.connect(older.url) as connection:
            connection.execute("INSERT INTO setup (name) SELECT 'vm' || n FROM generate_series(1, 100) n")
        wall = Filled(older.url, tmp_path, "", None, "")  # type: ignore[arg-type]  # it has no runs
        manifest = wall.back_up(tmp_path / "wall.zip")
        assert manifest.postgres == int(OTHER_POSTGRES[0].parent.name)
        restore(tmp_path / "wall.zip", tmp_path / "new", empty_database_url)
        assert content(empty_database_url) == content(older.url)
    finally:
        older.remove()


def test_a_file_that_was_uploaded_anew_meanwhile_is_the_one_that_counts(
    filled: Filled, tmp_path: Path, empty_database_url: str, make_wall: MakeWall
) -> None:
    (place,) = [path for path in filled.artifacts.rglob("*.gz") if gzip.decompress(path.read_bytes()) == LOG.encode()]
    place.write_bytes(gzip.compress(b"newer"))  # as an upload does, before its row is committed
    manifest = filled.back_up(tmp_path / "wall.zip")
    assert [(one.name, one.size) for one in manifest.replaced] == [("log.html", 5)]
    restore(tmp_path / "wall.zip", tmp_path / "new", empty_database_url)
    client = make_wall(empty_database_url, tmp_path / "new").flask.test_client()
    log = client.get(f"/runs/{filled.finished}/artifacts/log.html", headers={"Accept-Encoding": ""}, buffered=True)
    assert (log.data, log.headers["Content-Length"]) == (b"newer", "5")


def test_a_file_whose_row_leads_elsewhere_by_now_is_the_newer_one(
    filled: Filled, tmp_path: Path, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uploaded anew between the look at the database and the copy: what the row of that moment named is gone."""
    rows_of = create.artifact_rows

    def upload_after(connection: psycopg.Connection[Any]) -> list[ArtifactRow]:
        rows = rows_of(connection)
        database = Database(filled.url)
        uploads = RunFiles(database, ArtifactStore(database, filled.artifacts))
        uploads.put(filled.finished, "log.html", [b"newer"], packed=False)
        database.close()
        return rows

    monkeypatch.setattr(create, "artifact_rows", upload_after)
    manifest = filled.back_up(tmp_path / "wall.zip")
    assert (manifest.missing, [(one.name, one.size) for one in manifest.replaced]) == (0, [("log.html", 5)])
    restore(tmp_path / "wall.zip", tmp_path / "new", empty_database_url)
    assert differences(empty_database_url, tmp_path / "new" / "artifacts") == []


def test_files_that_are_gone_are_counted_and_where_all_are_the_folder_is_wrong(
    filled: Filled, tmp_path: Path, empty_database_url: str
) -> None:
    gone, rest = sorted(filled.artifacts.rglob("*.gz"))
    gone.unlink()
    assert filled.back_up(tmp_path / "wall.zip").missing == 1
    restore(tmp_path / "wall.zip", tmp_path / "new", empty_database_url)
    assert list(files(tmp_path / "new" / "artifacts")) == [str(rest.relative_to(filled.artifacts))]
    rest.unlink()
    with pytest.raises(Misconfigured, match=r"None of the 2 files.*--data"):
        filled.back_up(tmp_path / "none.zip")
    assert not (tmp_path / "none.zip").exists()


def next_migration(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Gives the program one migration more: this SQL."""
    schema = folder / "migrations"
    schema.mkdir()
    for known in known_migrations():
        (schema / f"{known.name}.sql").write_text(known.text, encoding="utf-8")
    (schema / "9999.next.sql").write_text(text, encoding="utf-8")
    monkeypatch.setattr(migrations, "schema_directory", lambda: folder)
