"""The Postgres that `livewall up` brings: it starts, it stops, it recovers, and it says what is in its way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import psycopg
import pytest

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.postgres import embedded, server_process
from livewall_dashboard.postgres.embedded import EmbeddedPostgres
from livewall_dashboard.postgres.migrations import migrate
from support.processes import kill_all
from support.waiting import wait_for

PARENT = """
import sys, time
from livewall_dashboard.postgres.embedded import EmbeddedPostgres
with EmbeddedPostgres(sys.argv[1]) as url:
    print(url, flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that ran once, to copy: initdb takes a second."""
    folder = tmp_path_factory.mktemp("embedded") / "data"
    with EmbeddedPostgres(folder):
        pass
    return folder


@pytest.fixture
def data(cluster: Path, tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    shutil.copytree(cluster, folder, copy_function=_copy_with_owner)
    for copied in [folder, *folder.rglob("*")]:
        original = (cluster / copied.relative_to(folder)).stat()
        os.chown(copied, original.st_uid, original.st_gid)
    yield folder
    kill_all(servers_of(folder))


def _copy_with_owner(source: str, target: str) -> str:
    return str(shutil.copy2(source, target))


def servers_of(folder: Path) -> list[psutil.Process]:
    """Every process of Postgres that works in this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            of_it = process.name().startswith("postgres") and Path(process.cwd()).is_relative_to(folder)
            if of_it and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            pass
    return found


def answer(url: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT 42").fetchone()
    return row and row[0]


def test_it_starts_from_nothing_and_stops_without_a_trace(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    server = EmbeddedPostgres(folder)
    url = server.start()
    try:
        assert answer(url) == 42
        assert migrate(url)
        assert EmbeddedPostgres.running_url(folder) == url
        assert len(servers_of(folder)) > 3
    finally:
        server.stop()
    assert servers_of(folder) == []
    assert EmbeddedPostgres.running_url(folder) is None
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_it_keeps_what_was_stored_and_is_set_up_to_keep_it(data: Path) -> None:
    with EmbeddedPostgres(data) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    with EmbeddedPostgres(data) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)
        for setting, value in (
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("full_page_writes", "on"),
            ("listen_addresses", ""),
            ("TimeZone", "UTC"),
            ("data_checksums", "on"),
        ):
            assert connection.execute("SELECT current_setting(%s)", [setting]).fetchone() == (value,), setting
        assert connection.execute("SELECT upper('äß') = 'ÄSS' OR upper('äß') = 'Äß'").fetchone() == (True,)


def test_folders_above_stay_as_closed_as_they_were(data: Path) -> None:
    data.parent.chmod(0o700)
    data.chmod(0o700)
    with EmbeddedPostgres(data) as url:
        assert answer(url) == 42
    assert (data.parent.stat().st_mode & 0o777, data.stat().st_mode & 0o777) == (0o700, 0o700)


def test_only_its_user_can_reach_it(data: Path) -> None:
    with EmbeddedPostgres(data) as url:
        socket = Path(url.partition("host=")[2]) / ".s.PGSQL.5432"
        assert socket.stat().st_mode & 0o077 == 0


def test_a_folder_in_use_is_refused_and_left_alone(data: Path) -> None:
    with EmbeddedPostgres(data) as url:
        with pytest.raises(Misconfigured, match=rf"process {os.getpid()}\) uses {data}"):
            EmbeddedPostgres(data).start()
        assert answer(url) == 42


def test_a_long_path_has_a_server_too(data: Path) -> None:
    folder = data.parent / ("long" * 30) / "data"
    folder.parent.mkdir()
    data.rename(folder)
    with EmbeddedPostgres(folder) as url:
        assert answer(url) == 42
        sockets = Path(url.partition("host=")[2])
    assert not sockets.exists() or sockets == folder


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_parent_leaves_nothing_and_the_next_one_goes_on(data: Path, end: signal.Signals) -> None:
    with _parent(data) as parent:
        url = _said(parent)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
        parent.send_signal(end)
    if sys.platform.startswith("linux"):
        wait_for(lambda: not servers_of(data), what="Postgres to follow its parent")
    with EmbeddedPostgres(data) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)


def test_a_server_left_behind_is_stopped_first(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system does not tell a child of its parent's end, or not in time."""
    monkeypatch.setattr(server_process, "end_with_parent", lambda _: None)
    orphan = EmbeddedPostgres(data)
    orphan.start()
    assert orphan._process is not None
    assert orphan._lock_file is not None
    orphan._stopping.set()
    orphan._lock_file.close()  # as the parent's death would
    with EmbeddedPostgres(data) as url:
        assert answer(url) == 42
        assert orphan._process.wait(30) == 0, "it was stopped well"


def test_a_crash_of_everything_is_recovered_from(data: Path) -> None:
    server = EmbeddedPostgres(data)
    url = server.start()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    kill_all(servers_of(data))
    wait_for(lambda: answer(url) == 42, what="the server to be started again")
    server.stop()
    with EmbeddedPostgres(data) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)


def test_a_pid_file_that_names_another_program_is_no_obstacle(data: Path) -> None:
    """After a crash in a container process numbers are the same again."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        pid_file = data / "postgres" / "postmaster.pid"
        pid_file.write_text(
            f"{other.pid}\n{data / 'postgres'}\n1700000000\n5432\n{data}\n\n  1234567    131072\nready\n"
        )
        with EmbeddedPostgres(data) as url:
            assert answer(url) == 42
        assert other.poll() is None
        other.communicate(b"\n")


def test_data_of_another_version_are_refused_and_left_alone(data: Path) -> None:
    (data / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(Misconfigured, match=r"PostgreSQL 12's, and this livewall brings PostgreSQL \d+"):
        EmbeddedPostgres(data).start()
    assert servers_of(data) == []


def test_a_broken_cluster_says_so_in_postgres_own_words(data: Path) -> None:
    (data / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(Misconfigured, match=r"does not start .*pg_control"):
        EmbeddedPostgres(data).start()
    assert servers_of(data) == []


def test_an_initdb_cut_short_is_done_again(tmp_path: Path) -> None:
    unfinished = tmp_path / "data" / "postgres.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(tmp_path / "data") as url:
        assert answer(url) == 42
    assert not unfinished.exists()


def test_a_full_disk_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(Misconfigured, match=r"disk of .* is full"):
        EmbeddedPostgres(data).start()


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "data"):
        with pytest.raises(Misconfigured, match=r"is, or lies in, a file"):
            EmbeddedPostgres(folder).start()
    with pytest.raises(Misconfigured, match="cannot be"):
        EmbeddedPostgres("/proc/nobody/data").start()


def test_missing_binaries_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_process.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(Misconfigured, match=r"livewall\[embedded\]"):
        EmbeddedPostgres(tmp_path).start()


def _parent(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PARENT, str(folder)], stdout=subprocess.PIPE, text=True)


def _said(parent: subprocess.Popen[str]) -> str:
    assert parent.stdout is not None
    return parent.stdout.readline().strip()
