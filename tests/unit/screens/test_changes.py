"""Pages are told of what they asked for, of nothing else, and of nothing too late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO, SocketIOTestClient

from livewall_dashboard.base.errors import NotAuthenticated
from livewall_dashboard.screens import changes as room
from livewall_dashboard.screens.changes import CAUGHT_UP, NAMESPACE, Changes
from support.screen_stage import NOW
from support.waiting import wait_for


class Stage:
    def __init__(self, admit: Callable[[], Callable[[], bool]] = lambda: lambda: True) -> None:
        self.app = Flask("test")
        self.socketio = SocketIO(self.app, async_mode="threading")
        self.changes = Changes(self.socketio, admit=admit, clock=lambda: NOW)
        self.changes.open()

    def page(self, *topics: Any, said: object = None) -> SocketIOTestClient:
        return self.socketio.test_client(self.app, namespace=NAMESPACE, auth=said or {"topics": list(topics)})


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    stage.changes.loop.start()
    yield stage
    stage.changes.loop.stop()


def told(page: SocketIOTestClient) -> set[str]:
    """The topics that it has been told of since it was asked last; waits for some."""
    found: set[str] = set()

    def look() -> bool:
        for event in page.get_received(NAMESPACE):
            assert event["args"][0]["server_time"] == NOW.isoformat()
            found.update(event["args"][0]["topics"])
        return bool(found)

    wait_for(look, what="news")
    return found


def has_news(page: SocketIOTestClient) -> bool:
    """Whether it has been told of a topic. Messages without one say that the server is alive, and come at any time."""
    return any(event["args"][0]["topics"] for event in page.get_received(NAMESPACE))


def test_a_page_is_told_of_its_topics_and_of_no_other(stage: Stage) -> None:
    jobs, other = stage.page("jobs", "agents"), stage.page("reports")
    assert (told(jobs), told(other)) == ({"jobs", "agents"}, {"reports"}), "all is news for who has just come"
    stage.changes.note("jobs", "job/1")
    assert told(jobs) == {"jobs"}
    stage.changes.note("reports")
    assert told(other) == {"reports"}
    assert not has_news(jobs)


def test_a_page_without_news_hears_that_the_server_is_alive(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "HEARTBEAT", 0.0)
    page = stage.page("jobs")
    told(page)
    stage.changes.loop.wake()
    wait_for(lambda: [event["args"][0]["topics"] for event in page.get_received(NAMESPACE)][-1:] == [[]], what="a beat")


def test_a_page_that_does_not_read_is_told_once_it_does(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = stage.page("jobs", "agents")
    told(slow)
    (its_id,) = stage.changes._pages
    other = stage.page("jobs", "agents")
    told(other)
    waiting = CAUGHT_UP + 1
    monkeypatch.setattr(stage.changes._audience, "waiting_for", lambda screen: waiting if screen == its_id else 0)
    for topic in ("jobs", "agents"):
        stage.changes.note(topic)
        assert told(other) == {topic}
    assert not has_news(slow)
    waiting = 0
    stage.changes.loop.wake()
    assert told(slow) == {"jobs", "agents"}


def test_a_page_that_shows_something_else_by_now_is_told_of_that(stage: Stage) -> None:
    """What it shows since then is news, as it may have changed before the page said so."""
    page = stage.page("jobs", "run/1")
    told(page)
    page.emit("topics", {"topics": ["jobs", "run/2"]}, namespace=NAMESPACE)
    assert told(page) == {"run/2"}
    stage.changes.note("run/1", "jobs")
    assert told(page) == {"jobs"}
    for nonsense in ((), (None,), ({"topics": []},), ({"topics": ["x"] * 31},), ({"topics": [1]}, "more")):
        page.emit("topics", *nonsense, namespace=NAMESPACE)
    stage.changes.note("run/2")
    assert told(page) == {"run/2"}, "what makes no sense changes nothing"


@pytest.mark.parametrize(
    "said",
    [
        None,
        "jobs",
        {},
        {"topics": "jobs"},
        {"topics": []},
        {"topics": ["x"] * 31},
        {"topics": [1]},
        {"topics": ["x" * 201]},
    ],
    ids=repr,
)
def test_a_page_that_asks_for_nothing_sensible_is_refused(stage: Stage, said: object) -> None:
    page = stage.socketio.test_client(stage.app, namespace=NAMESPACE, auth=said)
    assert not page.is_connected(NAMESPACE)
    assert (stage.changes.connected, stage.changes._pages) == (0, {})


def test_a_stranger_is_not_let_in_and_one_who_may_look_no_more_is_sent_away() -> None:
    def refuse() -> Callable[[], bool]:
        raise NotAuthenticated("Sign in first.")

    assert not Stage(refuse).page("jobs").is_connected(NAMESPACE)
    permit = True
    stage = Stage(lambda: lambda: permit)
    page = stage.page("jobs")
    stage.changes.disconnect_expired()
    assert page.is_connected(NAMESPACE)
    permit = False
    stage.changes.disconnect_expired()
    assert not page.is_connected(NAMESPACE)
    assert (stage.changes.connected, stage.changes._pages) == (0, {}), "nothing is kept of who has gone"
