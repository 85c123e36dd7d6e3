"""Several runs of one setup, and several processes of one run, that begin and end at the same time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from livewall_dashboard.live import StateChange, Wall
from livewall_listener import wire

START = datetime(2026, 5, 4, 10, 0, tzinfo=timezone.utc)
OVER = wire.EndProcess(0, 0, 0, 0, "digest")


def wall() -> Wall:
    return Wall(timedelta(seconds=30), timedelta(seconds=120))


def test_the_last_batch_of_an_older_run_may_bring_a_sample() -> None:
    two = wall()
    two.register("older", "vm1", wire.RunInfo(), START, START)
    two.register("newer", "vm1", wire.RunInfo(), START, START + timedelta(seconds=1))
    two.apply("newer", "0", [OVER], "", START)
    changes = two.apply("older", "0", [OVER], "", START)
    changes += two.sample("older", "0", wire.Now(keywords=["Log"]), START)
    assert changes == [StateChange("older", "finished", START)]


def test_processes_that_have_not_begun_stand_on_the_tile() -> None:
    one = wall()
    for number in range(3):
        info = wire.RunInfo(process=f"p{number}", slot=str(number), pabot=True)
        one.register("run", "vm1", info, START, START)
    one.apply("run", "p2", [wire.StartSuite("s1", "S", "S", "2026-05-04T10:00:00Z", 1, 1)], "", START)
    (tile,) = one.tiles()
    assert (tile["state"], tile["suite"]["name"], len(tile["processes"])) == ("running", "S", 3)
