"""Lines into a socket whose other end is slow, stopped or gone."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from livewall_listener import courier_lines
from livewall_listener.courier_lines import LineReader
from livewall_listener.line_pipe import LinePipe

LONG = b'"%s"' % (b"x" * 3000)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def heard(theirs: socket.socket, reader: LineReader) -> list[bytes]:
    theirs.setblocking(False)
    found: list[bytes] = []
    try:
        while data := theirs.recv(1 << 20):
            found += reader.feed(data)
    except BlockingIOError:
        pass
    return found


def test_what_does_not_fit_waits_and_follows_in_order(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)  # whatever is usual here
    full: list[bool] = []
    pipe, reader = LinePipe(ours, lambda: full.append(True)), LineReader()
    texts = [LONG[:-1] + b'%d"' % number for number in range(500)]
    for text in texts:
        pipe.put_event(text)
    assert full and pipe.is_waiting
    found = heard(theirs, reader)
    assert 0 < len(found) < len(texts)
    while pipe.is_waiting:
        pipe.flush()
        found += heard(theirs, reader)
    assert found == texts


class Stopped(BaseException):
    """As Robot Framework's timeouts are."""


class StoppedSocket:
    """Its writer is stopped right after something was written, one time in three."""

    def __init__(self, pipe: socket.socket) -> None:
        self._pipe = pipe
        self._calls = 0

    def send(self, data: bytes, flags: int) -> int:
        written = self._pipe.send(data, flags)
        self._calls += 1
        if self._calls % 3 == 0:
            raise Stopped
        return written


def test_a_writer_that_is_stopped_loses_and_doubles_nothing(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    pipe, reader = LinePipe(StoppedSocket(ours), lambda: None), LineReader()  # type: ignore[arg-type]
    texts = [LONG[:-1] + b'%d"' % number for number in range(50)]
    found: list[bytes] = []
    for text in texts:
        _whatever_stops_it(pipe.put_event, text)
        found += heard(theirs, reader)
    while pipe.is_waiting:
        _whatever_stops_it(pipe.flush)
        found += heard(theirs, reader)
    assert found == texts


def _whatever_stops_it(call: Callable[..., None], *arguments: Any) -> None:
    try:
        call(*arguments)
    except Stopped:
        pass


def test_what_was_not_confirmed_is_taken_by_another(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    pipe = LinePipe(ours, lambda: None)
    for number in range(1, 5):
        pipe.put_event(b"%d" % number)
    pipe.put_word("now", 1)
    pipe.confirm(2)
    theirs.close()
    pipe.put_event(b"5")
    taken: list[tuple[int, bytes]] = []
    pipe.divert(lambda line: taken.append(courier_lines.split(line)))
    pipe.put_event(b"6")
    assert [text for number, text in taken if number] == [b"3", b"4", b"5", b"6"]
    assert not pipe.is_waiting


def test_who_listens_to_nobody_is_not_killed(ends: tuple[socket.socket, socket.socket]) -> None:
    """A library may have SIGPIPE kill its process: other programs do without the signal."""
    import signal  # noqa: PLC0415

    ours, theirs = ends
    former = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        theirs.close()
        LinePipe(ours, lambda: None).put_event(b"{}")
    finally:
        signal.signal(signal.SIGPIPE, former)
