"""An empty Flask endpoint under eventlet's WSGI server, and a bare Socket.IO echo: `empty_flask.py PORT`."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import eventlet

eventlet.monkey_patch()

import eventlet.wsgi  # noqa: E402 - after the patch
from flask import Flask, request  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402

PAGE = """<!doctype html><title>echo</title><p id="text"></p><script type="module">
import { io } from "/socket.io.js"
const socket = io("/wall", {transports: ["websocket"]})
socket.on("connect", () => { window.connected = true })
socket.on("delta", text => { document.getElementById("text").textContent = text })
</script>"""


def make_app(client_script: str) -> Flask:
    app = Flask(__name__)
    socketio = SocketIO(app, async_mode="eventlet")

    @app.post("/empty")
    def empty() -> dict[str, bool]:
        request.get_data()
        return {"ok": True}

    @app.post("/echo")
    def echo() -> dict[str, bool]:
        socketio.emit("delta", request.get_data(as_text=True), namespace="/wall")
        return {"ok": True}

    @app.get("/")
    def page() -> str:
        return PAGE

    @app.get("/socket.io.js")
    def script() -> Any:
        return app.response_class(Path(client_script).read_bytes(), mimetype="text/javascript")

    @socketio.on("connect", namespace="/wall")
    def connect(*_: object) -> None:
        """Whoever comes is welcome."""

    return app


class Discard:
    def write(self, text: str) -> None:
        """Where the access log goes."""


if __name__ == "__main__":
    eventlet.wsgi.server(
        eventlet.listen(("127.0.0.1", int(sys.argv[1])), backlog=1024),
        make_app(sys.argv[2]),
        log=Discard(),
        log_output=False,
    )
