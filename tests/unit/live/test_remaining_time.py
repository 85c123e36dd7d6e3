from __future__ import annotations

import pytest

from livewall_dashboard.live.remaining_time import RemainingTime


def test_remaining_is_the_sum_of_what_is_not_done() -> None:
    remaining = RemainingTime()
    remaining.add(["A", "B", "C"], {"A": 1.0, "B": 2.0, "C": 4.0})
    remaining.done("B")
    assert remaining.seconds == pytest.approx(5.0)
    assert remaining.known


def test_a_test_without_history_counts_with_the_mean() -> None:
    remaining = RemainingTime()
    remaining.add(["A", "B", "new"], {"A": 1.0, "B": 3.0})
    assert remaining.seconds == pytest.approx(6.0)


def test_below_half_known_there_is_no_estimate() -> None:
    remaining = RemainingTime()
    remaining.add(["A", "B", "C"], {"A": 1.0})
    assert not remaining.known


def test_nothing_announced_is_not_known() -> None:
    assert not RemainingTime().known


def test_a_longname_announced_twice_is_done_twice() -> None:
    remaining = RemainingTime()
    remaining.add(["A", "A"], {"A": 2.0})
    remaining.done("A")
    assert remaining.seconds == pytest.approx(2.0)
    remaining.done("A")
    remaining.done("A")
    assert remaining.seconds == 0.0


def test_a_test_that_was_never_announced_changes_nothing() -> None:
    remaining = RemainingTime()
    remaining.add(["A"], {"A": 2.0})
    remaining.done("B")
    assert remaining.seconds == pytest.approx(2.0)


def test_chunks_add_up_and_keep_what_is_done() -> None:
    remaining = RemainingTime()
    remaining.add(["A", "B"], {"A": 1.0, "B": 1.0})
    remaining.done("A")
    remaining.add(["C"], {"C": 5.0})
    remaining.done("A")
    assert remaining.seconds == pytest.approx(6.0)


def test_the_mean_is_that_of_all_that_is_known() -> None:
    remaining = RemainingTime()
    remaining.add(["A", "B"], {"A": 1.0, "B": 3.0})
    assert remaining.mean == pytest.approx(2.0)
    remaining.add(["C", "new"], {"C": 8.0})
    assert remaining.mean == pytest.approx(4.0)
    assert remaining.seconds == pytest.approx(16.0)
    remaining.add(["unknown"], {})
    assert (remaining.mean, remaining.seconds) == (pytest.approx(4.0), pytest.approx(20.0))


def test_half_of_the_tests_known_is_enough() -> None:
    remaining = RemainingTime()
    remaining.add(["A", "B"], {"A": 1.0})
    assert remaining.known
    remaining.add(["C"], {})
    assert not remaining.known


def test_a_test_of_no_duration_is_done_once() -> None:
    remaining = RemainingTime()
    remaining.add(["instant", "instant", "A"], {"instant": 0.0, "A": 2.0})
    remaining.done("instant")
    remaining.done("instant")
    remaining.done("instant")
    remaining.done("A")
    assert remaining.seconds == 0.0


def test_done_takes_its_own_test_away_wherever_it_stands() -> None:
    names = [f"Root.T{number}" for number in range(50)]
    remaining = RemainingTime()
    remaining.add(names, {name: float(2**number) for number, name in enumerate(names)})
    for number, name in enumerate(names):
        remaining.done(name)
        assert remaining.seconds == float(2**50 - 2 ** (number + 1))


def test_a_test_done_twice_leaves_the_others_alone() -> None:
    remaining = RemainingTime()
    remaining.add(["A", "A", "A", "B"], {"A": 1.0, "B": 10.0})
    for left in (12.0, 11.0, 10.0, 10.0):
        remaining.done("A")
        assert remaining.seconds == left


def test_tests_that_are_announced_a_few_at_a_time_are_held_in_few_pieces_and_all_found() -> None:
    names = [f"Root.T{number}" for number in range(3000)] + ["Root.T7"] * 3
    durations = {name: float(number) for number, name in enumerate(names[:3000])}
    remaining = RemainingTime()
    for first in range(0, len(names), 10):
        remaining.add(names[first : first + 10], durations)
        assert len(remaining._pieces) < 12
    assert remaining.seconds == sum(durations[name] for name in names)
    for name in [*names[::-1], *names]:
        remaining.done(name)
    assert remaining.seconds == 0.0
