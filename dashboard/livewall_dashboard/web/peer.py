"""Whether whoever sent a request is still there, whatever server it came through."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def has_hung_up(environ: WSGIEnvironment) -> bool:
    """False where nobody can tell."""
    line = _line_of(environ)
    if line is None:
        return False
    try:
        return bool(line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b"")
    except BlockingIOError:
        return False
    except OSError:
        return True


def _line_of(environ: WSGIEnvironment) -> Any:
    """The caller's socket: werkzeug and gunicorn name it, eventlet has it in the body, and a real one inside."""
    line = environ.get("werkzeug.socket") or environ.get("gunicorn.socket")
    if line is None and "eventlet.input" in environ:
        line = environ["eventlet.input"].get_socket()
    return getattr(line, "fd", line)
