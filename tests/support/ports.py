"""Ports nobody uses."""

from __future__ import annotations

import socket

_given: set[int] = set()


def free_port() -> int:
    """A port on loopback that is free now and that this test session was not given before."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _given:
            _given.add(port)
            return port
