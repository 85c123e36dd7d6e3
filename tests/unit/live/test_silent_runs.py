"""A run whose node died, beside the runs that came after it on the same setup."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from livewall_dashboard.live import Wall
from livewall_listener import wire

START = datetime(2026, 5, 4, 10, 0, tzinfo=timezone.utc)
OVER = wire.EndProcess(0, 0, 0, 0, "digest")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def wall_with(*runs: tuple[str, float]) -> Wall:
    """Runs of one setup by key and second of their start, none of which is heard of again."""
    wall = Wall(timedelta(seconds=30), timedelta(seconds=120))
    for key, seconds in runs:
        wall.register(key, "vm1", wire.RunInfo(), at(seconds), at(seconds))
    return wall


def shown(wall: Wall) -> tuple[str, str, int]:
    (tile,) = wall.tiles()
    return tile["run"]["id"], tile["state"], tile["others"]


def test_a_dead_run_does_not_silence_the_next_one() -> None:
    wall = wall_with(("dead", 0), ("alive", 50))
    wall.tick(at(60))
    assert shown(wall) == ("alive", "running", 0)


def test_a_dead_run_does_not_come_back_when_the_next_one_ends() -> None:
    wall = wall_with(("dead", 0), ("alive", 50))
    wall.tick(at(60))
    wall.apply("alive", "0", [OVER], "", at(70))
    wall.tick(at(71))
    assert shown(wall) == ("alive", "idle", 0)
    wall.tick(at(121))
    assert shown(wall) == ("alive", "idle", 0)


def test_a_run_that_went_silent_is_shown_while_nothing_newer_is_known() -> None:
    wall = wall_with(("earlier", 0), ("silent", 10))
    wall.apply("earlier", "0", [OVER], "", at(11))
    wall.tick(at(50))
    assert shown(wall) == ("silent", "stale", 0)


def test_two_runs_at_once_are_counted() -> None:
    assert shown(wall_with(("one", 0), ("two", 1))) == ("two", "running", 1)


def test_a_silent_run_comes_back() -> None:
    wall = wall_with(("only", 0))
    wall.tick(at(31))
    assert shown(wall) == ("only", "stale", 0)
    wall.sample("only", "0", None, at(32))
    assert shown(wall) == ("only", "running", 0)


def test_a_run_that_its_node_sends_only_now_hides_nothing_that_began_later() -> None:
    wall = wall_with(("yesterday", 0), ("today", 50))
    wall.apply("today", "0", [OVER], "", at(60))
    wall.register("yesterday", "vm1", wire.RunInfo(resent=True), at(70), at(0))
    assert shown(wall) == ("today", "idle", 0)
    wall.apply("yesterday", "0", [OVER], "", at(71))
    assert shown(wall) == ("today", "idle", 0)


def test_a_run_that_its_node_sends_only_now_is_shown_where_it_is_the_newest() -> None:
    wall = wall_with(("before", 0), ("away", 50))
    wall.apply("before", "0", [OVER], "", at(60))
    wall.register("away", "vm1", wire.RunInfo(resent=True), at(70), at(50))
    assert shown(wall) == ("away", "running", 0)
    wall.register("new", "vm1", wire.RunInfo(), at(80), at(80))
    assert shown(wall) == ("new", "running", 0), "and is not counted beside what runs now"


def test_a_run_whose_process_died_is_given_up_at_once_and_comes_back_with_news() -> None:
    wall = wall_with(("killed", 0))
    changes = wall.register("killed", "vm1", wire.RunInfo(died=True), at(2), at(0))
    assert [change.state for change in changes] == ["abandoned"]
    assert shown(wall) == ("killed", "abandoned", 0)
    wall.apply("killed", "0", [], "", at(3))
    assert shown(wall) == ("killed", "running", 0)


@pytest.mark.parametrize(
    ("other", "pabot", "state"),
    [([], False, "running"), ([OVER], False, "abandoned"), ([OVER], True, "running")],
    ids=["another goes on", "the other has ended", "pabot may start one more"],
)
def test_of_several_processes_one_that_died_is_not_the_run(other: list[wire.Event], pabot: bool, state: str) -> None:
    wall = wall_with(("run", 0))
    wall.register("run", "vm1", wire.RunInfo(process="1", pabot=pabot), at(1), at(0))
    wall.apply("run", "0", other, "", at(2))
    wall.register("run", "vm1", wire.RunInfo(process="1", pabot=pabot, died=True), at(3), at(0))
    assert shown(wall)[:2] == ("run", state)


def test_silent_runs_are_those_that_go_on_without_news() -> None:
    wall = wall_with(("silent", 0), ("ended", 10), ("heard", 40))
    wall.apply("ended", "0", [OVER], "", at(11))
    assert (wall.running, wall.silent) == (2, 0)
    wall.tick(at(31))
    assert (wall.running, wall.silent) == (2, 1)
    wall.tick(at(71))
    assert (wall.running, wall.silent) == (2, 2)
    wall.apply("silent", "0", [], "", at(72))
    assert (wall.running, wall.silent) == (2, 1), "a heartbeat is news"
    wall.tick(at(161))
    assert (wall.running, wall.silent) == (1, 1), "an abandoned run goes on no more"
