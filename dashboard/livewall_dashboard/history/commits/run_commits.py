"""Which commits of the repositories we know a run was made at, by the words its node has for them."""

from __future__ import annotations

import re
import time
from typing import Any

import psycopg

from livewall_dashboard.history.commits.repository_address import address_of
from livewall_dashboard.history.queries import QUERIES

Connection = psycopg.Connection[dict[str, Any]]

LINKING_LOCK = 0x11FE_3A15
"""Key of the advisory lock that a registration shares and that who brings commits takes, for a moment."""

_PATIENCE = 20.0
"""Seconds to wait for runs that are being registered, or imported: one that takes longer is found by the next time."""
_PAUSE = 0.05

_HASH = re.compile(r"[0-9a-f]{7,64}")
"""An abbreviation that is shorter means too little."""


def link(connection: Connection, run_id: int, repository: str, commit: str) -> None:
    """Note the commit of a run that is being registered, if it is known. Part of the registration's transaction."""
    text = commit.lower()
    if not _HASH.fullmatch(text):
        return
    connection.execute(QUERIES["wait_for_linking"], [LINKING_LOCK])
    connection.execute(
        QUERIES["link_run"], {"run_id": run_id, "hash": text, "address": address_of(repository) if repository else ""}
    )


def link_all(connection: Connection, repository_id: int) -> int:
    """Note it for all runs that may be of this repository, once its commits are stored -> for how many."""
    _wait_for_registering(connection)
    with connection.transaction():
        rows = connection.execute(QUERIES["addresses_of"], [repository_id]).fetchall()
        addresses = {row["address"] for row in rows}
        texts = [row["repository"] for row in connection.execute(QUERIES["named_repositories"]).fetchall()]
        named = [text for text in texts if text and address_of(text) in addresses]
        return connection.execute(QUERIES["link_runs"], {"repository": repository_id, "named": named}).rowcount


def _wait_for_registering(connection: Connection) -> None:
    """Until no registration is under way that began before the commits were there."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        row = connection.execute(QUERIES["wait_for_registering"], [LINKING_LOCK]).fetchone()
        if row and row["none_registers"]:
            return
        time.sleep(_PAUSE)
