"""`livewall check`: one line for each thing looked at, and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from livewall_dashboard.base.garbage import collected_seldom
from livewall_dashboard.check.configuration import check_configuration, check_jenkins
from livewall_dashboard.check.database import check_database
from livewall_dashboard.check.instances import check_instances
from livewall_dashboard.check.machine import check_address, check_folder
from livewall_dashboard.check.result import Result
from livewall_dashboard.postgres.cli_options import data_option, database_url_option
from livewall_dashboard.serving.options import serving_options, settings_of

_COLOURS = {"ok": "green", "warning": "yellow", "FAILED": "red", "left out": "yellow"}


@click.command()
@database_url_option
@data_option
@serving_options
@click.option("--offline", is_flag=True, help="Do not ask the Jenkins servers.")
def check(database_url: str | None, data: Path, offline: bool, **serving: Any) -> None:
    """Look whether the wall would start, and say what to repair before it does.

    Takes the options and the environment of `livewall serve` or `livewall up`. Changes nothing. Ends with 1 if
    something has to be repaired, else with 0.
    """
    with collected_seldom():
        import_module("livewall_dashboard.serving.commands")  # what would start has to be whole
    settings, _ = settings_of(data, serving)
    configuration = check_configuration(settings.lab_file, os.environ, optional=settings.config is None)

    def results() -> Iterator[Result]:
        yield from configuration.results
        yield from check_folder(settings.data)
        yield from check_database(database_url, settings)
        yield from check_address(settings)
        yield from check_jenkins(configuration.lab, offline=offline)
        yield from check_instances(configuration.lab, offline=offline)

    levels = [_told(result) for result in results()]
    click.echo(_summary(levels.count("FAILED"), levels.count("warning")))
    if configuration.modern is not None:
        click.echo(f"\n{settings.lab_file} in today's shape:\n\n{configuration.modern}")
    sys.exit(1 if "FAILED" in levels else 0)


def _told(result: Result) -> str:
    level = click.style(f"{result.level:8}", fg=_COLOURS[result.level])
    click.echo(f"{level}  {result.subject}: {' '.join(result.text.split())}")
    return result.level


def _summary(failed: int, warnings: int) -> str:
    parts = [f"{failed} to repair" if failed else "Nothing to repair"]
    if warnings:
        parts.append(f"{warnings} warning{'' if warnings == 1 else 's'}")
    return f"{', '.join(parts)}."
