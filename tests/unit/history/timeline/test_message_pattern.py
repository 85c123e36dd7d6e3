"""Messages that say the same have one pattern."""

from __future__ import annotations

import pytest

from livewall_dashboard.history.timeline.message_pattern import MOST, pattern_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Element 12 missing after 3.5 s", "Element 7 missing after 10 s"),
        ("10.0.0.1:80 refused", "192.168.56.21:8080 refused"),
        ("at 2026-03-01T12:00:00+00:00", "at 2025-12-31 T08:30:01".replace(" T", "T")),
        ("<Thing at 0x7f2A>", "<Thing at 0x1>"),
        ("id 6f1ed002-ab59-4d0b-8e0c-7a0d3f5f9f10", "id 00000000-0000-0000-0000-000000000000"),
        ("commit 90c8a1d020", "commit 1234567"),
        ("two  lines\nhere", "two lines here"),
    ],
)
def test_what_differs_by_chance_is_one(one: str, other: str) -> None:
    assert pattern_of(one) == pattern_of(other)


@pytest.mark.parametrize(("one", "other"), [("Odd", "Even"), ("is 5", "was 5"), ("defaced", "deadbee"), ("a 5", "a")])
def test_what_says_something_else_is_another(one: str, other: str) -> None:
    assert pattern_of(one) != pattern_of(other)


def test_an_endless_message_is_cut() -> None:
    assert len(pattern_of("word " * 10**6)) <= MOST
