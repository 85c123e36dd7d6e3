"""The options by which a command finds its wall."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from livewall_agent.server import Server
from livewall_agent.settings import read_token


def asks_server(scope: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The command gets `server`, a `Server` that is closed after it, and `as_json`. `scope`: that of its token."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @click.option("--server", "url", metavar="URL", envvar="LIVEWALL_URL", default="http://127.0.0.1:8000",
                      show_default=True)  # fmt: skip
        @click.option("--token-file", metavar="FILE", help=f"A token of scope {scope}; else LIVEWALL_TOKEN.")
        @click.option("--ca", metavar="FILE", envvar="LIVEWALL_CA", default="", help="Certificates to trust.")
        @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
        @wraps(command)
        def asking(*, url: str, token_file: str | None, ca: str, **given: Any) -> Any:
            token = read_token(token_file, os.environ)
            server = Server(url.rstrip("/"), token=token, ca=ca, environment=os.environ)
            try:
                return command(server=server, **given)
            finally:
                server.close()

        return asking

    return decorate
