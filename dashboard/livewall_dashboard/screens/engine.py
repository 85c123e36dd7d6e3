"""Socket.IO, and what Engine.IO below it does with packets of no meaning that we do otherwise."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from flask import Flask
from flask_socketio import SocketIO

PING_INTERVAL = 5
PING_TIMEOUT = 5
"""Seconds: a screen notices a dead line within their sum, and so does the server."""
MOST_SENT = 10_000
"""Bytes of what a screen may send at once."""
OURS = "livewall_dashboard"
_LACKS_WEBSOCKET = "no-websocket"
"""Of what Engine.IO logs once, the kind that tells of this server, and of no caller."""
LOGGERS = ("engineio.server", "socketio.server")


def socketio_of(app: Flask, async_mode: str) -> SocketIO:
    """Answers in front of `app`. `async_mode`: eventlet or threading."""
    socketio = SocketIO(
        app,
        async_mode=async_mode,
        path="socket.io",
        cors_allowed_origins=[],
        async_handlers=False,  # one of a screen after the other, and none in a thread of its own
        ping_interval=PING_INTERVAL,
        ping_timeout=PING_TIMEOUT,
        max_http_buffer_size=MOST_SENT,
    )
    install(socketio)
    return socketio


def install(socketio: SocketIO) -> None:
    """Whoever sends them ends their own session alone, and writes nothing into the log."""
    _end_sessions_at_once(socketio)
    _log_no_refusals(socketio)
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()  # they write to standard error past our log
        if not any(isinstance(known, _OurFaultsAlone) for known in logger.filters):
            logger.addFilter(_OurFaultsAlone())


def _end_sessions_at_once(socketio: SocketIO) -> None:
    """Engine.IO waits until the caller has read all there is.

    One who never polls again would keep that request, and its place among the connections, for ever.
    """
    engine: Any = socketio.server.eio

    def disconnect(sid: str | None = None) -> None:
        sessions = list(engine.sockets.values()) if sid is None else [engine.sockets.get(sid)]
        for session in filter(None, sessions):
            session.close(wait=False, reason=engine.reason.SERVER_DISCONNECT)

    engine.disconnect = disconnect


def _log_no_refusals(socketio: SocketIO) -> None:
    """A caller who is refused is told so, as a screen that asks for a session which a restart has ended.

    Engine.IO makes the first of each kind an error in the log, with words of the caller's.
    """
    engine: Any = socketio.server.eio
    log_once = engine._log_error_once  # noqa: SLF001  # it has no other place for that

    def log_error_once(message: str, kind: str) -> None:
        if kind == _LACKS_WEBSOCKET:
            log_once(message, kind)

    engine._log_error_once = log_error_once  # noqa: SLF001


def disconnect_all(socketio: SocketIO) -> None:
    """Without a word to the screens, which would take it for the wish that they stay away."""
    engine: Any = socketio.server.eio
    for session in list(engine.sockets.values()):
        session.close(wait=False, abort=True, reason=engine.reason.SERVER_DISCONNECT)


class _OurFaultsAlone(logging.Filter):
    """An error that no code of ours took part in was in a packet."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.exc_info or record.exc_info[2] is None:
            return True
        return any(OURS in frame.f_code.co_filename for frame, _ in traceback.walk_tb(record.exc_info[2]))
