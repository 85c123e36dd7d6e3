"""Times as they travel: ISO 8601 in UTC; and a node's clock against ours."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache

UTC = timezone.utc
NO_OFFSET = timedelta(0)
YEARS = range(1970, 2200)
"""In which tests run, by whatever clock. Further out, what is reckoned with a time may be none any more."""

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"  # day, clock, seconds, fraction
    r"(?:([Zz])|([+-](?:0\d|1[0-5]))(?::?([0-5]\d))?)?)?",  # UTC, or hours and minutes: Postgres takes no more
    re.ASCII,
)


def utc_now() -> datetime:
    return datetime.now(UTC)


@lru_cache(maxsize=1000)
def parse_time(text: str) -> datetime:
    """An aware datetime in UTC. Raises ValueError for anything that is not ISO 8601 and of a sensible year.

    A time without zone is UTC. The latest are remembered: a test's start is told at its start and at its end, and each
    is looked at before it is shown.
    """
    time = from_iso(text)
    if time.year not in YEARS:
        raise ValueError(f"the year {time.year} is not one from {YEARS[0]} to {YEARS[-1]}")
    if time.tzinfo is UTC:  # as nodes send them
        return time
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def from_iso(text: str) -> datetime:
    """What ISO 8601 text says, aware if it has a zone; digits after the microseconds are cut. Raises ValueError.

    datetime.fromisoformat alone reads another set of texts on each Python: 3.10 lacks Z and most lengths of a fraction,
    later ones take weeks and commas, which Postgres refuses.
    """
    # What nodes send, once an event: 2026-01-31T12:00:00.123456+00:00; and without the zone, as output.xml has it.
    if text[4:20:3] == "--T::." and (text[26:] == "+00:00" or (len(text) == 26 and text[20:].isdigit())):
        return datetime.fromisoformat(text)
    found = _ISO.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:50]!r} is no time in ISO 8601, like 2026-01-31T12:00:00.5Z")
    day, clock, seconds, fraction, utc, hours, minutes = found.groups("")
    zone = "+00:00" if utc else f"{hours}:{minutes or '00'}" if hours else ""
    return datetime.fromisoformat(f"{day}T{clock or '00:00'}:{seconds or '00'}.{fraction[:6].ljust(6, '0')}{zone}")


def iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def offset_of(sent_at: str, received_at: datetime) -> timedelta:
    """What to add to the node's times to get ours; nothing when the node does not say when it sent."""
    return received_at - parse_time(sent_at) if sent_at else NO_OFFSET
