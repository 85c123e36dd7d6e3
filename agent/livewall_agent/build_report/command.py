"""`livewall build`: for porters and build machines."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from livewall_agent.build_report.make_report import Built, make_report
from livewall_agent.build_report.options import BuildOptions, variable, words_of
from livewall_agent.build_report.source import CannotBuild, Source
from livewall_agent.build_report.wall import Wall, wall_of
from livewall_agent.error_group import ErrorCommand
from livewall_listener.client import Unreachable
from livewall_listener.notices import Notices
from livewall_listener.report_upload import NotTaken
from livewall_listener.settings import redacted

FAILED, INTERRUPTED = 1, 130


@click.command(cls=ErrorCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-b", "branch", metavar="BRANCH", default="", help="The branch or tag of a git source.")
@click.option("-c", "configure", metavar="PARAM", multiple=True, help="For ./configure; may be repeated.")
@click.option("-m", "make", metavar="PARAM", multiple=True, help="For make; may be repeated.")
@click.option("-n", "check", metavar="PARAM", multiple=True, help="For make check; may be repeated.")
@click.option("-e", "environment", metavar="NAME=VAL", multiple=True, help="For all commands; may be repeated.")
@click.option("-r", "url", metavar="URL", default="", help="The wall, with /upload or without; else LIVEWALL_URL.")
@click.argument("source")
def build(
    source: str,
    branch: str,
    configure: tuple[str, ...],
    make: tuple[str, ...],
    check: tuple[str, ...],
    environment: tuple[str, ...],
    url: str,
) -> None:
    """Configure, make and make check SOURCE, live on a wall, and send what they said as a report.

    SOURCE: a .tar.gz, .tgz, .tar.bz2, .tar.xz or .tar.zst, here or at http, https or ftp; a folder; a git address.

    Exits with 0 where all went well, 1 where the build failed, 2 where it could not begin.
    """
    options = BuildOptions(branch, configure, make, check, tuple(map(variable, environment)))
    for parameters in (configure, make, check):
        words_of(parameters)  # what cannot be taken apart is said before anything is fetched
    wall = wall_of(url)
    notices = Notices(_say)
    if wall:
        for problem in wall.given.problems:
            _say(problem)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        built = make_report(Source.of(source, branch), options, _shown_at(wall), dict(os.environ), notices)
    except KeyboardInterrupt:
        _say("interrupted; there is no report")
        sys.exit(INTERRUPTED)
    except OSError as error:  # a full disk, as a rule
        raise CannotBuild(f"the build could not go on: {error}") from None
    if wall:
        _upload(wall, built.tarball)
    _tell(built, wall)
    sys.exit(0 if built.status == "ok" else FAILED)


def _shown_at(wall: Wall | None) -> Wall | None:
    if wall and not wall.is_one():
        _say(f"{redacted(wall.given.url)} is no livewall: the build is not shown there, its report is sent at the end")
        return None
    return wall


def _upload(wall: Wall, tarball: Path) -> None:
    """What it answers is printed, as the script does. What it does not take now is kept."""
    try:
        print(wall.upload(tarball), flush=True)
    except (NotTaken, Unreachable, OSError) as error:
        _say(f"the report was not taken: {error}")
        if isinstance(error, NotTaken) and not error.later:
            return
        try:
            kept = wall.keep_for_later(tarball)
        except OSError as trouble:
            _say(f"nor can it be kept for later ({trouble}); it is {tarball}")
            return
        _say(f"it is kept in {kept.parent}; `python -m livewall_listener resend` delivers it")


def _tell(built: Built, wall: Wall | None) -> None:
    print(f"status = {built.status}")
    print(f"logdir = {built.logs}")
    print(f"logtar = {built.tarball}")
    if built.run and wall:
        print(f"run = {redacted(wall.given.url)}/runs/{built.run}")


def _say(text: str) -> None:
    click.echo(text if text.startswith("livewall: ") else f"livewall: {text}", err=True)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
