"""Times and durations of files that are not Robot Framework's: of any zone or none, in any of their writers' ways."""

from __future__ import annotations

import math
from datetime import datetime, timezone

from livewall_dashboard.base.clock import YEARS, from_iso
from livewall_dashboard.importing.times import LONGEST, Clock


class ForeignTimes:
    """Makes UTC of what a file says. `clock`: the one of times without a zone."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self.are_utc = False
        """Whether times without a zone are UTC, as some writers mean them."""

    def utc(self, text: str) -> str:
        """ISO 8601 of any zone -> naive UTC; "" for none, and for what is no time."""
        try:
            moment = from_iso(text.strip())
        except ValueError:
            return ""
        if moment.tzinfo is None:
            if moment.year not in YEARS or moment.year == YEARS[0]:
                return ""  # 1970: nothing began then, as GoogleTest says of a disabled test
            if not self.are_utc:
                return _naive(datetime.fromisoformat(self._clock.utc(moment.isoformat())))
            moment = moment.replace(tzinfo=timezone.utc)
        return _naive(moment)

    @staticmethod
    def of_milliseconds(value: object) -> str:
        """Milliseconds since 1970 -> naive UTC; "" for none."""
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 < value < 1e14:
            return ""
        return _naive(datetime.fromtimestamp(value / 1000, timezone.utc))


def _naive(moment: datetime) -> str:
    moment = moment.astimezone(timezone.utc)
    if moment.year not in YEARS or moment.year == YEARS[0]:
        return ""
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds")


def seconds(text: str) -> float | None:
    """`1,234.5` as Maven writes it, too; None for none, and for what is no duration."""
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if 0 <= value < LONGEST and math.isfinite(value) else None
