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
