"""The program that fetches and reads the commits of one repository, beside the wall, whose frames it would hold up.

    python -c "from livewall_dashboard.history.commits.sync_program import main; main()" DATA

`COMMIT_SOURCE` says which, as JSON, `LIVEWALL_DATABASE_URL` where they go, DATA is the wall's folder. A line
of JSON on stdout tells what came of it. What is half done when it is killed is not there, or done again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from typing import IO

import msgspec
import psycopg
from psycopg.rows import dict_row

from livewall_dashboard.base.errors import LivewallError, Misconfigured, Unavailable
from livewall_dashboard.base.parent_death import end_with_parent
from livewall_dashboard.history.commits.commit_mirror import LONG, mirror
from livewall_dashboard.history.commits.commit_source import CommitSource
from livewall_dashboard.history.commits.git_process import wait
from livewall_dashboard.history.commits.sync_commits import sync
from livewall_dashboard.postgres.database import conninfo, unavailable_when_away

NICER = 5
"""The wall comes first."""
SOURCE, DATABASE = "COMMIT_SOURCE", "LIVEWALL_DATABASE_URL"

_COMMAND = "from livewall_dashboard.history.commits.sync_program import main; main()"


class Outcome(msgspec.Struct):
    """`repository`: its name on the wall. `trouble`: why nothing was read; `is_away`: that is Postgres."""

    repository: str = ""
    commits: int = 0
    linked: int = 0
    trouble: str = ""
    is_away: bool = False


class SyncRunner:
    """Has the program run. `data`: the wall's folder; `url`: of the database. `stop` it at the end."""

    def __init__(self, data: Path, url: str) -> None:
        self._data = data
        self._url = url
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_stopped = False

    def read(self, source: CommitSource) -> Outcome:
        """Raises `Misconfigured` with the reason where it cannot be read, `Unavailable`."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            code = self._run(source, out, err)
            out.seek(0)
            err.seek(0)
            said, trouble = out.read(), err.read(100_000).decode("utf-8", "replace")
        if self._is_stopped:
            raise Unavailable("The wall ends.")
        if code is None:
            raise Misconfigured(f"Reading the commits of {source.name} took longer than {LONG:g} s.")
        if code != 0:
            raise RuntimeError(f"Reading the commits of {source.name} ended with {code}: {trouble}")
        outcome = msgspec.json.decode(said, type=Outcome)
        if outcome.trouble:
            raise (Unavailable if outcome.is_away else Misconfigured)(outcome.trouble)
        return outcome

    def stop(self) -> None:
        """What is being read is given up, and read another time."""
        self._is_stopped = True
        for program in list(self._running):
            program.kill()

    def _run(self, source: CommitSource, out: IO[bytes], err: IO[bytes]) -> int | None:
        program = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, str(self._data)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd="/",
            env={**os.environ, SOURCE: msgspec.json.encode(source).decode(), DATABASE: self._url},
            start_new_session=True,
            preexec_fn=end_with_parent(SIGKILL),  # noqa: PLW1509  # a system call
        )
        self._running.add(program)
        try:
            if self._is_stopped:
                program.kill()
            return wait(program, LONG)
        finally:
            self._running.discard(program)


def main() -> None:
    source = msgspec.json.decode(os.environ.pop(SOURCE), type=CommitSource)
    url, data = os.environ.pop(DATABASE), Path(sys.argv[1])
    with suppress(OSError):  # a service may be denied to change how it runs
        os.nice(NICER)
    try:
        outcome = _read(source, data, url)
    except LivewallError as error:
        outcome = Outcome(trouble=error.message, is_away=isinstance(error, Unavailable))
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


def _read(source: CommitSource, data: Path, url: str) -> Outcome:
    clone = mirror(source.url, data)
    with (
        unavailable_when_away(),
        psycopg.connect(conninfo(url), autocommit=True, row_factory=dict_row) as connection,
    ):
        done = sync(
            connection,
            clone,
            source.url,
            name=source.name if source.is_named else "",
            usual_name=source.name,
            default_branch=source.default_branch,
            patterns=source.branches,
        )
    return Outcome(done.repository, done.commits, done.linked)
