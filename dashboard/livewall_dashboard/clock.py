"""Times as they travel: ISO 8601 in UTC; and a node's clock against ours."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

UTC = timezone.utc
NO_OFFSET = timedelta(0)
YEARS = range(1970, 2200)
"""In which tests run, by whatever clock. Further out, what is reckoned with a time may be none any more."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def parse_time(text: str) -> datetime:
    """An aware datetime in UTC. Raises ValueError for anything that is not ISO 8601 and of a sensible year.

    A time without zone is UTC.
    """
    if text.endswith(("Z", "z")):  # Python 3.10 does not read it
        text = text[:-1] + "+00:00"
    time = datetime.fromisoformat(text)
    if time.year not in YEARS:
        raise ValueError(f"the year {time.year} is not one from {YEARS[0]} to {YEARS[-1]}")
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def offset_of(sent_at: str, received_at: datetime) -> timedelta:
    """What to add to the node's times to get ours; nothing when the node does not say when it sent."""
    return received_at - parse_time(sent_at) if sent_at else NO_OFFSET
