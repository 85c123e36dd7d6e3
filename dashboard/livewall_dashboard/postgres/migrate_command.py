"""`livewall migrate`: brings the schema up to date, or tries on a copy of the database whether that would succeed."""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click

from livewall_dashboard.base.errors import LivewallError, Misconfigured
from livewall_dashboard.postgres.cli_options import database_url_option, find_wall, wall_data_option
from livewall_dashboard.postgres.copy_database import copy_of
from livewall_dashboard.postgres.migrations import Migration, migrate, missing

LOCK_PATIENCE = 60.0
"""Seconds to wait for whoever uses the tables."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Migrations that succeeded on a copy. `size`: bytes of the database; both times are seconds."""

    names: list[str]
    size: int = 0
    copying: float = 0.0
    migrating: float = 0.0


@click.command("migrate")
@database_url_option
@wall_data_option
@click.option("--on-copy", is_flag=True, help="Try it on a copy of the database, which is removed again.")
@click.option(
    "--allow-breaking", is_flag=True, help="With --on-copy: accept that older versions cannot run afterwards."
)
def migrate_command(database_url: str | None, data: Path | None, on_copy: bool, allow_breaking: bool) -> None:
    """Bring the database's schema up to date."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was begun is cleared away
    wall = find_wall(database_url, data, may_make=True)
    with wall.database() as url:
        if on_copy:
            click.echo(_told(rehearse(url, wall.data, allow_breaking=allow_breaking)))
            return
        applied = migrate(url, patience=LOCK_PATIENCE)
    click.echo("\n".join(f"applied {name}" for name in applied) or "The schema is up to date.")


def rehearse(url: str, data: Path, *, allow_breaking: bool = False) -> Rehearsal:
    """Apply what is missing to a copy of the database; the database itself is only read.

    Raises as `migrate` and `copy_of`, and `Misconfigured` for a migration that allows no way back.
    """
    ahead = missing(url)
    if not ahead:
        return Rehearsal([])
    if not allow_breaking:
        _refuse_breaking(ahead)
    began = time.monotonic()
    with copy_of(url, data) as copy:
        copied = time.monotonic()
        try:
            names = migrate(copy.url)
        except LivewallError as error:
            raise Misconfigured(
                f"On a copy of the database the migration failed, so it will here. {error.message}"
            ) from error
        return Rehearsal(names, copy.size, copied - began, time.monotonic() - copied)


def _refuse_breaking(ahead: list[Migration]) -> None:
    breaking = [migration.name for migration in ahead if migration.breaking]
    if breaking:
        raise Misconfigured(
            f"After {', '.join(breaking)} no older livewall can run on this database: there would be no way back. "
            "Back up the database, then say --allow-breaking."
        )


def _told(rehearsal: Rehearsal) -> str:
    if not rehearsal.names:
        return "The schema is up to date: there is nothing to try."
    return (
        f"{', '.join(rehearsal.names)} succeeded on a copy in {rehearsal.migrating:.1f} s "
        f"(copying {rehearsal.size / 2**20:.0f} MB took {rehearsal.copying:.1f} s)."
    )
