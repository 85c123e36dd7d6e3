"""Addresses of runs and their files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

LOG = "log.html"


def page_of(run_id: str) -> str:
    """Where people look at the run."""
    return f"/runs/{quote(run_id, safe='')}"


def address_of(run_id: str, name: str) -> str:
    return f"{page_of(run_id)}/artifacts/{quote(name, safe='')}"


def log_of(artifacts: list[dict[str, Any]]) -> str | None:
    """Where the run's log.html opens. Those of single processes of a pabot run have other names and are not it."""
    return next((artifact["url"] for artifact in artifacts if artifact["name"] == LOG), None)
