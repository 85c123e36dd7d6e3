"""Who is let in, who is sent away, and who is passed over."""

from __future__ import annotations

import pytest

from livewall_dashboard.base.errors import NotAuthenticated
from livewall_dashboard.screens.audience import Permit
from livewall_dashboard.screens.hub import MOST_BEHIND, NAMESPACE
from support.screen_stage import Stage, changes_for, received
from support.waiting import wait_for


def test_a_snapshot_comes_on_request(stage: Stage) -> None:
    screen = stage.screen()
    received(screen, "snapshot")
    screen.emit("snapshot", namespace=NAMESPACE)
    assert len(received(screen, "snapshot")) == 1


def test_a_screen_that_does_not_read_is_passed_over_until_it_has_read_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = stage.screen()
    (its_id,) = stage.hub._audience.screens
    other = stage.screen()
    seq = received(slow, "snapshot")[0]["seq"]
    waiting = MOST_BEHIND
    monkeypatch.setattr(stage.hub._audience, "waiting_for", lambda screen: waiting if screen == its_id else 0)
    stage.configure("a")
    changes_for(other, "a")
    slow.emit("snapshot", namespace=NAMESPACE)
    assert slow.get_received(NAMESPACE) == [], "neither frames nor snapshots wait for it without end"
    assert stage.hub.dropped_frames > 0
    waiting = 0
    stage.configure("a", "b")
    assert changes_for(slow, "b")[0]["seq"] > seq + 1, "it sees that some are missing, and asks"
    slow.emit("snapshot", namespace=NAMESPACE)
    assert [tile["setup"] for tile in received(slow, "snapshot")[0]["setups"]] == ["a", "b"]


def test_a_stranger_is_not_let_in() -> None:
    def refuse() -> Permit:
        raise NotAuthenticated("Sign in first.")

    stage = Stage(refuse)
    screen = stage.screen()
    assert not screen.is_connected(NAMESPACE)
    assert stage.hub.connected == 0


def test_a_screen_whose_permit_ends_is_sent_away_and_no_other() -> None:
    permits = [True, True]
    admitted = iter(range(2))

    def admit() -> Permit:
        number = next(admitted)
        return lambda: permits[number]

    stage = Stage(admit)
    first, second = stage.screen(), stage.screen()
    stage.hub.disconnect_expired()
    assert stage.hub.connected == 2
    permits[0] = False
    stage.hub.disconnect_expired()
    assert (first.is_connected(NAMESPACE), second.is_connected(NAMESPACE)) == (False, True)
    assert stage.hub.connected == 1


def test_screens_are_counted(stage: Stage) -> None:
    screen = stage.screen()
    assert stage.hub.connected == 1
    screen.disconnect(NAMESPACE)
    assert stage.hub.connected == 0
    stage.run("a")
    wait_for(lambda: stage.publisher.snapshot()["setups"], what="the setup")
    assert stage.frames == 0, "nobody watched"
