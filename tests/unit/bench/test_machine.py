from __future__ import annotations

import pytest

from bench.machine import QUIET, Moment, share_of_others


@pytest.mark.parametrize(
    ("busy", "ours", "cores", "expected"),
    [
        (10.0, 10.0, 2, 0.0),
        (14.0, 10.0, 2, 0.2),  # four seconds of the twenty that two cores have in ten
        (14.0, 10.0, 4, 0.1),
        (20.0, 0.0, 2, 1.0),
        (9.9, 10.0, 2, 0.0),  # two clocks that tick apart
    ],
)
def test_others_are_what_is_used_and_not_by_us(busy: float, ours: float, cores: int, expected: float) -> None:
    before, after = Moment(100.0, 50.0, 5.0), Moment(110.0, 50.0 + busy, 5.0 + ours)
    assert share_of_others(before, after, cores) == pytest.approx(expected)


def test_guard_stands_where_the_documentation_says() -> None:
    assert QUIET == 0.15
