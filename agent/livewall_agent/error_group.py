"""Commands that end by our errors with one line and an exit code."""

from __future__ import annotations

from typing import Any

import click

from livewall_agent.errors import AgentError


class ErrorCommand(click.Command):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AgentError as error:
            click.echo(f"livewall: {error}", err=True)
            ctx.exit(error.exit_code)


class ErrorGroup(ErrorCommand, click.Group):
    """A group of such."""
