"""Frames and snapshots as screens get them."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask_socketio import SocketIOTestClient

from livewall_dashboard.live import PROBE_SETUP
from livewall_dashboard.screens.hub import NAMESPACE
from support.screen_stage import NOW, Stage, changes_for, received
from support.waiting import wait_for


def test_whoever_connects_gets_everything(stage: Stage) -> None:
    stage.configure("b", "a")
    wait_for(lambda: stage.publisher.snapshot()["setups"], what="the setups")
    (snapshot,) = received(stage.screen(), "snapshot")
    assert [tile["setup"] for tile in snapshot["setups"]] == ["b", "a"]
    assert snapshot["version"] == "1.2.3"
    assert snapshot["server_time"] == NOW.isoformat()


def test_a_change_tells_only_what_changed(stage: Stage) -> None:
    stage.configure("a", "b")
    wait_for(lambda: stage.publisher.snapshot()["setups"], what="the setups")
    screen = stage.screen()
    (snapshot,) = received(screen, "snapshot")
    stage.run("b")
    (change,) = changes_for(screen, "b")
    assert change["state"] == "running"
    assert "group" not in change
    assert "counts" not in change
    assert change["seq"] > snapshot["seq"]


def test_frames_are_numbered_without_gaps(stage: Stage) -> None:
    """Empty ones too, of which any number may come between."""
    screen = stage.screen()
    (snapshot,) = received(screen, "snapshot")
    frames: list[dict[str, Any]] = []

    def has_come(name: str) -> bool:
        frames.extend(received(screen, "delta"))
        return any(change["setup"] == name for frame in frames for change in frame["changes"])

    for name in ("a", "b", "c"):
        stage.run(name)
        wait_for(partial(has_come, name), what=f"a frame about {name}")
    seen = [frame["seq"] for frame in frames]
    assert seen == list(range(snapshot["seq"] + 1, seen[-1] + 1))
    assert stage.publisher.snapshot()["seq"] >= seen[-1]


def test_a_setup_that_goes_is_said_to_go(stage: Stage) -> None:
    stage.configure("a", "b")
    wait_for(lambda: stage.publisher.snapshot()["setups"], what="the setups")
    screen = stage.screen()
    stage.configure("a")
    (change,) = changes_for(screen, "b")
    assert change["gone"] is True
    assert [tile["setup"] for tile in stage.publisher.snapshot()["setups"]] == ["a"]


def test_the_first_screen_gets_what_happened_while_nobody_watched(stage: Stage) -> None:
    stage.configure("a")
    wait_for(lambda: stage.publisher.snapshot()["setups"], what="the setup")
    stage.run("a")
    events = stage.screen().get_received(NAMESPACE)
    assert [event["name"] for event in events] == ["snapshot"]
    assert events[0]["args"][0]["setups"][0]["state"] == "running"


def test_a_snapshot_says_which_release_sends_it(stage: Stage) -> None:
    assert stage.publisher.snapshot()["release"] is None
    release = {"commit": "8f3c", "subject": "", "branch": "main", "deployed_at": "2026-05-04T10:00:00Z"}
    assert Stage(release=release).publisher.snapshot()["release"] == release


def test_a_probe_comes_back_and_is_on_no_wall(stage: Stage) -> None:
    screen = stage.screen()
    before = stage.publisher.snapshot()["seq"]
    stage.run(PROBE_SETUP)
    (probe,) = wait_for(lambda: received(screen, "probe"), what="the probe")
    assert (probe["tile"]["setup"], probe["tile"]["run"]["id"]) == (PROBE_SETUP, f"run-{PROBE_SETUP}")
    stage.run("a")
    (change,) = changes_for(screen, "a")
    assert change["seq"] > before, "frames are numbered without gaps all the same"
    assert [tile["setup"] for tile in stage.publisher.snapshot()["setups"]] == ["a"]


NOTICE = {"kind": "config", "text": "line 3", "since": NOW.isoformat()}


def test_notices_are_told_when_they_change_and_to_whoever_comes(stage: Stage) -> None:
    early = stage.screen()
    assert received(early, "snapshot")[0]["notices"] == []
    for notices in ([NOTICE], []):
        stage.publisher.set_notices(notices)
        assert notices_of(early) == [notices]
        assert received(stage.screen(), "snapshot")[0]["notices"] == notices
        assert stage.publisher.snapshot()["notices"] == notices


def test_a_frame_of_something_else_says_nothing_of_notices(stage: Stage) -> None:
    stage.publisher.set_notices([NOTICE])
    wait_for(lambda: stage.publisher.snapshot()["notices"], what="the notice")
    screen = stage.screen()
    stage.run("a")
    frames: list[dict[str, Any]] = []
    wait_for(lambda: frames.extend(received(screen, "delta")) or frames, what="a frame")
    assert not any("notices" in frame for frame in frames)


def notices_of(screen: SocketIOTestClient) -> list[list[dict[str, str]]]:
    """Wait for a frame with notices; -> those of each such frame."""
    found: list[list[dict[str, str]]] = []

    def look() -> bool:
        found.extend(frame["notices"] for frame in received(screen, "delta") if "notices" in frame)
        return bool(found)

    wait_for(look, what="a frame with notices")
    return found
