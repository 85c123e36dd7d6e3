"""`livewall compare`: two runs, for people and as a gate in CI."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from livewall_agent.comparison import junit, text
from livewall_agent.comparison.compared import compare as compare_runs
from livewall_agent.comparison.kinds import WORDS, WORSE
from livewall_agent.error_group import ErrorCommand
from livewall_agent.errors import AgentError
from livewall_agent.server import Server
from livewall_agent.server_options import asks_server

NONE = "none"
MAY_FAIL = [*(kind for kind in WORDS if kind != "fixed"), NONE]


@click.command(cls=ErrorCommand, context_settings={"help_option_names": ["-h", "--help"]})
@asks_server("read")
@click.option("--fail-on", multiple=True, type=click.Choice(MAY_FAIL), default=WORSE, show_default=True,
              help="What makes the exit code 1; may be repeated. `none`: nothing does.")  # fmt: skip
@click.option("--junit", "junit_file", type=click.Path(path_type=Path), metavar="FILE", help="Write JUnit XML there.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Answer in Markdown, for the summary of a CI job.")
@click.argument("runs", nargs=-1, required=True, metavar="[BEFORE] NOW")
def compare(
    server: Server,
    runs: tuple[str, ...],
    fail_on: tuple[str, ...],
    junit_file: Path | None,
    *,
    as_markdown: bool,
    as_json: bool,
) -> None:
    """Compare the run NOW with the run BEFORE, by their ids; without BEFORE, with the latest one before it of its
    suite, setup and branch.

    Exit code: 0 nothing is worse; 1 something is, or NOW goes on or lacks results; 2 there is nothing to compare; 3 the
    wall cannot be reached.
    """
    if len(runs) > 2:
        raise click.UsageError("two runs are compared: livewall compare BEFORE NOW")
    *before, now = runs
    compared = compare_runs(server, before[0] if before else None, now)
    worse = () if NONE in fail_on else fail_on
    if junit_file:
        _write(junit_file, junit.document(compared, worse))
    if as_json:
        click.echo(json.dumps(compared.as_json()))
    else:
        click.echo(text.markdown(compared) if as_markdown else text.plain(compared))
    sys.exit(1 if NONE not in fail_on and compared.is_worse(worse) else 0)


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise AgentError(f"{path} cannot be written: {error.strerror}") from None
