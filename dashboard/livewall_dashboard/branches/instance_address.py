"""Where people reach an instance."""

from __future__ import annotations

from collections.abc import Callable

from livewall_agent.instancewire import RUNNING
from livewall_dashboard.access.origins import is_loopback
from livewall_dashboard.base.settings import Settings, url_of
from livewall_dashboard.postgres.database import Row

UrlOf = Callable[[Row], str | None]
"""Of a row of an instance that is heard of."""


def address_of(settings: Settings) -> UrlOf:
    """On a wall that its own machine alone reaches, the instance's own port."""
    is_direct = is_loopback(settings.reached_by)

    def direct(row: Row) -> str | None:
        is_there = row["state"] == RUNNING and not row["is_away"] and row["host"] and row["port"]
        return f"{url_of(row['host'], row['port'])}/" if is_direct and is_there else None

    return direct
