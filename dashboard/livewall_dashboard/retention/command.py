"""`livewall prune`: removes runs that are older than they are kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click

from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.settings import artifacts_below
from livewall_dashboard.history.retention.rules import read_retention
from livewall_dashboard.lab import LabFile
from livewall_dashboard.lab.retention import parse_retention, rules_in_force
from livewall_dashboard.postgres.cli_options import ChosenWall, database_url_option, find_wall, wall_data_option
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.postgres.migrations import migrate
from livewall_dashboard.retention.pruning import Pruning
from livewall_dashboard.retention.report import Report, count, report_of

SLICE = 2.0
"""Seconds between two looks at whether somebody wants to end it, and two movements of the bar."""

KEPT = "Everything is kept: the wall was started without --retention, and its configuration has no rules for it."

Row = dict[str, Any]


@click.command("prune")
@database_url_option
@wall_data_option
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A setups_config.json whose rules to prune by.  [default: the rules that the wall was last started with]",
)
@click.option("--retention", metavar="AGE", help="How long runs are kept of which --config says nothing: 30d, 12w, 2y.")
@click.option("--dry-run", is_flag=True, help="Say what would go by which rule, and remove nothing.")
@click.option("--json", "to_json", is_flag=True, help="Say it as one JSON document.")
def prune_command(
    database_url: str | None,
    data: Path | None,
    config: Path | None,
    retention: str | None,
    dry_run: bool,
    to_json: bool,
) -> None:
    """Remove runs that are older than they are kept, with their results, logs and files.

    The wall does the same each hour by itself. What is pinned, goes on, or had news within a day stays. A prune that is
    ended in the middle has removed some runs whole; the next one goes on.
    """
    given = _rules_given(config, retention)
    wall = find_wall(database_url, data)
    with wall.database() as url, closing(Database(url)) as database:
        migrate(url)
        rules = given if given is not None else _rules_of_wall(database)
        if not rules:
            click.echo("null" if to_json else KEPT)
            return
        pruning = Pruning(database, rules)
        pruning.look()
        with database.connection() as connection:
            report = report_of(connection, rules, pruning, _files_of(wall))
        if not to_json:
            for line in report.lines():
                click.echo(line)
        if not dry_run:
            _prune(pruning, report.runs, has_bar=not to_json and sys.stderr.isatty())
            if wall.database_url is None:  # its files are here; those of another machine its wall removes
                _remove_files(ArtifactStore(database, artifacts_below(wall.data)))
        _tell(report, pruning, dry_run=dry_run, to_json=to_json)


def _rules_given(config: Path | None, retention: str | None) -> list[Row] | None:
    """Those of the options; None without any. Raises LivewallError."""
    if config is None and retention is None:
        return None
    lab = LabFile(config).current if config else None
    return rules_in_force(lab.retention if lab else (), parse_retention(retention) if retention else None)


def _rules_of_wall(database: Database) -> list[Row]:
    with database.connection() as connection:
        return read_retention(connection).rules


def _files_of(wall: ChosenWall) -> Path | None:
    folder = artifacts_below(wall.data)
    return folder if folder.is_dir() else None


def _prune(pruning: Pruning, runs: int, *, has_bar: bool) -> None:
    with _bar(runs, has_bar=has_bar) as bar:
        while not pruning.is_over:
            before = pruning.done.runs
            pruning.go_on(SLICE)
            if bar is not None:
                bar.update(pruning.done.runs - before)


@contextmanager
def _bar(runs: int, *, has_bar: bool) -> Iterator[Any]:
    if not has_bar:
        yield None
        return
    with click.progressbar(length=runs, label="Removing", file=sys.stderr, show_pos=True) as bar:
        yield bar


def _remove_files(store: ArtifactStore) -> None:
    while store.sweep():
        pass


def _tell(report: Report, pruning: Pruning, *, dry_run: bool, to_json: bool) -> None:
    done = pruning.done
    if to_json:
        removed = {"runs": done.runs, "partitions": done.partitions, "left": done.left}
        click.echo(
            json.dumps({"dry_run": dry_run, "due": report.as_json(), "removed": None if dry_run else removed}, indent=2)
        )
    elif dry_run and report.runs:
        click.echo("Nothing is removed: that was a dry run.")
    elif report.runs:
        left = f"; {count(done.left, 'run')} that somebody has in hand will go next time" if done.left else ""
        click.echo(f"Removed: {count(done.runs, 'run')}{left}.")
