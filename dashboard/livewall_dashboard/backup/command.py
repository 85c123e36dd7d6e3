"""`livewall backup` and `livewall restore`."""

from __future__ import annotations

import signal
import sys
import time
from datetime import datetime
from pathlib import Path

import click

from livewall_dashboard.backup.create import make_backup
from livewall_dashboard.backup.restore import restore
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.settings import artifacts_below, last_backup_below
from livewall_dashboard.postgres.cli_options import database_url_option, find_wall, wall_data_option

_NAME = "livewall-{:%Y%m%d-%H%M%S}.zip"
_NAMES = "livewall-????????-??????.zip"


@click.command("backup")
@database_url_option
@wall_data_option
@click.option("--keep", type=click.IntRange(min=1), help="With a folder: delete all but this many backups in it.")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
def backup_command(database_url: str | None, data: Path | None, keep: int | None, target: Path) -> None:
    """Back up the database and the runs' files to FILE, while the wall runs or not.

    Where FILE is a folder, the backup gets a name there with date and time.
    """
    _end_well()
    is_folder = target.is_dir()
    if keep is not None and not is_folder:
        raise Misconfigured(f"--keep is for a folder of backups, and {target} is none.")
    wall = find_wall(database_url, data)
    began, now = time.monotonic(), utc_now()
    file = target / _NAME.format(now) if is_folder else target
    with wall.database() as url:
        manifest = make_backup(url, artifacts_below(wall.data), file, now)
    _note(wall.data, now)
    size = file.stat().st_size / 2**20
    click.echo(f"{file}: {manifest.told} ({size:,.1f} MB, {time.monotonic() - began:.1f} s).")
    if manifest.missing:
        click.echo(f"{manifest.missing} files of runs are not in {artifacts_below(wall.data)} any more.", err=True)
    for old in sorted(target.glob(_NAMES))[:-keep] if keep else []:
        if old != file:  # which by its name is the newest, unless a clock was set back
            old.unlink()
            click.echo(f"Deleted {old}.")


@click.command("restore")
@database_url_option
@wall_data_option
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def restore_command(database_url: str | None, data: Path | None, file: Path) -> None:
    """Bring a backup back, into a new --data folder; with --database-url into an empty database of yours.

    A schema older than this livewall's is brought up to date. Nothing that is there is replaced.
    """
    _end_well()
    if data is None:
        raise Misconfigured(
            "Where to? Name the new wall's folder with --data; with --database-url, too: the runs' files go there."
        )
    began = time.monotonic()
    restored = restore(file, data, database_url)
    click.echo(f"Restored {restored.manifest.told} ({time.monotonic() - began:.1f} s): all of it is as it was.")
    for name in restored.migrated:
        click.echo(f"applied {name}")
    click.echo(f"Start the wall: livewall {'serve' if database_url else 'up'} --data {data}")


def _end_well() -> None:
    """What was begun is cleared away when somebody ends us."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _note(data: Path, now: datetime) -> None:
    """For /metrics: an alert says when the last backup is long ago."""
    try:
        last_backup_below(data).write_text(f"{now.isoformat()}\n", encoding="ascii")
    except OSError as error:
        click.echo(f"The wall will not know of this backup: {error.strerror or error} in {data}.", err=True)
