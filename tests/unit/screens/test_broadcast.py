"""Frames as screens get them, through Socket.IO's own test client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO, SocketIOTestClient

from livewall_dashboard.base.errors import NotAuthenticated
from livewall_dashboard.live import PROBE_SETUP, Setup, Wall
from livewall_dashboard.screens.broadcast import MOST_BEHIND, NAMESPACE, Broadcast, Permit
from livewall_listener import wire
from support.waiting import wait_for

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=timezone.utc)


class Stage:
    """A wall, its broadcast, and screens."""

    def __init__(
        self, admit: Callable[[], Permit] = lambda: lambda: True, release: dict[str, str] | None = None
    ) -> None:
        self.lock = threading.Lock()
        self.wall = Wall(timedelta(seconds=30), timedelta(seconds=120))
        self.app = Flask("test")
        self.socketio = SocketIO(self.app, async_mode="threading")
        self.frames = 0
        self.broadcast = Broadcast(
            self.socketio,
            self.wall,
            lock=self.lock,
            clock=lambda: NOW,
            version="1.2.3",
            admit=admit,
            on_frame=self._count,
            release=release,
        )

    def _count(self) -> None:
        self.frames += 1

    def screen(self) -> SocketIOTestClient:
        return self.socketio.test_client(self.app, namespace=NAMESPACE)

    def configure(self, *names: str) -> None:
        with self.lock:
            self.wall.configure([Setup(name) for name in names])
        self.broadcast.wake()

    def run(self, setup: str) -> None:
        with self.lock:
            self.wall.register(f"run-{setup}", setup, wire.RunInfo(), NOW, NOW)
        self.broadcast.wake()


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    stage.broadcast.loop.start()
    yield stage
    stage.broadcast.loop.stop()


def received(screen: SocketIOTestClient, name: str) -> list[dict[str, Any]]:
    return [event["args"][0] for event in screen.get_received(NAMESPACE) if event["name"] == name]


def changes_for(screen: SocketIOTestClient, setup: str) -> list[dict[str, Any]]:
    """Wait for a frame about the setup; -> what it says, and its number under `seq`."""
    found: list[dict[str, Any]] = []

    def look() -> bool:
        for frame in received(screen, "delta"):
            found.extend({**change, "seq": frame["seq"]} for change in frame["changes"] if change["setup"] == setup)
        return bool(found)

    wait_for(look, 10, f"a frame about {setup}")
    return found


def test_whoever_connects_gets_everything(stage: Stage) -> None:
    stage.configure("b", "a")
    wait_for(lambda: stage.broadcast.snapshot()["setups"], 10, "the setups")
    (snapshot,) = received(stage.screen(), "snapshot")
    assert [tile["setup"] for tile in snapshot["setups"]] == ["b", "a"]
    assert snapshot["version"] == "1.2.3"
    assert snapshot["server_time"] == NOW.isoformat()


def test_a_change_tells_only_what_changed(stage: Stage) -> None:
    stage.configure("a", "b")
    wait_for(lambda: stage.broadcast.snapshot()["setups"], 10, "the setups")
    screen = stage.screen()
    (snapshot,) = received(screen, "snapshot")
    stage.run("b")
    (change,) = changes_for(screen, "b")
    assert change["state"] == "running"
    assert "group" not in change
    assert "counts" not in change
    assert change["seq"] == snapshot["seq"] + 1


def test_frames_are_numbered_without_gaps(stage: Stage) -> None:
    screen = stage.screen()
    seen: list[int] = []
    for name in ("a", "b", "c"):
        stage.run(name)
        seen += [change["seq"] for change in changes_for(screen, name)]
    assert seen == sorted(seen)
    (start,) = {snapshot["seq"] for snapshot in [stage.broadcast.snapshot()]}
    assert start >= seen[-1]


def test_a_setup_that_goes_is_said_to_go(stage: Stage) -> None:
    stage.configure("a", "b")
    wait_for(lambda: stage.broadcast.snapshot()["setups"], 10, "the setups")
    screen = stage.screen()
    stage.configure("a")
    (change,) = changes_for(screen, "b")
    assert change["gone"] is True
    assert [tile["setup"] for tile in stage.broadcast.snapshot()["setups"]] == ["a"]


def test_the_first_screen_gets_what_happened_while_nobody_watched(stage: Stage) -> None:
    stage.configure("a")
    wait_for(lambda: stage.broadcast.snapshot()["setups"], 10, "the setup")
    stage.run("a")
    events = stage.screen().get_received(NAMESPACE)
    assert [event["name"] for event in events] == ["snapshot"]
    assert events[0]["args"][0]["setups"][0]["state"] == "running"


def test_a_snapshot_comes_on_request(stage: Stage) -> None:
    screen = stage.screen()
    received(screen, "snapshot")
    screen.emit("snapshot", namespace=NAMESPACE)
    assert len(received(screen, "snapshot")) == 1


def test_a_screen_that_does_not_read_is_passed_over_until_it_has_read_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = stage.screen()
    (its_id,) = stage.broadcast._screens
    other = stage.screen()
    seq = received(slow, "snapshot")[0]["seq"]
    waiting = MOST_BEHIND
    monkeypatch.setattr(stage.broadcast, "_waiting_for", lambda screen: waiting if screen == its_id else 0)
    stage.configure("a")
    changes_for(other, "a")
    slow.emit("snapshot", namespace=NAMESPACE)
    assert slow.get_received(NAMESPACE) == [], "neither frames nor snapshots wait for it without end"
    assert stage.broadcast.dropped_frames > 0
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
    assert stage.broadcast.screens == 0


def test_a_screen_whose_permit_ends_is_sent_away_and_no_other() -> None:
    permits = [True, True]
    admitted = iter(range(2))

    def admit() -> Permit:
        number = next(admitted)
        return lambda: permits[number]

    stage = Stage(admit)
    first, second = stage.screen(), stage.screen()
    stage.broadcast.send_away()
    assert stage.broadcast.screens == 2
    permits[0] = False
    stage.broadcast.send_away()
    assert (first.is_connected(NAMESPACE), second.is_connected(NAMESPACE)) == (False, True)
    assert stage.broadcast.screens == 1


def test_screens_are_counted(stage: Stage) -> None:
    screen = stage.screen()
    assert stage.broadcast.screens == 1
    screen.disconnect(NAMESPACE)
    assert stage.broadcast.screens == 0
    stage.run("a")
    wait_for(lambda: stage.broadcast.snapshot()["setups"], 10, "the setup")
    assert stage.frames == 0, "nobody watched"


def test_a_snapshot_says_which_release_sends_it(stage: Stage) -> None:
    assert stage.broadcast.snapshot()["release"] is None
    release = {"commit": "8f3c", "subject": "", "branch": "main", "deployed_at": "2026-05-04T10:00:00Z"}
    assert Stage(release=release).broadcast.snapshot()["release"] == release


def test_a_probe_comes_back_and_is_on_no_wall(stage: Stage) -> None:
    screen = stage.screen()
    before = stage.broadcast.snapshot()["seq"]
    stage.run(PROBE_SETUP)
    (probe,) = wait_for(lambda: received(screen, "probe"), 10, "the probe")
    assert (probe["tile"]["setup"], probe["tile"]["run"]["id"]) == (PROBE_SETUP, f"run-{PROBE_SETUP}")
    stage.run("a")
    (change,) = changes_for(screen, "a")
    assert change["seq"] > before, "frames are numbered without gaps all the same"
    assert [tile["setup"] for tile in stage.broadcast.snapshot()["setups"]] == ["a"]


NOTICE = {"kind": "config", "text": "line 3", "since": NOW.isoformat()}


def test_notices_are_told_when_they_change_and_to_whoever_comes(stage: Stage) -> None:
    early = stage.screen()
    assert received(early, "snapshot")[0]["notices"] == []
    for notices in ([NOTICE], []):
        stage.broadcast.set_notices(notices)
        assert notices_of(early) == [notices]
        assert received(stage.screen(), "snapshot")[0]["notices"] == notices
        assert stage.broadcast.snapshot()["notices"] == notices


def test_a_frame_of_something_else_says_nothing_of_notices(stage: Stage) -> None:
    stage.broadcast.set_notices([NOTICE])
    wait_for(lambda: stage.broadcast.snapshot()["notices"], 10, "the notice")
    screen = stage.screen()
    stage.run("a")
    frames: list[dict[str, Any]] = []
    wait_for(lambda: frames.extend(received(screen, "delta")) or frames, 10, "a frame")
    assert not any("notices" in frame for frame in frames)


def notices_of(screen: SocketIOTestClient) -> list[list[dict[str, str]]]:
    """Wait for a frame with notices; -> those of each such frame."""
    found: list[list[dict[str, str]]] = []

    def look() -> bool:
        found.extend(frame["notices"] for frame in received(screen, "delta") if "notices" in frame)
        return bool(found)

    wait_for(look, 10, "a frame with notices")
    return found
