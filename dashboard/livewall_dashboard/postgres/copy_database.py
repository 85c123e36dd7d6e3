"""A copy of a database to try things on, made while the original is in use, and gone afterwards.

Postgres copies a database by itself (`CREATE DATABASE ... TEMPLATE`) only while nobody is connected to it, so
`pg_dump` and `psql` do it. The copy is a database beside the original where its user may create databases, else one in
an embedded Postgres of its own. What a killed predecessor left is removed first.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from livewall_dashboard.base.errors import Conflict, LivewallError, Misconfigured, Unavailable
from livewall_dashboard.postgres.database import conninfo, is_outage
from livewall_dashboard.postgres.disk_space import free_bytes, place_on_disk
from livewall_dashboard.postgres.dump import dump_of, load, programs_for
from livewall_dashboard.postgres.embedded import EmbeddedPostgres

COPYING_LOCK = 0x11FE_3A13
"""Key of the advisory lock that who copies a database holds on the original: one copy at a time."""
SUFFIX = "_livewall_copy"
"""The copy is called like the original with this at the end."""
SPARE = 150 * 1024 * 1024
"""Bytes that must stay free on the disk beside the copy."""

_MAX_NAME = 63


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
    with errors_told(), psycopg.connect(conninfo(url), autocommit=True) as original:
        if not one(original, "SELECT pg_try_advisory_lock(%s)", COPYING_LOCK):
            raise Conflict("Somebody else is making a copy of this database; wait until it is done.")
        programs = programs_for(original.info.server_version // 10000)
        size = int(one(original, "SELECT pg_database_size(current_database())"))
        if original.info.host.startswith("/"):  # its files are on this machine, most likely on this disk
            check_space(data, room_for(size))
        with _place(original, url, data, size) as copy:
            with dump_of(programs, url) as text:
                load(programs, copy, text)
            yield Copy(copy, size)


@contextmanager
def _place(original: psycopg.Connection[Any], url: str, data: Path, size: int) -> Iterator[str]:
    """URL of an empty database for the copy."""
    if one(original, "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"):
        with _beside(original, url) as copy:
            yield copy
        return
    check_space(data, room_for(size))
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
    encoding = one(original, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")
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


def room_for(size: int) -> int:
    """Bytes that loading a database of `size` bytes takes: a row is written into its table and the log of changes."""
    return 2 * size + SPARE


def check_space(folder: Path, needed: int) -> None:
    """Raises `Misconfigured` where the disk of this folder, which need not be there yet, has less room."""
    free = free_bytes(folder)
    if free < needed:
        raise Misconfigured(
            f"A copy of the database needs {needed // 2**20} MB, and the disk of {place_on_disk(folder)} has "
            f"{free // 2**20} MB free."
        )


def one(connection: psycopg.Connection[Any], query: str, *values: object) -> Any:
    """The first value of the first row."""
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None


@contextmanager
def errors_told() -> Iterator[None]:
    """Turns psycopg's errors into `Unavailable` and `Misconfigured`."""
    try:
        yield
    except LivewallError:
        raise
    except psycopg.Error as error:
        kind = Unavailable if is_outage(error) else Misconfigured
        raise kind(f"The database cannot be copied: {str(error).strip()}") from error
