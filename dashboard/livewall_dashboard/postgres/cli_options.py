"""What several commands take, and the wall and the database they mean by it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.running_walls import RunningWall, running_walls
from livewall_dashboard.postgres.embedded import EmbeddedPostgres

DEFAULT_DATA = Path("livewall-data")


def _data_option(**settings: Any) -> Any:
    folder = click.Path(path_type=Path, file_okay=False)
    return click.option("--data", type=folder, envvar="LIVEWALL_DATA", **settings)


data_option = _data_option(
    default=DEFAULT_DATA, show_default=True, help="Folder for the embedded database and uploaded files."
)
"""For who starts a wall."""
wall_data_option = _data_option(help="The wall's folder.  [default: that of your wall, if one runs]")
"""For who means a wall that there is."""
database_url_option = click.option(
    "--database-url",
    envvar="LIVEWALL_DATABASE_URL",
    help="A Postgres of yours: postgresql://user:password@host/database.",
)


@dataclass(frozen=True, slots=True)
class ChosenWall:
    """Which wall a command means: its folder, and its Postgres; None for the one in that folder."""

    data: Path
    database_url: str | None = None

    @contextmanager
    def database(self) -> Iterator[str]:
        """URL of its database: as it runs, or for the length of this command."""
        url = self.running_database()
        if url:
            yield url
            return
        with EmbeddedPostgres(self.data) as started:
            yield started

    def running_database(self) -> str | None:
        """URL of its database; None where that is in its folder and does not run."""
        return self.database_url or EmbeddedPostgres.running_url(self.data)


def find_wall(database_url: str | None, data: Path | None, *, may_make: bool = False) -> ChosenWall:
    """The wall that --database-url and --data name or, without both, the one of this user that runs.

    Asks nobody, and makes nothing: a folder that is named and holds no database is taken with `may_make` alone. Raises
    Misconfigured, with what to say.
    """
    if database_url:
        return ChosenWall(data or DEFAULT_DATA, database_url)
    if wall := running_wall(data):
        return _of_running(wall)
    if data is None:
        return _in_default_folder()
    if not may_make and not has_database(data):
        raise Misconfigured(f"There is no database in {data}: name the wall's folder with --data.")
    return ChosenWall(data)


def running_wall(data: Path | None) -> RunningWall | None:
    """The running wall of this user that has this folder or, where none is named, the only one.

    Raises Misconfigured where there are several to choose from.
    """
    running = running_walls(os.environ)
    if data is not None:
        running = [wall for wall in running if Path(wall.data) == data.expanduser().resolve()]
    different = {(wall.data, wall.database_url) for wall in running} if len(running) > 1 else running
    if len(different) > 1:
        listed = "".join(f"\n  {wall}" for wall in running)
        raise Misconfigured(f"{len(running)} walls of yours run. Say by --data or --database-url which one:{listed}")
    return running[0] if running else None


def has_database(data: Path) -> bool:
    """Whether a wall was started in this folder, with a Postgres of its own."""
    return (data.expanduser() / "postgres").is_dir()


def _of_running(wall: RunningWall) -> ChosenWall:
    if wall.embedded:
        return ChosenWall(Path(wall.data))
    if wall.database_url is None:
        raise Misconfigured(
            f"Your wall at {wall.url} (process {wall.pid}) runs on a Postgres of yours, and which one cannot be found "
            "out from here: give --database-url or LIVEWALL_DATABASE_URL as it has it."
        )
    return ChosenWall(Path(wall.data), wall.database_url)


def _in_default_folder() -> ChosenWall:
    """The wall that runs in the folder where `livewall up` would start one here, though it could not be announced."""
    if has_database(DEFAULT_DATA):
        if EmbeddedPostgres.running_url(DEFAULT_DATA):
            return ChosenWall(DEFAULT_DATA)
        hint = f" There is one in this folder that does not run: --data {DEFAULT_DATA} names it."
    else:
        hint = ""
    raise Misconfigured(
        "Which wall? None of yours runs here. As the user that runs it, or by naming its folder with --data or its "
        f"Postgres with --database-url, it is found.{hint}"
    )
