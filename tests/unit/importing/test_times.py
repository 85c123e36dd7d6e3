"""Times without a zone become UTC by the node's clock, also where that is changed."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from livewall_dashboard.importing.model import Unreadable
from livewall_dashboard.importing.times import Clock, naive


def test_a_zone_s_summer_and_winter() -> None:
    clock = Clock(ZoneInfo("Europe/Helsinki"))
    assert clock.utc("2026-01-15T12:00:00.5") == "2026-01-15T10:00:00.500000+00:00"
    assert clock.utc("2026-07-15T12:00:00") == "2026-07-15T09:00:00.000000+00:00"
    assert clock.utc("2026-03-29T02:59:59.999999") == "2026-03-29T00:59:59.999999+00:00"
    assert clock.utc("2026-03-29T04:00:00") == "2026-03-29T01:00:00.000000+00:00"


def test_a_distance_where_the_zone_is_not_known() -> None:
    assert (
        Clock.ahead_by(timedelta(hours=5, minutes=45)).utc("2026-01-01T00:00:00") == "2025-12-31T18:15:00.000000+00:00"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("20260301 12:00:00.250", "2026-03-01T12:00:00.250000"),
        ("20260301 12:00:00", "2026-03-01T12:00:00"),
        ("2026-03-01T12:00:00.250001", "2026-03-01T12:00:00.250001"),
        ("N/A", ""),
        ("", ""),
    ],
)
def test_both_ways_of_writing_a_time(text: str, told: str) -> None:
    assert naive(text) == told


@pytest.mark.parametrize(
    "text", ["2026-03-01T25:00:00", "2026-03-01T12:00:00+02:00", "0001-01-01T00:00:00", "infinity"]
)
def test_what_is_no_time_of_robot_s(text: str) -> None:
    with pytest.raises(Unreadable, match="no time"):
        Clock().utc(text)
