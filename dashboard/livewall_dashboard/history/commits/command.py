"""`livewall commits`: what the wall knows of the repositories under test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from psycopg.rows import dict_row

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.history.commits.commit_mirror import mirror
from livewall_dashboard.history.commits.git_clone import GitClone
from livewall_dashboard.history.commits.sync_commits import Connection, Summary, sync
from livewall_dashboard.postgres.cli_options import database_url_option, find_wall, wall_data_option
from livewall_dashboard.postgres.database import conninfo, unavailable_when_away
from livewall_dashboard.postgres.migrations import migrate

SCHEMES = ("https", "ssh", "git", "file")
"""Ways to fetch. The others are not encrypted, or run a program that the URL names."""

_SCP = re.compile(r"[^/:\s-][^/:\s]*:(?!//)\S+")


@click.group("commits")
def commits() -> None:
    """The commits of the repositories under test."""


@commits.command("sync")
@database_url_option
@wall_data_option
@click.option(
    "--branch",
    "branches",
    multiple=True,
    metavar="NAME",
    help="Read this branch beside the default one; a name or a pattern in quotes: 'release-*'.  [default: all]",
)
@click.option("--default-branch", metavar="NAME", default="", help="The main branch.  [default: the repository's]")
@click.option("--name", default="", help="What to call the repository.  [default: the last part of its address]")
@click.argument("source", metavar="PATH|URL")
def sync_command(
    database_url: str | None,
    data: Path | None,
    branches: tuple[str, ...],
    default_branch: str,
    name: str,
    source: str,
) -> None:
    """Read the commits of a clone, or of the repository behind a URL: what is new since the last time.

    Runs that name a commit (GIT_COMMIT and its like) find theirs, those stored before as well as those to come. A clone
    is read as it is: fetch into it first. Of a URL only the commits are fetched, without files, into the wall's folder.
    Repeat it as often as you like: by a timer, or after each push.
    """
    wall = find_wall(database_url, data)
    url = _url(source)
    with wall.database() as database:
        migrate(database)
        clone = mirror(url, wall.data, protocols=SCHEMES) if url else GitClone(Path(source).resolve())
        with _connected(database) as connection:
            done = sync(
                connection, clone, url or str(Path(source).resolve()), name=name, default_branch=default_branch,
                patterns=branches,
            )  # fmt: skip
    for branch in done.passed_over:
        click.echo(f"Passed over: the branch {branch[:60]}..., whose name is too long.", err=True)
    click.echo(_told(done))


def _url(source: str) -> str:
    """The source if it is a URL, "" if it is a folder. Raises `Misconfigured` for what is neither or not fetched."""
    scheme, separator, rest = source.partition("://")
    if separator:
        if scheme not in SCHEMES:
            raise Misconfigured(f"{scheme}:// is not fetched; give an address by {', '.join(SCHEMES)}.")
        if re.match(r"[^/?#]*:[^/?#]*@", rest):
            raise Misconfigured(
                "A password in the URL can be read by everybody on this machine. Leave it out, and give it to git by a "
                "credential helper (`git help credentials`), or use ssh with a key."
            )
        return source
    if _is_folder(source):
        return ""
    if _SCP.fullmatch(source):
        return source
    raise Misconfigured(
        f"There is no folder {source[:200]}, and it is no URL ({', '.join(f'{each}://' for each in SCHEMES)})."
    )


def _is_folder(source: str) -> bool:
    try:
        return bool(source) and Path(source).is_dir()
    except (OSError, ValueError):  # too long, or with a NUL
        return False


@contextmanager
def _connected(database: str) -> Iterator[Connection]:
    with (
        unavailable_when_away(),
        psycopg.connect(conninfo(database), autocommit=True, row_factory=dict_row) as connection,
    ):
        yield connection


def _told(done: Summary) -> str:
    branches = f"in {len(done.branches):,} branch{'' if len(done.branches) == 1 else 'es'}"
    new = (
        f"{done.commits:,} new commit{'' if done.commits == 1 else 's'} {branches}" if done.branches else "nothing new"
    )
    linked = (
        f"; {done.linked:,} run{'' if done.linked == 1 else 's'} found {'its' if done.linked == 1 else 'their'} commit"
    )
    return f"{done.repository} ({done.default_branch}): {new}{linked if done.linked else ''}."
