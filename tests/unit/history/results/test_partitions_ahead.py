"""Partitions of runs to come: which run is taken for the latest."""

from __future__ import annotations

from livewall_dashboard.history.results.partitions import PartitionsAhead


def test_an_old_run_that_is_written_again_is_not_the_latest() -> None:
    ahead = PartitionsAhead()
    for run_id in (7, 9, 5):
        ahead.note(run_id)
    assert ahead.latest == 9
