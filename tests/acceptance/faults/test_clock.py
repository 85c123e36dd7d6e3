"""A node's clock is a day off, and set back in the middle of a run: its results stay its own, the wall's times ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from support.lab import Lab
from support.steady import LONG, SteadyRun
from support.waiting import wait_for
from support.wrong_clock import LIBRARY, WrongClock

pytestmark = pytest.mark.skipif(not LIBRARY, reason="a wrong clock: faketime is not installed")

DAY = timedelta(days=1)


def test_a_day_ahead_and_then_set_back_by_more_than_that(
    own_lab: Lab, steady: Callable[..., SteadyRun], tmp_path: Path
) -> None:
    lab = own_lab
    earlier = steady(lab)
    earlier.holds()
    began = datetime.now(timezone.utc)
    clock = WrongClock(tmp_path, "+1d")
    run = steady(lab, env=clock.env)
    _times_are_ours(run, began)
    clock.set("-2h")
    wait_for(lambda: _node_time(run) < datetime.now(timezone.utc) - timedelta(hours=1), LONG, "the clock to be set")
    run.goes_on("with another clock")
    _times_are_ours(run, began)
    lab.dashboard.restart()
    run.goes_on("on a wall that knows it from its history")
    _times_are_ours(run, began)
    held = run.holds()
    assert min(test.start_time for test in held.tests) < began < began + DAY / 2 < max(t.start_time for t in held.tests)
    keys = [row["id"] for row in lab.dashboard.get("/api/v1/runs")["runs"]]
    assert keys.index(run.key) < keys.index(earlier.key), "listed by when it really started"
    following = steady(lab, setup=run.setup)
    assert following.tile["run"]["id"] == following.key, "what ran with a clock ahead does not stay in front"
    following.holds()
    assert lab.dashboard.tile(run.setup)["run"]["id"] == following.key


def _node_time(run: SteadyRun) -> datetime:
    """When the test stored last began, by the node."""
    query = """
        SELECT start_time FROM result JOIN run ON run.id = result.run_id WHERE run.key = %s ORDER BY seq DESC LIMIT 1
    """
    (row,) = run.lab.database.rows(query, run.key)
    time: datetime = row["start_time"]
    return time


def _times_are_ours(run: SteadyRun, began: datetime) -> None:
    tile = run.tile
    places = [place for place in (tile["run"], tile["suite"], tile["test"]) if place]
    assert places
    for place in places:
        started = datetime.fromisoformat(place["started_at"])
        assert began - timedelta(minutes=1) < started <= datetime.now(timezone.utc), place
