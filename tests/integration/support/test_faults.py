"""The fault proxy: each fault does to a connection what its name says, and says that it did."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from support.faults import FaultProxy, Mode
from support.waiting import wait_for


@pytest.fixture
def echo() -> Iterator[int]:
    """Port of a server that answers every message with the same."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(line: socket.socket) -> None:
        with line:
            try:
                while data := line.recv(1000):
                    line.sendall(data)
            except OSError:
                pass

    def accept() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(line,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()


@pytest.fixture
def proxy(echo: int) -> Iterator[FaultProxy]:
    with FaultProxy(echo) as proxy:
        yield proxy


@pytest.fixture
def line(proxy: FaultProxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as line:
        yield line


def test_passes_both_ways(line: socket.socket) -> None:
    line.sendall(b"hello")
    assert line.recv(100) == b"hello"


@pytest.mark.parametrize("mode", ["reset before reply", "drop"])
def test_resets(proxy: FaultProxy, line: socket.socket, mode: Mode) -> None:
    proxy.mode = mode
    line.sendall(b"hello")
    with pytest.raises(ConnectionResetError):
        line.recv(100)
    assert proxy.met == {mode: 1}


def test_swallows(proxy: FaultProxy, line: socket.socket) -> None:
    proxy.mode = "never answer"
    line.sendall(b"hello")
    wait_for(lambda: proxy.met["never answer"])
    proxy.mode = "pass"
    line.sendall(b"again")
    assert line.recv(100) == b"again"


def test_stalls_and_delivers(proxy: FaultProxy, line: socket.socket) -> None:
    proxy.mode = "stall"
    line.sendall(b"hello")
    wait_for(lambda: proxy.met["stall"])
    line.settimeout(0.1)
    with pytest.raises(TimeoutError):
        line.recv(100)
    proxy.mode = "pass"
    line.settimeout(10)
    assert line.recv(100) == b"hello"


def test_cuts_what_is_open(proxy: FaultProxy, line: socket.socket) -> None:
    line.sendall(b"hello")
    assert line.recv(100) == b"hello"
    proxy.cut()
    with pytest.raises(ConnectionResetError):
        line.recv(100)
