"""A server that plays a script on the wall: the real page, the real static files, tiles made up.

For what a real dashboard does rarely or never: 500 setups, a missing number in the deltas, hostile names. The protocol
is the contract of `docs/architecture.md`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from flask import Flask, render_template, request
from flask_socketio import SocketIO, emit
from werkzeug.serving import make_server

import livewall_dashboard
from browser.builds import BuildsApi
from livewall_dashboard.web import headers
from support.ports import free_port

PACKAGE = Path(livewall_dashboard.__file__).parent
HEARTBEAT = 2.0
"""Seconds between empty deltas; the contract asks for one at least every 5 s."""

TileJson = dict[str, Any]


def iso(at: datetime) -> str:
    return at.astimezone(timezone.utc).isoformat(timespec="microseconds")


def closing(app: Flask) -> Any:
    """Werkzeug's server forgets to close an answer where the caller hangs up at its end."""
    return lambda environ, start_response: _Closing(app(environ, start_response))


class _Closing:
    """An answer that is closed when nobody has it any more."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        if hasattr(self._answer, "close"):
            self._answer.close()

    __del__ = close


class Feed:
    """The wall's server side. `stop()` cuts every line, `start()` listens on the same port again.

    `clock_offset`: seconds its clock is ahead of the browser's. `page_version`: of the pages it serves, which a proxy
    may keep longer than the server's `version`.
    """

    def __init__(self, tiles: list[TileJson], *, version: str = "1.0", clock_offset: float = 0) -> None:
        self.version = version
        self.page_version = version
        self.seq = 0
        self.tiles = {tile["setup"]: tile for tile in tiles}
        self.notices: list[dict[str, Any]] = []
        self.queue: dict[str, int] | None = None
        self.release: dict[str, Any] | None = None
        self.builds = BuildsApi()
        self.recent: dict[str, list[dict[str, Any]]] = {}
        self.port = free_port()
        self.heartbeats = True
        self.clock_offset = timedelta(seconds=clock_offset)
        self.snapshots_sent = 0
        self._ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def now(self, seconds_ago: float = 0) -> str:
        """The feed's own time, which a test may set apart from the browser's."""
        return iso(datetime.now(timezone.utc) + self.clock_offset - timedelta(seconds=seconds_ago))

    def elapsed(self, since: str) -> float:
        """Seconds since a time, by the feed's clock."""
        now = datetime.now(timezone.utc) + self.clock_offset
        return (now - datetime.fromisoformat(since)).total_seconds()

    def start(self) -> Feed:
        app = Flask("feed", static_folder=str(PACKAGE / "static"), template_folder=str(PACKAGE / "templates"))
        self.socketio = SocketIO(app, async_mode="threading", ping_interval=5, ping_timeout=5)

        @app.get("/")
        def wall() -> str:
            return render_template("wall/wall.html", version=self.page_version, site="livewall")

        @app.get("/runs")
        @app.get("/runs/<path:run_id>")
        def run(run_id: str = "") -> str:
            return f"<!doctype html><link rel=icon href=data:,><title>run</title><h1>run {len(run_id)}</h1>"

        @app.get("/api/v1/grid/setups")
        def recent_runs() -> dict[str, Any]:
            asked = request.args.getlist("setup")
            rows = [{"setup": setup, "runs": runs} for setup, runs in self.recent.items() if setup in asked]
            return {"setups": rows, "next": None}

        self.builds.install(app)
        self.socketio.on_event("connect", self._send_snapshot, namespace="/wall")
        self.socketio.on_event("snapshot", self._send_snapshot, namespace="/wall")
        headers.install(app)
        self._server = make_server("127.0.0.1", self.port, closing(app), threaded=True)
        self.port = self._server.server_port
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        threading.Thread(target=self._beat, args=(self._ended,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Cut every line and listen no more; nothing if it is stopped."""
        if self._ended.is_set():
            return
        self._ended.set()
        for line in list(self.socketio.server.eio.sockets.values()):
            line.close(wait=False, abort=True)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def change(self, setup: str, /, **fields: Any) -> None:
        self.tiles[setup] = {**self.tiles[setup], **fields}
        self.send({**fields, "setup": setup})

    def send(self, *changes: TileJson, skip: int = 0) -> None:
        """One delta; `skip` numbers are left out before it."""
        self.seq += 1 + skip
        frame = {"seq": self.seq, "server_time": self.now(), "changes": list(changes)}
        self.socketio.emit("delta", frame, namespace="/wall")

    def notice(self, *notices: dict[str, Any]) -> None:
        """What the whole wall must know from now on, in a delta of its own."""
        self.notices = list(notices)
        self.seq += 1
        frame = {"seq": self.seq, "server_time": self.now(), "changes": [], "notices": self.notices}
        self.socketio.emit("delta", frame, namespace="/wall")

    def show_queue(self, waiting: int, at_work: int) -> None:
        """So many jobs from now on, in a delta of its own."""
        self.queue = {"waiting": waiting, "at_work": at_work}
        self.seq += 1
        frame = {"seq": self.seq, "server_time": self.now(), "changes": [], "queue": self.queue}
        self.socketio.emit("delta", frame, namespace="/wall")

    def send_snapshot(self) -> None:
        self.socketio.emit("snapshot", self._snapshot(), namespace="/wall")

    def _snapshot(self) -> TileJson:
        return {
            "seq": self.seq,
            "server_time": self.now(),
            "version": self.version,
            "release": self.release,
            "notices": self.notices,
            "queue": self.queue,
            "setups": list(self.tiles.values()),
        }

    def _send_snapshot(self, *_: Any) -> None:
        self.snapshots_sent += 1
        emit("snapshot", self._snapshot())

    def _beat(self, ended: threading.Event) -> None:
        while not ended.wait(HEARTBEAT):
            if self.heartbeats:
                self.send()
