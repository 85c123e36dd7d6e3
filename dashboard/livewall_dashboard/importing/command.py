"""`livewall import PATH...`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import psycopg
from psycopg.rows import dict_row

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import LivewallError, Misconfigured, Unavailable
from livewall_dashboard.importing.importer import Importer
from livewall_dashboard.importing.input_files import InputFile, input_files
from livewall_dashboard.importing.killed_runs import KnownOtherwise
from livewall_dashboard.importing.model import Unrecognized
from livewall_dashboard.importing.report import FileReport, as_json, summary
from livewall_dashboard.importing.times import Clock
from livewall_dashboard.importing.wish import PathDoesNotMatch, PathPattern, Wish, check_name, labels_of
from livewall_dashboard.ingest.decode import run_id
from livewall_dashboard.postgres.cli_options import database_url_option, find_wall, wall_data_option
from livewall_dashboard.postgres.database import conninfo, unavailable_when_away
from livewall_dashboard.postgres.migrations import migrate


def _options_of_new_runs(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--suite", metavar="NAME", help="What new runs are runs of.  [default: their root suite]"),
        click.option("--branch", metavar="NAME", help="The branch that new runs were of."),
        click.option("--repository", metavar="URL", help="The repository of the commit."),
        click.option("--commit", metavar="HASH", help="The commit that new runs tested."),
        click.option("--version", metavar="TEXT", help="The version that new runs tested: the label of that name."),
        click.option("--label", "labels", metavar="NAME=VALUE", multiple=True, help="A label of new runs. Repeatable."),
        click.option(
            "--path-pattern",
            metavar="REGEX",
            help="Take them from each file's path: groups setup, suite, commit, repository, branch; others are labels.",
        ),
    ):
        command = option(command)
    return command


@click.command("import")
@database_url_option
@wall_data_option
@click.option("--run", metavar="ID", help="The run the file is of, where that cannot be found out.")
@click.option("--setup", metavar="NAME", help="The setup it ran on: a file that nobody reported becomes a run of it.")
@_options_of_new_runs
@click.option(
    "--timezone",
    metavar="ZONE",
    help="The node's time zone, such as Europe/Helsinki.  [default: that of the stored results, else this machine's]",
)
@click.option("--force", is_flag=True, help="Take the file's word against what the node told of the run.")
@click.option("--json", "to_json", is_flag=True, help="Say what became of the files as one JSON document.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
def import_command(
    database_url: str | None,
    data: Path | None,
    path_pattern: str | None,
    to_json: bool,
    paths: tuple[Path, ...],
    **said: Any,
) -> None:
    """Complete the history from output.xml, output.json, JUnit XML or CTRF, packed or not: files, folders, patterns.

    Finds the run of each file, adds what is missing, mends what differs and verifies it. What is complete is left as it
    is. A file is imported whole or not at all; one that is broken is named, and the others are imported.
    """
    wish = _wish(**said)
    pattern = PathPattern(path_pattern) if path_pattern is not None else None
    files = list(input_files(paths))
    if wish.run is not None and len(files) > 1:
        raise Misconfigured("--run names one run: give one file with it.")
    reports: list[FileReport] = []
    with _importer(database_url, data) as importer, _shown(reports, len(files), to_json=to_json) as show:
        for file in files:
            reports.append(_import(importer, file, wish, pattern))
            show(reports[-1])
    if any(report.result == "broken" for report in reports):
        sys.exit(1)


def _wish(
    *,
    run: str | None,
    timezone: str | None,
    force: bool,
    labels: tuple[str, ...],
    version: str | None,
    **names: str | None,
) -> Wish:
    """`names`: setup, suite, repository, commit, branch. Raises Misconfigured."""
    if version is not None:
        labels = (*labels, f"version={version}")
    given = {name: check_name(name, text) for name, text in names.items() if text is not None}
    return Wish(run and run_id(run), clock=Clock(_zone(timezone)), force=force, labels=labels_of(labels), **given)


def _import(importer: Importer, file: InputFile, wish: Wish, pattern: PathPattern | None) -> FileReport:
    """Raises Unavailable: then no other file will do better."""
    path = click.format_filename(file.path)
    if file.skip or file.broken:
        return FileReport(path, "skipped" if file.skip else "broken", file.skip or file.broken)
    try:
        with unavailable_when_away():
            outcome = importer.run(file.path, pattern.apply(file.path, wish) if pattern else wish, utc_now())
    except Unavailable:
        raise
    except LivewallError as error:
        is_skipped = isinstance(error, (PathDoesNotMatch, KnownOtherwise)) or (
            isinstance(error, Unrecognized) and not file.named
        )
        return FileReport(path, "skipped" if is_skipped else "broken", error.message)
    except psycopg.Error as error:
        return FileReport(path, "broken", f"Postgres refuses it: {str(error).strip().partition(chr(10))[0]}.")
    except OSError as error:
        reason = f"It cannot be kept in the folder for temporary files: {error.strerror or error}."
        return FileReport(path, "broken", reason)
    is_new = outcome.is_new or outcome.change is not None
    return FileReport(path, "imported" if is_new else "nothing_new", outcome=outcome)


@contextmanager
def _shown(reports: list[FileReport], total: int, *, to_json: bool) -> Iterator[Callable[[FileReport], None]]:
    """What shows each report as it comes; at the end, however that comes, all `reports` together.

    Many files on a terminal are a bar, and then a line for each that was not imported.
    """
    has_bar = total > 1 and _is_terminal()
    try:
        if has_bar:
            with click.progressbar(length=total, label="Importing", file=sys.stderr, show_pos=True) as bar:
                yield lambda _: bar.update(1)
        else:
            yield (lambda _: None) if to_json else _say
    finally:
        if to_json:
            click.echo(json.dumps(as_json(reports), ensure_ascii=False, indent=2))
        elif total > 1:
            for report in reports:
                if has_bar and report.outcome is None:
                    _say(report)
            click.echo(summary(reports))


def _is_terminal() -> bool:
    return sys.stderr.isatty()


def _say(report: FileReport) -> None:
    click.echo(report.line, err=report.result == "broken")


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
