"""Killed midway, a full disk, a damaged file, a folder in use: nothing looks whole that is not, and a clear word."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import psutil
import psycopg
import pytest

from livewall_dashboard.backup.archive import ARTIFACTS, DATABASE, MANIFEST
from livewall_dashboard.backup.restore import STAGING, restore
from livewall_dashboard.base.errors import Conflict, LivewallError, Misconfigured, Unavailable
from livewall_dashboard.postgres import disk_space
from livewall_dashboard.postgres.embedded import EmbeddedPostgres, locked
from support.backup_lab import Filled, content, files
from support.environment import quiet_environment
from support.waiting import wait_for

LIVEWALL = [sys.executable, "-m", "livewall_dashboard"]


@pytest.fixture
def backup(filled: Filled, tmp_path: Path) -> Path:
    filled.back_up(tmp_path / "wall.zip")
    return tmp_path / "wall.zip"


@contextmanager
def held(url: str) -> Iterator[None]:
    """A backup of this database comes to a stop in the middle: it waits for a table."""
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE tag_set IN ACCESS EXCLUSIVE MODE")
        yield


def is_waiting(url: str) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall() != [(0,)]


def backing_up(filled: Filled, target: Path) -> subprocess.Popen[bytes]:
    command = [*LIVEWALL, "backup", "--database-url", filled.url, "--data", str(filled.data), str(target)]
    return subprocess.Popen(command, env=quiet_environment(), stderr=subprocess.PIPE)


# Making one


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_backup_that_is_ended_midway_is_none(filled: Filled, tmp_path: Path, number: signal.Signals) -> None:
    target = tmp_path / "backups" / "wall.zip"
    target.parent.mkdir()
    with held(filled.url), backing_up(filled, target) as process:
        wait_for(lambda: process.poll() is not None or is_waiting(filled.url), 60, "the backup to be midway")
        assert [path.name for path in target.parent.iterdir()] == [".wall.zip.part"]
        with pytest.raises(Conflict, match="Another backup is being written"):
            filled.back_up(target)
        process.send_signal(number)
        _, said = process.communicate()
        assert process.returncode != 0
        assert b"Traceback" not in said
    assert not target.exists()
    assert bool(list(target.parent.iterdir())) is (number is signal.SIGKILL)
    filled.back_up(target)
    assert [path.name for path in target.parent.iterdir()] == ["wall.zip"]
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_dump_that_ends_early_is_no_backup(filled: Filled, tmp_path: Path) -> None:
    with held(filled.url), backing_up(filled, tmp_path / "wall.zip") as process:
        wait_for(lambda: process.poll() is not None or is_waiting(filled.url), 60, "the backup to be midway")
        (dump,) = [child for child in psutil.Process(process.pid).children() if child.name() == "pg_dump"]
        dump.kill()
        _, said = process.communicate()
    assert (process.returncode, b"pg_dump says" in said) == (2, True), said
    assert not list(tmp_path.glob("*.zip*")) + list(tmp_path.glob(".*"))


def on_a_disk_of(size: int, *words: object) -> str:
    """`livewall WORDS`, where no file may grow beyond `size` bytes -> the one line it says. It must fail."""
    limited = f"""
import resource, sys
from livewall_dashboard.cli import cli
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
cli({[str(word) for word in words]!r})"""
    command = [sys.executable, "-c", limited]
    done = subprocess.run(command, env=quiet_environment(), capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    return done.stderr


def test_a_disk_that_takes_no_more_is_said(filled: Filled, tmp_path: Path, empty_database_url: str) -> None:
    target, new = tmp_path / "wall.zip", tmp_path / "new"
    said = on_a_disk_of(2000, "backup", "--database-url", filled.url, "--data", filled.data, target)
    assert said.startswith(f"livewall: The backup {target} cannot be made: File too large")
    assert not list(tmp_path.glob("*.zip*")) + list(tmp_path.glob(".*"))
    filled.back_up(target)
    said = on_a_disk_of(50, "restore", target, "--database-url", empty_database_url, "--data", new)
    assert said.startswith(f"livewall: {new} cannot be used: File too large")
    assert (content(empty_database_url), files(new).keys()) == ({}, {"livewall.lock"})


def test_a_backup_leaves_the_disk_some_room(filled: Filled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_space.shutil, "disk_usage", lambda place: SimpleNamespace(free=100 * 2**20))
    with pytest.raises(Misconfigured, match="nearly full: 100 MB are free"):
        filled.back_up(tmp_path / "wall.zip")
    assert not list(tmp_path.glob("*.zip*")) + list(tmp_path.glob(".*"))


def test_nothing_is_overwritten(filled: Filled, tmp_path: Path) -> None:
    (tmp_path / "wall.zip").write_bytes(b"precious")
    with pytest.raises(Conflict, match="there already"):
        filled.back_up(tmp_path / "wall.zip")
    assert files(tmp_path)["wall.zip"] == b"precious"
    with pytest.raises(Misconfigured, match=r"cannot be made: No such file or directory \("):
        filled.back_up(tmp_path / "nowhere" / "wall.zip")


def test_what_is_no_wall_is_not_backed_up(empty_database_url: str, tmp_path: Path) -> None:
    def back_up(url: str) -> None:
        Filled(url, tmp_path, "", None, "").back_up(tmp_path / "wall.zip")  # type: ignore[arg-type]  # it has no runs

    with pytest.raises(Misconfigured, match="no livewall"):
        back_up(empty_database_url)
    with pytest.raises(Unavailable):
        back_up(f"postgresql://livewall@/livewall?host={tmp_path}")
    assert list(tmp_path.iterdir()) == []


# Bringing it back


def damaged(tmp_path: Path, backup: Path) -> Iterator[tuple[str, Path]]:
    """Files that are no backups, or were."""
    whole = backup.read_bytes()
    path = tmp_path / "damaged.zip"

    def write(data: bytes) -> Path:
        path.write_bytes(data)
        return path

    yield "not there", tmp_path / "nowhere.zip"
    yield "a folder", tmp_path
    yield "empty", write(b"")
    yield "something else", write(b"PGDMP" + os.urandom(5000))
    for share in (0.02, 0.3, 0.5, 0.9, 0.999):
        yield f"cut after {share:%}", write(whole[: int(len(whole) * share)])
    with zipfile.ZipFile(backup) as archive:
        members = {member.filename: archive.read(member) for member in archive.infolist()}
        for member in archive.infolist():
            middle = member.header_offset + 30 + len(member.filename) + 20 + member.compress_size // 2
            flipped = bytes([whole[middle] ^ 4])
            yield f"a bit flipped in {member.filename}", write(whole[:middle] + flipped + whole[middle + 1 :])
    yield "without a manifest", packed(path, {DATABASE: members[DATABASE]})
    yield "without a database", packed(path, {MANIFEST: members[MANIFEST]})
    yield "other SQL", packed(path, members | {DATABASE: members[DATABASE].replace(b"COPY", b"CPOY")})
    yield "a file for elsewhere", packed(path, members | {"artifacts/../../../evil": b"evil"})
    yield "another manifest", packed(path, members | {MANIFEST: b"{}"})


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_damaged_file_restores_nothing(backup: Path, tmp_path: Path, empty_database_url: str) -> None:
    tried = 0
    for what, path in damaged(tmp_path, backup):
        with pytest.raises(LivewallError) as error:
            restore(path, tmp_path / "new", empty_database_url)
        assert isinstance(error.value, Misconfigured), what
        assert content(empty_database_url) == {}, what
        assert files(tmp_path / "new").keys() <= {"livewall.lock"}, what
        tried += 1
    assert tried > 15
    assert not list(tmp_path.rglob("evil"))
    restore(backup, tmp_path / "new", empty_database_url)


@pytest.mark.parametrize("what", ["half of the database", "a file less", "another file"])
def test_what_comes_out_is_compared_with_what_went_in(
    backup: Path, tmp_path: Path, empty_database_url: str, what: str
) -> None:
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    file = next(name for name in members if name.startswith(ARTIFACTS))
    if what == "half of the database":
        text = members[DATABASE]
        members[DATABASE] = text[: text.index(b"COPY public.run ")]
    elif what == "a file less":
        del members[file]
    else:
        members[file] = b"another"
    with pytest.raises(Misconfigured, match="not what was backed up"):
        restore(packed(tmp_path / "lying.zip", members), tmp_path / "new", empty_database_url)
    assert files(tmp_path / "new").keys() == {"livewall.lock"}


def test_a_folder_or_a_database_in_use_is_left_alone(
    filled: Filled, backup: Path, tmp_path: Path, empty_database_url: str
) -> None:
    before = files(filled.data)
    with pytest.raises(Conflict, match=r"artifacts is there already"):
        restore(backup, filled.data, empty_database_url)
    (tmp_path / "new" / "postgres").mkdir(parents=True)
    (tmp_path / "new" / "postgres" / "PG_VERSION").write_text("18")
    with pytest.raises(Conflict, match=r"postgres is there already"):
        restore(backup, tmp_path / "new", None)
    (tmp_path / "used").mkdir()
    with locked(tmp_path / "used"), pytest.raises(Misconfigured, match="Another livewall"):
        restore(backup, tmp_path / "used", None)
    with pytest.raises(Conflict, match="holds tables already"):
        restore(backup, tmp_path / "other", filled.url)
    assert files(filled.data) == before | {"livewall.lock": files(filled.data)["livewall.lock"]}


def test_a_disk_without_room_is_said_before_anything_is_made(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_space.shutil, "disk_usage", lambda place: SimpleNamespace(free=50 * 2**20))
    with pytest.raises(Misconfigured, match=r"needs \d+ MB.*50 MB free"):
        restore(backup, tmp_path / "new", None)
    assert not (tmp_path / "new" / "postgres").exists()


def test_a_restore_that_is_killed_midway_is_none(backup: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    (tmp_path / "migrations").mkdir()
    slow = f"""
import pathlib, sys
from livewall_dashboard.postgres import migrations
from livewall_dashboard.cli import cli
known = migrations.known_migrations()
migrations.known_migrations = lambda: [*known, migrations.Migration("9999.slow", "SELECT pg_sleep(600);")]
sys.argv[1:] = ["restore", {str(backup)!r}, "--data", {str(new)!r}]
cli()"""
    with subprocess.Popen([sys.executable, "-c", slow], env=quiet_environment()) as process:
        staged = EmbeddedPostgres(new / STAGING).url
        wait_for(lambda: process.poll() is not None or sleeps(staged), 90, "the restore to be nearly done")
        assert process.poll() is None
        servers = [child for child in psutil.Process(process.pid).children() if "postgres" in child.name()]
        with pytest.raises(Misconfigured, match="Another livewall"):
            restore(backup, new, None)
        os.kill(process.pid, signal.SIGKILL)
    assert not (new / "postgres").exists()
    assert not (new / "artifacts").exists()
    _, alive = psutil.wait_procs(servers, 60)
    assert servers and not alive
    restore(backup, new, None)
    assert sorted(path.name for path in new.iterdir() if path.is_dir()) == ["artifacts", "postgres"]


def sleeps(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'").fetchall()
    except psycopg.OperationalError:
        return False
    return found == [(1,)]
