from __future__ import annotations

import pytest

from bench.measurement import Check, in_turn, over_rounds, percentile, ratios, spread


def test_ratios_compare_the_two_sides_of_a_round() -> None:
    # Twice as much in each round, in which the machine was twice as slow each time: the medians of three would say 4.
    assert ratios([2, 4, 8], [1, 2, 4]) == [2, 2, 2]


def test_ratios_of_unequal_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratios([1, 2], [1])


def test_over_rounds_has_the_median_and_its_spread() -> None:
    assert over_rounds("single", [0.9, 1.3, 1.0]) == Check("single", 1.0, 0.9, 1.3)


def test_spread_is_written_behind_the_median() -> None:
    assert spread([0.98, 1.024, 1.0]) == "1 (0.98 to 1.02)"


def test_in_turn_changes_who_is_first() -> None:
    assert [[*in_turn(round_, "ours", "theirs")] for round_ in range(3)] == [
        ["ours", "theirs"],
        ["theirs", "ours"],
        ["ours", "theirs"],
    ]


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2), (0.75, 3), (0.99, 4), (1.0, 4)])
def test_percentile_is_a_value_that_was_measured(share: float, expected: float) -> None:
    assert percentile([4, 1, 3, 2], share) == expected
