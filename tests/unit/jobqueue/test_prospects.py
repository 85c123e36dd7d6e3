"""How long a job is likely to wait: by rounds of its agents, each as long as usual; nothing where nobody can tell."""

from __future__ import annotations

import pytest

from livewall_dashboard.jobqueue.prospects import Prospects


@pytest.mark.parametrize(
    ("before", "free", "busy", "usual", "wait"),
    [
        (0, 0, [], 60.0, None),
        (0, 2, [], None, 0.0),
        (1, 2, [], 60.0, 0.0),
        (2, 2, [], 60.0, 60.0),
        (0, 0, [0.0, 50.0], 60.0, 15.0),
        (0, 0, [0.0, 20.0], 60.0, 40.0),
        (1, 0, [0.0, 20.0], 60.0, 60.0),
        (2, 0, [0.0, 20.0], 60.0, 100.0),
        (4, 0, [0.0, 0.0], 60.0, 180.0),
        (1, 1, [30.0], 60.0, 30.0),
        (0, 0, [9999.0], 60.0, 15.0),
        (4, 0, [0.0, 0.0], None, None),
    ],
)
def test_how_long_a_job_is_likely_to_wait(
    before: int, free: int, busy: list[float], usual: float | None, wait: float | None
) -> None:
    assert Prospects(before, free + len(busy), free, busy, [0.0] * len(busy), usual).wait == wait


def test_a_rig_that_is_reserved_is_not_free_before_its_end() -> None:
    assert Prospects(0, 2, 0, [50.0, 10.0], [7200.0, 0.0], 60.0).wait == 50.0
    assert Prospects(0, 1, 0, [50.0], [7200.0], 60.0).wait == 7200.0
