"""The budget, and the pause after failures."""

from __future__ import annotations

import itertools
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.jenkins.pace import FIRST_PAUSE, LONGEST_PAUSE, REQUESTS, WINDOW, Budget, pause

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to-jenkins.md"


@given(st.lists(st.floats(0, 40), min_size=30, max_size=120))
def test_no_minute_has_more_requests_than_allowed(wishes: list[float]) -> None:
    budget, now, made = Budget(), 1000.0, []
    for wish in wishes:
        now += wish
        now += budget.wait(now)
        assert budget.wait(now) <= 1e-6
        budget.spend(now)
        made.append(now)
    for first, late in zip(made, made[REQUESTS:], strict=False):
        assert late - first >= WINDOW - 1e-6


def test_what_was_not_asked_for_in_time_is_not_made_up_for_later() -> None:
    budget = Budget()
    for _ in range(REQUESTS):
        assert budget.wait(0.0) == 0
        budget.spend(0.0)
    assert budget.wait(1.0) == WINDOW - 1
    assert budget.wait(WINDOW) == 0


def test_pauses_grow_with_full_jitter_up_to_a_limit() -> None:
    longest = [pause(failures, 0, dice=lambda low, high: high) for failures in range(20)]
    assert longest[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert longest[-1] == LONGEST_PAUSE
    assert all(late >= early for early, late in itertools.pairwise(longest))
    assert pause(5, 0, dice=lambda low, high: low) == 1


def test_what_the_server_asks_for_is_the_least() -> None:
    assert pause(0, 1234) == 1234


def test_the_budget_is_the_promised_one() -> None:
    assert f"**{REQUESTS} requests in any minute**" in HOW_TO.read_text(encoding="utf-8")
    assert WINDOW == 60
