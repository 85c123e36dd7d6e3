"""What several commands take, and the database they mean by it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from livewall_dashboard import server
from livewall_dashboard.db import Database
from livewall_dashboard.embedded import EmbeddedPostgres
from livewall_dashboard.migrations import migrate
from livewall_dashboard.tokens import TokenStore

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("livewall-data"),
    envvar="LIVEWALL_DATA",
    show_default=True,
    help="Folder for the embedded database and uploaded files.",
)
database_url_option = click.option(
    "--database-url",
    envvar="LIVEWALL_DATABASE_URL",
    help="A Postgres of yours: postgresql://user:password@host/database.",
)


@contextmanager
def database_of(database_url: str | None, data: Path) -> Iterator[str]:
    """The user's Postgres, or the one under --data: as it runs, or for the length of this command."""
    if database_url:
        yield database_url
        return
    running = EmbeddedPostgres.running_url(data)
    if running:
        yield running
        return
    with EmbeddedPostgres(data) as url:
        yield url


@contextmanager
def tokens_of(database_url: str | None, data: Path) -> Iterator[TokenStore]:
    with database_of(database_url, data) as url:
        migrate(url)
        database = Database(url, offload=server.offload("threading"))
        try:
            yield TokenStore(database)
        finally:
            database.close()
