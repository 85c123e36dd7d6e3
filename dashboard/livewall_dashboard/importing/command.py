"""`livewall import PATH...`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import psycopg
from psycopg.rows import dict_row

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import LivewallError, Misconfigured
from livewall_dashboard.importing.importer import Importer, Outcome, Wish
from livewall_dashboard.importing.times import Clock
from livewall_dashboard.ingest.decode import run_id
from livewall_dashboard.postgres.cli_options import database_url_option, find_wall, wall_data_option
from livewall_dashboard.postgres.database import conninfo, unavailable_when_away
from livewall_dashboard.postgres.migrations import migrate


@click.command("import")
@database_url_option
@wall_data_option
@click.option("--run", metavar="ID", help="The run the file is of, where that cannot be found out.")
@click.option("--setup", metavar="NAME", help="The setup it ran on: a file that nobody reported becomes a run of it.")
@click.option(
    "--timezone",
    metavar="ZONE",
    help="The node's time zone, such as Europe/Helsinki.  [default: that of the stored results, else this machine's]",
)
@click.option("--force", is_flag=True, help="Take the file's word against what the node told of the run.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
def import_command(
    database_url: str | None,
    data: Path | None,
    run: str | None,
    setup: str | None,
    timezone: str | None,
    force: bool,
    paths: tuple[Path, ...],
) -> None:
    """Complete the history from robot's output.xml, packed by gzip or not.

    Finds the run of each file, adds what is missing, mends what differs and verifies it. What is complete is left as it
    is. A file is imported whole or not at all.
    """
    if run is not None and len(paths) > 1:
        raise Misconfigured("--run names one run: give one file with it.")
    wish = Wish(run and run_id(run), _setup(setup), Clock(_zone(timezone)), force)
    with _importer(database_url, data) as importer:
        failed = [path for path in paths if not _import(importer, path, wish)]
    if failed:
        sys.exit(1)


def _import(importer: Importer, path: Path, wish: Wish) -> bool:
    """Says what became of the file; whether it went well."""
    try:
        with unavailable_when_away():
            outcome = importer.run(path, wish, utc_now())
    except LivewallError as error:
        return _refused(path, error.message)
    except psycopg.Error as error:
        return _refused(path, f"Postgres refuses it: {str(error).strip().partition(chr(10))[0]}.")
    except OSError as error:
        return _refused(path, f"It cannot be kept in the folder for temporary files: {error.strerror or error}.")
    click.echo(f"{click.format_filename(path)}: {said(outcome)}")
    return True


def _refused(path: Path, why: str) -> bool:
    click.echo(f"{click.format_filename(path)}: {why}", err=True)
    return False


def said(outcome: Outcome) -> str:
    """One line for people."""
    run = f"run {outcome.key} on {outcome.setup}"
    tests = _plural(outcome.tests, "test")
    if outcome.is_new:
        return f"{run} is new: {tests}, verified."
    change = outcome.change
    if change is None:
        return f"{run}: nothing was missing; {tests}, verified."
    done = [
        f"{_plural(count, what)} {did}"
        for count, what, did in (
            (change.tests_added, "test", "added"),
            (change.tests_repaired, "test", "mended"),
            (change.tests_removed, "test", "removed"),
            (change.suites_added, "suite", "added"),
            (change.suites_repaired, "suite", "mended"),
            (change.suites_removed, "suite", "removed"),
        )
        if count
    ]
    return f"{run}: {', '.join(done) or 'its end was missing'}; {tests}, verified."


@contextmanager
def _importer(database_url: str | None, data: Path | None) -> Iterator[Importer]:
    with find_wall(database_url, data, may_make=True).database() as url:
        migrate(url)
        with (
            unavailable_when_away(),
            psycopg.connect(conninfo(url), autocommit=True, row_factory=dict_row) as connection,
            psycopg.connect(conninfo(url), autocommit=True) as side,
        ):
            yield Importer(connection, side)


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Misconfigured(f"{name!r} is no time zone; they are called like Europe/Helsinki.") from None


def _setup(name: str | None) -> str | None:
    if name is not None and not (name.strip() and len(name) <= 1000 and name.isprintable()):
        raise Misconfigured("A setup's name is 1 to 1000 printable characters.")
    return name


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
