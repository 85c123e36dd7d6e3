"""`livewall rename`: one history for a suite or test that has a new name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec
import psycopg
from psycopg.rows import dict_row

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.history.identity import renaming
from livewall_dashboard.history.identity.renames import Kind
from livewall_dashboard.history.resources import Renamed, RenamingList, Undone
from livewall_dashboard.postgres.cli_options import database_url_option, find_wall, wall_data_option
from livewall_dashboard.postgres.database import conninfo, unavailable_when_away
from livewall_dashboard.postgres.migrations import migrate


@click.command("rename")
@database_url_option
@wall_data_option
@click.option("--suite", "kind", flag_value="suite", help="OLD is a suite: all that is below it is renamed.")
@click.option("--test", "kind", flag_value="test", help="OLD is a test.  [default: what has results]")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--undo", is_flag=True, help="Part OLD and NEW again, also where the wall joined them by itself.")
@click.option("--list", "is_list", is_flag=True, help="Show all that is joined, and why.")
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
@click.argument("old", required=False)
@click.argument("new", required=False)
def rename_command(
    database_url: str | None,
    data: Path | None,
    kind: Kind | None,
    dry_run: bool,
    undo: bool,
    is_list: bool,
    as_json: bool,
    old: str | None,
    new: str | None,
) -> None:
    """Give a suite or a test one history under its OLD and its NEW longname.

    Tests below a suite are joined by the rest of their names, those that come later, too, whether they still run under
    OLD or under NEW. Nothing that is stored is changed, so it can be undone at any time.
    """
    if is_list == bool(old):
        raise Misconfigured("Say what is renamed: livewall rename OLD NEW; or livewall rename --list.")
    if old and not new:
        raise Misconfigured(f"And the new name of {old!r}? livewall rename OLD NEW.")
    with _connected(database_url, data) as connection:
        if not old or not new:
            done: RenamingList | Undone | Renamed = renaming.listing(connection)
        elif undo:
            done = renaming.undo(connection, old, new, dry_run=dry_run)
        else:
            done = renaming.rename(connection, old, new, kind, dry_run=dry_run)
    click.echo(msgspec.json.encode(done).decode() if as_json else _told(done, dry_run=dry_run))


@contextmanager
def _connected(database_url: str | None, data: Path | None) -> Iterator[renaming.Connection]:
    with find_wall(database_url, data).database() as url:
        migrate(url)
        with (
            unavailable_when_away(),
            psycopg.connect(conninfo(url), autocommit=True, row_factory=dict_row) as connection,
        ):
            yield connection


def _told(done: RenamingList | Undone | Renamed, *, dry_run: bool) -> str:
    if isinstance(done, RenamingList):
        return _told_list(done)
    if isinstance(done, Undone):
        apart = ", ".join(done.apart)
        return f"{'Would be apart' if dry_run else 'Apart'}, each with a history of its own: {apart}."
    tests = f"{done.tests:,} test{'' if done.tests == 1 else 's'}"
    return (
        f"{done.old} {'would be' if dry_run else 'is'} {done.new}: {tests} with results under the old name, "
        f"{done.joined:,} of them with results under the new one, too."
    )


def _told_list(done: RenamingList) -> str:
    lines = [
        f"{one.old} -> {one.new} ({one.kind}, renamed {one.at[:10]})"
        + (f"; doubtful: the run {one.doubted_by} has results of both" if one.doubted_by else "")
        for one in done.renames
    ]
    lines += [f"{' = '.join(one.names)} (one file since {one.since[:10]}: {one.file})" for one in done.joined]
    return "\n".join(lines) or "Nothing is joined."
