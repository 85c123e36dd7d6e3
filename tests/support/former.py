"""Databases as former versions left them: `python -m support.former FILE` makes one of this version.

Done with each version that brings a migration, before its successor's is written. All of it comes from the program:
real robot runs, a node in small for what a robot seldom does, the dashboard's own process.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from livewall_dashboard.postgres.migrations import migrate
from livewall_listener import identity, wire

from .dashboard import Dashboard
from .postgres import QUICK, Databases, Postgres
from .reporter import Process, Reporter, T
from .robot import run_robot
from .waiting import wait_for

SUITES = Path(__file__).parents[1] / "acceptance" / "suites" / "traps"
OPEN = "open-run"
"""The run that goes on: one process with one suite of two tests, of which one has ended."""
SCREEN = "lw_former-screen"
"""A token that reads; not of the usual form, so that nobody takes it for a secret."""

TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1"""


def begin_open_run(reporter: Reporter) -> Process:
    process = reporter.process(OPEN, setup="vm-open", host="node-open")
    process.send(wire.Plan(["Suite.One", "Suite.Two"]))
    process.start_suite("s1", "Suite", total=2, test_count=2, source="/tests/suite.robot", doc="Doc.")
    process.send(process.test("s1", "Suite", 1, T("One", "FAIL", "Not yet ✗")))
    return process


def end_open_run(reporter: Reporter) -> None:
    """What is left of it, by a node that remembers what it sent."""
    process = Process(reporter, OPEN, seq=wire.FIRST_SEQ + 3, results={"s1-t1": ("FAIL", "Not yet ✗")})
    process.send(process.test("s1", "Suite", 2, T("Two")))
    process.end_suite("s1", "FAIL")
    process.end()


def make(url: str, folder: Path) -> None:
    """Fill a migrated database."""
    for scope, name in (("ingest", "nodes"), ("read", "screens"), ("upload", "ended")):
        livewall("token", "create", "--database-url", url, "--scope", scope, name)
    livewall("token", "revoke", "--database-url", url, "ended")
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE token SET sha256 = sha256(%s::bytea) WHERE name = 'screens'", [SCREEN.encode()])
    quick = ["--stale-after", "1", "--abandon-after", "2"]
    wall = Dashboard(database_url=url, log_path=folder / "wall.log", extra_args=quick).start()
    given_up = Reporter(wall.request).run([T("One"), T("Two", "FAIL", "Then the power failed")], ended=False)
    wait_for(lambda: wall.get(f"/api/v1/runs/{given_up}")["state"] == "abandoned", 60, "a run to be given up")
    wall.stop()
    wall.extra_args = []
    report(wall.start(), folder)
    sign_in(wall)
    begin_open_run(Reporter(wall.request))
    wall.stop()


def report(wall: Dashboard, folder: Path) -> None:
    about = {"LIVEWALL_LABELS": "os=debian-12,arch=amd64", "LIVEWALL_COMMIT": "c0ffee", "LIVEWALL_BRANCH": "main"}
    suites = [SUITES / name for name in ("02__leaf_setup_fails.robot", "09__names.robot", "11__tags.robot")]
    for _ in range(2):
        run = run_robot(suites, "--name", "Traps", cwd=folder, url=wall.url, setup="vm-1", env=about)
        assert wall.get(f"/api/v1/runs/{run.run_id}")["verification"] == "verified", run.console
    put = wall.request("PUT", f"/api/v1/runs/{run.run_id}/artifacts/log.html", b"<html></html>")
    assert put[0] == 201, put
    reporter = Reporter(wall.request)
    parallel = reporter.process(name="a", slot="1", pabot=True, total=1).run
    for name in ("b", "c"):  # the first of the two timed out, and was repeated
        process = reporter.process(parallel, name=name, slot="2", pabot=True, total=1)
        process.start_suite("s1", "Parallel", total=1, test_count=1)
    process.send(process.test("s1", "Parallel", 1, T("One", "SKIP", tags=["slow"])), wire.Lost(2, "the disk was full"))
    process.end_suite("s1", "SKIP")
    process.end(warnings=1, errors=2)


def sign_in(wall: Dashboard) -> None:
    """A browser that keeps a session, where the version knows such."""
    wall.stop()
    wall.extra_args = ["--require-tokens"]
    wall.start()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    wall.request("POST", "/login", f"token={SCREEN}".encode(), headers=form)
    wall.stop()
    wall.extra_args = []
    wall.start()


def livewall(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "livewall_dashboard", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def empty_tables(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        tables = [name for (name,) in connection.execute(TABLES).fetchall()]
        some = sql.SQL("SELECT EXISTS (SELECT FROM {})")
        return [name for name in tables if connection.execute(some.format(sql.Identifier(name))).fetchone() == (False,)]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(settings=QUICK)
        try:
            server.start()
            url = Databases(server.url).create()
            migrate(url)
            make(url, Path(folder))
            assert empty_tables(url) == [], "each table wants rows"
            command = [str(server.programs.folder / "pg_dump"), "--no-owner", "--no-privileges", "--dbname", url]
            dump = subprocess.run(command, check=True, capture_output=True).stdout.decode()
        finally:
            server.remove()
    lines = [line for line in dump.split("\n") if not line.startswith(("\\restrict", "\\unrestrict"))]
    text = "\n".join(lines).replace(str(SUITES), "/srv/suites")
    text = text.replace(f'"host": "{identity.host_name()}"', '"host": "node-1"')
    Path(sys.argv[1]).write_bytes(text.encode())


if __name__ == "__main__":
    main()
