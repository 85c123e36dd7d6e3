"""Whoever asked hears of it, in order, whatever the others do."""

from __future__ import annotations

import pytest

from livewall_dashboard.base.signal import Signal


def test_signal_all_hear_in_the_order_they_connected() -> None:
    heard: list[tuple[str, int]] = []
    signal = Signal[int]("it rains")
    for name in ("first", "second"):
        signal.connect(lambda value, name=name: heard.append((name, value)))  # type: ignore[misc]
    signal.send(7)
    assert heard == [("first", 7), ("second", 7)]


def test_signal_whoever_fails_does_not_keep_it_from_the_others(caplog: pytest.LogCaptureFixture) -> None:
    def fail(value: int) -> None:
        raise ValueError("on purpose")

    heard: list[int] = []
    signal = Signal[int]("it rains")
    signal.connect(fail)
    signal.connect(heard.append)
    signal.send(7)
    assert heard == [7]
    assert "could not take it over that it rains" in caplog.text
