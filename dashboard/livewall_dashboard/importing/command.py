"""`livewall import PATH...`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.importing.build_files import joined
from livewall_dashboard.importing.import_file import import_file
from livewall_dashboard.importing.importer import Importer, importer_on
from livewall_dashboard.importing.input_files import input_files
from livewall_dashboard.importing.other_readers import OtherReaders
from livewall_dashboard.importing.report import FileReport, hint, summary
from livewall_dashboard.importing.resources import report_of
from livewall_dashboard.importing.wish import PathPattern, wish_of
from livewall_dashboard.postgres.cli_options import ChosenWall, database_url_option, find_wall, wall_data_option
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
@click.pass_obj
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
def import_command(
    readers: Sequence[str] | None,
    /,
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
    wish = wish_of(**said)
    pattern = PathPattern(path_pattern) if path_pattern is not None else None
    wall = find_wall(database_url, data, may_make=True)
    others = OtherReaders(readers or (), wall.data)
    files = joined(input_files(paths, others.suffixes))
    if wish.run is not None and len(files) > 1:
        raise Misconfigured("--run names one run: give one file with it.")
    reports: list[FileReport] = []
    with _importer(wall) as importer, _shown(reports, len(files), to_json=to_json) as show:
        for file in files:
            reports.append(import_file(importer, file, wish, pattern, others))
            show(reports[-1])
    if any(report.result == "broken" for report in reports):
        sys.exit(1)


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
            click.echo(
                msgspec.json.format(msgspec.json.encode(report_of([report.file for report in reports])), indent=2)
            )
        elif total > 1:
            for report in reports:
                if has_bar and report.outcome is None:
                    _say(report)
            click.echo(summary(reports))
            if advice := hint(reports):
                click.echo(advice, err=True)


def _is_terminal() -> bool:
    return sys.stderr.isatty()


def _say(report: FileReport) -> None:
    click.echo(report.line, err=report.result == "broken")


@contextmanager
def _importer(wall: ChosenWall) -> Iterator[Importer]:
    with wall.database() as url:
        migrate(url)
        with importer_on(url) as importer:
            yield importer
