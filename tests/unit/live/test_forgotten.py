"""Setups leave the wall: by hand, or because they have not run for long; and come back when they report."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from livewall_dashboard.live import Setup, Wall
from livewall_listener import wire

pytestmark = pytest.mark.unit

START = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
DAY = timedelta(days=1)
FORTNIGHT = 14 * DAY


class Lab:
    def __init__(self, *configured: str, forget_after: timedelta | None = FORTNIGHT) -> None:
        self.wall = Wall(timedelta(seconds=30), timedelta(seconds=120))
        self.wall.configure([Setup(name) for name in configured], forget_after)

    def run(self, setup: str, at: datetime, *, ends: bool = True) -> str:
        key = f"{setup}-{at:%d%H%M%S}"
        self.wall.register(key, setup, wire.RunInfo(), at, at)
        if ends:
            self.wall.apply(key, "0", [wire.EndProcess(0, 0, 0, 0, "")], at.isoformat(), at)
        return key

    def names(self) -> list[str]:
        return [tile["setup"] for tile in self.wall.tiles()]


@pytest.mark.parametrize(("forget_after", "stays"), [(FORTNIGHT, False), (15 * DAY, True), (None, True)])
def test_one_that_has_not_run_for_long_leaves_the_wall(forget_after: timedelta | None, stays: bool) -> None:
    lab = Lab("rack", forget_after=forget_after)
    key = lab.run("container", START)
    lab.wall.take_changes()
    lab.wall.tick(START + FORTNIGHT - DAY)
    assert lab.names() == ["rack", "container"]
    lab.wall.tick(START + FORTNIGHT + timedelta(minutes=2))
    assert (("container" in lab.names()), lab.wall.knows(key)) == (stays, stays)
    assert lab.wall.take_changes()[1] == (set() if stays else {"container"})


def test_one_that_is_configured_stays_whether_it_ever_ran_or_not() -> None:
    lab = Lab("rack", "silent")
    lab.run("rack", START)
    lab.wall.tick(START + 1000 * DAY)
    assert lab.names() == ["rack", "silent"]
    assert not lab.wall.forget("rack", START + DAY)
    lab.wall.configure([Setup("silent")], FORTNIGHT)
    lab.wall.tick(START + 1000 * DAY)
    assert lab.names() == ["silent"]


def test_one_that_was_taken_off_by_hand_is_back_with_its_next_run() -> None:
    lab = Lab()
    lab.run("vm1", START)
    assert lab.wall.forget("vm1", START + DAY)
    assert lab.names() == []
    lab.run("vm1", START + 2 * DAY)
    assert lab.names() == ["vm1"]
    assert not lab.wall.forget("vm1", START + DAY), "that was before"
    assert not lab.wall.forget("vm2", START + DAY), "nobody knows it"
    assert lab.names() == ["vm1"]


def test_one_on_which_a_run_goes_on_is_never_forgotten() -> None:
    lab = Lab(forget_after=timedelta(seconds=90))
    lab.run("vm1", START, ends=False)
    assert not lab.wall.forget("vm1", START + DAY)
    lab.wall.tick(START + timedelta(seconds=119))
    assert lab.names() == ["vm1"], "silent, and perhaps at work"
    lab.wall.tick(START + timedelta(seconds=121))
    lab.wall.tick(START + timedelta(seconds=240))
    assert lab.names() == []


def test_what_comes_later_has_a_place_of_its_own() -> None:
    lab = Lab("rack")
    for name in ("a", "b", "c"):
        lab.run(name, START)
    lab.wall.forget("a", START)
    lab.run("d", START)
    orders = [tile["order"] for tile in lab.wall.tiles()]
    assert (lab.names(), len(set(orders))) == (["rack", "b", "c", "d"], 4)


def test_five_thousand_that_are_gone_leave_nothing_behind() -> None:
    lab = Lab()
    for number in range(5000):
        lab.run(f"container-{number}", START)
    lab.wall.tick(START + FORTNIGHT + DAY)
    assert (lab.names(), lab.wall._runs, lab.wall._setups) == ([], {}, {})
    assert len(lab.wall.take_changes()[1]) == 5000
    assert len(lab.wall.take_forgotten()) == 5000 and lab.wall.take_forgotten() == set()


def test_a_run_that_another_took_the_place_of_is_forgotten_unless_it_is_back() -> None:
    lab = Lab()
    first = lab.run("rack", START)
    assert lab.wall.take_forgotten() == set()
    second = lab.run("rack", START + DAY)
    third = lab.run("rack", START + 2 * DAY)
    lab.wall.register(first, "rack", wire.RunInfo(), START + 3 * DAY, START)
    assert lab.wall.knows(first)
    assert lab.wall.take_forgotten() == {second}
    lab.run("rack", START + 4 * DAY)
    assert third in lab.wall.take_forgotten()
