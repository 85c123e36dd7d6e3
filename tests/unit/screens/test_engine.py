"""Faults of ours stay in the log; packets that nobody can read do not."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from flask_socketio import SocketIO

from livewall_dashboard.base.clock import parse_time
from livewall_dashboard.screens import engine


def test_an_error_is_logged_where_code_of_ours_took_part(caplog: pytest.LogCaptureFixture) -> None:
    engine.install(SocketIO(Flask("wall"), async_mode="threading"))
    log = logging.getLogger("engineio.server")
    for read in (parse_time, int):
        try:
            read("noise")
        except ValueError:
            log.exception("message handler error in %s", read.__name__)
    log.error("no exception at all")
    assert [record.getMessage() for record in caplog.records] == [
        "message handler error in parse_time",
        "no exception at all",
    ]
    assert log.handlers == []


@pytest.mark.parametrize("asked", ["EIO=4&sid=gone%0AERROR", "EIO=3", "EIO=4&transport=pigeon", "EIO=4&j=x"])
def test_a_caller_who_is_refused_is_no_error_of_the_log(caplog: pytest.LogCaptureFixture, asked: str) -> None:
    app = Flask("wall")
    engine.socketio_of(app, "threading")
    assert app.test_client().get(f"/socket.io/?{asked}").status_code == 400
    assert caplog.records == []


def test_a_session_that_has_ended_is_no_error_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Of each screen that polls while a wall ends: one poll may come when its session was told to end."""
    app = Flask("wall")
    socketio = engine.socketio_of(app, "threading")
    client, path = app.test_client(), "/socket.io/?EIO=4&transport=polling"
    assert client.get(path).status_code == 200
    ((sid, session),) = socketio.server.eio.sockets.items()
    session.closed = True
    assert client.get(f"{path}&sid={sid}").status_code == 400
    assert caplog.records == []
