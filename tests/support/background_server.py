"""A server of the test's own process that answers while a block goes on."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

POLL = 0.02
"""Seconds after which it sees that it is to end."""


@contextmanager
def in_background(server: socketserver.BaseServer) -> Iterator[None]:
    """Closed at the end, when nothing of it answers any more."""
    thread = threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
