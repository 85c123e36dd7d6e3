"""`livewall branches`, and `livewall-runbot`, which says the same in the words of the first runbot."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

import click

from livewall_dashboard.base.errors import LivewallError, Misconfigured
from livewall_dashboard.base.running_walls import running_walls
from livewall_dashboard.runbot.folder import RunbotFolder
from livewall_dashboard.runbot.order_build import order_build, token_of

Command = TypeVar("Command", bound=Callable[..., Any])

MOST_WORKERS = 64

_dir_option = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("livewall-runbot"),
    show_default=True,
    help="Where the configuration is, and all that is kept.",
)
_RUN_OPTIONS: Sequence[Callable[[Any], Any]] = (
    click.option(
        "--number",
        type=click.IntRange(0, 10_000),
        help="How many builds of a project are left running at most.  [default: as it says]",
    ),
    click.option(
        "--workers",
        type=click.IntRange(0, MOST_WORKERS),
        default=1,
        show_default=True,
        help="Agents on this machine: jobs at a time.",
    ),
    click.option(
        "--start-job-id",
        type=click.IntRange(0),
        default=0,
        metavar="N",
        help="The next build gets this number, or a larger one.  [default: the one after the last]",
    ),
    click.option("--host", help="Address to bind to.  [default: 127.0.0.1]"),
    click.option("--port", type=int, help="Port.  [default: 8000]"),
)


def _run_options(command: Command) -> Command:
    return reduce(lambda decorated, option: option(decorated), reversed(_RUN_OPTIONS), command)


@click.group()
def branches() -> None:
    """Build the branches of git repositories: docs/how-to-branches.md."""


@branches.command("init")
@_dir_option
def init_command(folder: Path) -> None:
    """Make a folder with a configuration to fill in."""
    init(RunbotFolder(folder))


@branches.command("run")
@_dir_option
@_run_options
def run_command(folder: Path, **how: Any) -> None:
    """Start the wall on it, with its watcher and agents."""
    run(RunbotFolder(folder), **how)


@branches.command("clean")
@_dir_option
def clean_command(folder: Path) -> None:
    """Stop what runs there, and remove what was kept."""
    clean(RunbotFolder(folder))


@branches.command("build")
@click.argument("project")
@click.argument("branch")
@click.option("--server", envvar="LIVEWALL_URL", help="The wall.  [default: yours that runs]")
@click.option("--token-file", type=click.Path(path_type=Path, dir_okay=False), help="A token of scope builds.")
def build_command(project: str, branch: str, server: str | None, token_file: Path | None) -> None:
    """Build the newest commits of a branch, now."""
    wall = server or next((each.url for each in running_walls(os.environ)), "")
    if not wall:
        raise Misconfigured("Which wall? Give --server or LIVEWALL_URL: none of yours runs here.")
    number = order_build(wall, token_of(token_file, os.environ), project, branch, os.environ)
    click.echo(f"{project} {branch} is built as {number}: {wall.rstrip('/')}/branch-builds/{number}")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--init", "what", flag_value="init", help="Make a folder with a configuration to fill in.")
@click.option("--run", "what", flag_value="run", help="Start the wall on it, with its watcher and agents.")
@click.option("--clean", "what", flag_value="clean", help="Stop what runs there, and remove what was kept.")
@_dir_option
@_run_options
def runbot(what: str | None, folder: Path, **how: Any) -> None:
    """Build every branch of your git repositories, and show what became of each.

    Typically: livewall-runbot --init; then, with the configuration filled in, livewall-runbot --run --number=100
    --workers=4 --start-job-id=220; and livewall-runbot --clean.
    """
    if what is None:
        raise click.UsageError("Say what is to be done: --init, --run or --clean.")
    try:
        if what == "init":
            init(RunbotFolder(folder))
        elif what == "run":
            run(RunbotFolder(folder), **how)
        else:
            clean(RunbotFolder(folder))
    except LivewallError as error:
        click.echo(f"livewall-runbot: {error.message}", err=True)
        sys.exit(error.exit_code)


def init(folder: RunbotFolder) -> None:
    """Raises Misconfigured."""
    if folder.create():
        click.echo(f"Made {folder.config}. Put your repositories into it, then start: livewall-runbot --run")
    else:
        click.echo(f"{folder.config} is there already, and stays as it is.")


def run(
    folder: RunbotFolder, *, number: int | None, workers: int, start_job_id: int, host: str | None, port: int | None
) -> None:
    """Becomes `livewall up`. Raises Misconfigured."""
    folder.require()
    given = {"--instances": number, "--host": host, "--port": port, "--first-branch-build": start_job_id or None}
    words = [word for name, value in given.items() if value is not None for word in (name, str(value))]
    click.echo(f"Running on {folder.config} with {workers} {'agent' if workers == 1 else 'agents'}.")
    sys.stdout.flush()
    program = [sys.executable, "-m", "livewall_dashboard", "up", "--data", str(folder.data)]
    os.execv(  # noqa: S606  # that is the purpose: there is no shell to need
        sys.executable, [*program, "--config", str(folder.config), "--with-agent", str(workers), *words]
    )


def clean(folder: RunbotFolder) -> None:
    """Raises Misconfigured."""
    stopped = folder.stop(os.environ)
    if stopped:
        click.echo(f"Stopped the wall at {stopped.url}, process {stopped.pid}, with its agents.")
    folder.require_own()
    for line in folder.clear_instances():
        click.echo(line)
    for path in folder.clean():
        click.echo(f"Removed {path}.")
    if folder.config.exists():
        click.echo(f"{folder.config} stays: you have filled it in.")
    elif not stopped:
        click.echo(f"Nothing is left of {folder.path}.")


def main() -> None:
    """`livewall-runbot`."""
    runbot(prog_name="livewall-runbot")
