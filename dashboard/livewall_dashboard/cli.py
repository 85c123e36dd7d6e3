"""The commands. Each says in one line what is wrong and what to do, and exits with it; none shows a stack trace."""

from __future__ import annotations

import logging
import os
from importlib import import_module
from typing import Any

import click

from livewall_dashboard.base import logs
from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.base.version import VERSION
from livewall_dashboard.readers import READERS

COMMANDS = {
    "backup": "backup.command:backup_command",
    "branches": "runbot.command:branches",
    "build": "livewall_agent.build_report.command:build",
    "check": "check.command:check",
    "commits": "history.commits.command:commits",
    "compare": "livewall_agent.comparison.command:compare",
    "demo": "demo.command:demo",
    "forget": "history.setups.command:forget_command",
    "import": "importing.command:import_command",
    "job": "livewall_agent.job_command:job",
    "migrate": "postgres.migrate_command:migrate_command",
    "probe": "probe.command:probe",
    "prune": "retention.command:prune_command",
    "rename": "history.identity.command:rename_command",
    "restore": "backup.command:restore_command",
    "serve": "serving.commands:serve",
    "token": "access.token_command:token",
    "up": "serving.commands:up",
}
"""Where each command is. It is imported when it is called for: a second less to wait for those that are quick."""

log = logging.getLogger(__name__)


class _Group(click.Group):
    """Imports the command that is called, and turns our errors into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        where = module if module.startswith("livewall_agent.") else f"livewall_dashboard.{module}"
        command: click.Command = getattr(import_module(where), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LivewallError as error:
            if logs.is_json():
                log.critical("%s", error.message)
            else:
                click.echo(f"livewall: {error.message}", err=True)
            ctx.exit(error.exit_code)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "LIVEWALL"})
@click.version_option(VERSION, prog_name="livewall")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """A live wall and a complete history for labs that run Robot Framework."""
    logs.configure(os.environ)
    ctx.obj = READERS
