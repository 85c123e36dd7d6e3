"""Times as text: the same ones are read on each Python, and nothing that Postgres would refuse."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.base.clock import from_iso, iso, parse_time

UTC = timezone.utc
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-31T12:00:00.123456+00:00", NOON.replace(microsecond=123456)),
        ("2026-01-31T12:00:00.123456", NOON.replace(microsecond=123456)),
        ("2026-01-31T12:00:00Z", NOON),
        ("2026-01-31T12:00:00z", NOON),
        ("2026-01-31 12:00", NOON),
        ("2026-01-31T12:00:00.5Z", NOON.replace(microsecond=500000)),
        ("2026-01-31T12:00:00.25", NOON.replace(microsecond=250000)),
        ("2026-01-31T12:00:00.123456789Z", NOON.replace(microsecond=123456)),
        ("2026-01-31T13:30:00.000+01:30", NOON),
        ("2026-01-31T13:30:00+0130", NOON),
        ("2026-01-31T10:00:00-02", NOON),
        ("2026-01-31", NOON.replace(hour=0)),
    ],
)
def test_iso_8601_is_read(text: str, time: datetime) -> None:
    assert parse_time(text) == time
    assert parse_time(text).tzinfo == UTC


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "infinity", "2026", "2026-01", "20260131T120000Z", "2026-W05-6T12:00:00", "2026-031T12:00:00",
        "2026-W05-6T12:00:00.123456+00:00", "2026-01-31T12", "2026-01-31x12:00:00.123456+00:00",
        "2026-01-31T12:00:00,5Z", "2026-01-31T12:00:00.Z", "2026-01-31T24:00:00Z", "2026-01-31T12:00:60Z",
        "2026-02-30T12:00:00Z", "2026-01-31T12:00:00+16:00", "2026-01-31T12:00:00+00:00:30", "2026-01-31T12:00:00+01:",
        "2026-01-31T12:00:00.123+16", "2026-W05-6T12:00:00.123456", "2026-01-31T12:00:00.12345²",
        "2026-01-31T12:00:00Z ", "2026-01-31T12:00:00Z\n", "٢٠٢٦-01-31T12:00:00Z", "2026-01-31Z",
        "1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_what_is_no_time_here_is_refused_on_each_python(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the text is for people
        parse_time(text)


@given(st.datetimes(), st.none() | st.timedeltas(timedelta(hours=-15), timedelta(hours=15)))
def test_what_python_writes_comes_back(time: datetime, offset: timedelta | None) -> None:
    zone = None if offset is None else timezone(timedelta(minutes=offset // timedelta(minutes=1)))
    aware = time.replace(tzinfo=zone)
    assert from_iso(iso(aware) or "") == aware
