"""Values as the API writes and reads them."""

from __future__ import annotations

from datetime import datetime
from typing import overload

from livewall_dashboard.base.clock import UTC


@overload
def time_text(time: datetime) -> str: ...


@overload
def time_text(time: None) -> None: ...


def time_text(time: datetime | None) -> str | None:
    """ISO 8601 in UTC, as the wall's snapshot writes it: `2026-01-31T12:00:00.123456+00:00`."""
    return None if time is None else time.astimezone(UTC).isoformat()
