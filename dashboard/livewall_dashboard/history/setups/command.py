"""`livewall forget`: takes setups off the wall."""

from __future__ import annotations

import difflib
import fnmatch
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
import psycopg
from psycopg.rows import dict_row

from livewall_dashboard.base.settings import Settings
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.postgres.cli_options import database_url_option, find_wall, wall_data_option
from livewall_dashboard.postgres.database import conninfo, unavailable_when_away
from livewall_dashboard.postgres.migrations import migrate

Row = dict[str, Any]


@click.command("forget")
@database_url_option
@wall_data_option
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="LIVEWALL_CONFIG",
    help="setups_config.json of the wall.  [default: the one in its folder, if there]",
)
@click.option("--dry-run", is_flag=True, help="Say what would be forgotten, and change nothing.")
@click.argument("names", nargs=-1, required=True, metavar="SETUP...")
def forget_command(
    database_url: str | None, data: Path | None, config: Path | None, dry_run: bool, names: tuple[str, ...]
) -> None:
    """Take setups off the wall; their history stays, and each is back when it reports again.

    SETUP is a name, or a pattern in quotes: 'ci-*'. A setup on which a run goes on is not forgotten, nor one that is in
    the configuration. A wall that runs drops their tiles within seconds.
    """
    wall = find_wall(database_url, data)
    configured = _configured(Settings(data=wall.data, config=config).lab_file)
    with wall.database() as url:
        migrate(url)
        with (
            unavailable_when_away(),
            psycopg.connect(conninfo(url), autocommit=True, row_factory=dict_row) as connection,
        ):
            known = {row["name"]: row for row in connection.execute(QUERIES["setups_on_the_wall"]).fetchall()}
            chosen, unknown = _choose(names, known)
            kept = {name: why for name in chosen if (why := _why_not(known[name], configured))}
            wanted = [name for name in chosen if name not in kept]
            forgotten = wanted if dry_run else _forget(connection, wanted)
    began = {name: "a run has just begun on it" for name in wanted if name not in forgotten}
    for name in forgotten:
        click.echo(_told(known[name], dry_run=dry_run))
    for name, why in {**unknown, **kept, **began}.items():
        click.echo(f"{name}: {why}.", err=True)
    if unknown or kept or began:
        sys.exit(1)


def _choose(names: Sequence[str], known: dict[str, Row]) -> tuple[list[str], dict[str, str]]:
    """The setups that are meant, and what is wrong with the names that mean none."""
    chosen: dict[str, None] = {}
    unknown = {}
    for name in names:
        found = [name] if name in known else fnmatch.filter(known, name)
        chosen.update(dict.fromkeys(found))
        if not found:
            unknown[name] = f"there is no such setup{_suggestion(name, known)}"
    return list(chosen), unknown


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; there is {close[0]!r}" if close else ""


def _why_not(setup: Row, configured: set[str]) -> str:
    if setup["running"]:
        return f"a run goes on there ({setup['running']}), so it is not forgotten"
    if setup["name"] in configured:
        return "it is in the configuration, so it stays on the wall; take it out of the file first"
    return ""


def _forget(connection: psycopg.Connection[Row], names: list[str]) -> list[str]:
    rows = connection.execute(QUERIES["forget_setups"], [names]).fetchall()
    return sorted(row["name"] for row in rows)


def _told(setup: Row, *, dry_run: bool) -> str:
    last = setup["last_news_at"]
    history = f"its history stays ({setup['runs']:,} run{'' if setup['runs'] == 1 else 's'})"
    seen = f" (last heard of {last:%Y-%m-%d %H:%M} UTC)" if last else ""
    return f"{setup['name']}{seen}: {'would be forgotten' if dry_run else 'forgotten'}; {history}."


def _configured(file: Path) -> set[str]:
    """Names of setups in the file, in either shape. Whatever is wrong with it, `livewall check` says."""
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
        entries = [*document.get("setups", []), *document.get("pipelines", [])]
        names = {entry.get("name") or entry.get("setup") for entry in entries}
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return set()
    return {name.strip() for name in names if isinstance(name, str)}
