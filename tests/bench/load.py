"""Many nodes at once from one process: an epoll client that costs the machine as little as Python can.

Each node has one kept-alive connection and sends its prepared requests in turn, the next when the last was answered
and not before its time. It runs in a process of its own, so that its interpreter lock is not the measuring one's.
"""

from __future__ import annotations

import copy
import heapq
import multiprocessing
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Protocol


class Sender(Protocol):
    """What one node sends. Moments are seconds after the start; each line has a sender of its own."""

    def due(self) -> float | None:
        """When the next request is due; None when all were answered."""

    def request(self, now: float) -> bytes:
        """The request to send now, or to send again where the last was not answered."""

    def answered(self, now: float) -> None:
        """The last request was taken."""


@dataclass
class Node:
    """`interval`: seconds between two requests at least; `first`: when the first is due, seconds after the start."""

    requests: Sequence[bytes]
    interval: float = 0.0
    first: float = 0.0
    _next: int = field(default=0, init=False)
    _sent_at: float = field(default=0.0, init=False)

    @property
    def left(self) -> Sequence[bytes]:
        """What was not answered yet."""
        return self.requests[self._next :]

    def due(self) -> float | None:
        if self._next == len(self.requests):
            return None
        return self._sent_at + self.interval if self._next else self.first

    def request(self, now: float) -> bytes:
        self._sent_at = now
        return self.requests[self._next]

    def answered(self, now: float) -> None:
        self._next += 1


@dataclass
class Outcome:
    """`seconds` from the first request to the last reply; `latencies` of each request; `refused` replies by status.

    `put_off` counts replies of 503 and `closed` lines closed without a reply; a node then sends the same again, as a
    listener does.
    """

    seconds: float = 0.0
    replies: int = 0
    put_off: int = 0
    closed: int = 0
    latencies: list[float] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)


def post(path: str, body: bytes, method: str = "POST") -> bytes:
    """A whole request, ready to be sent."""
    head = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def send_all(port: int, nodes: Sequence[Sender]) -> Outcome:
    """Send everything, from another process, and wait for the last reply."""
    return Sending(port, nodes).outcome()[0]


class Sending:
    """Sends everything from another process, from now on."""

    def __init__(self, port: int, nodes: Sequence[Sender]) -> None:
        self._result, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("fork").Process(
            target=_child, args=(port, nodes, theirs), daemon=True
        )
        self._process.start()
        theirs.close()  # a child that dies ends the wait

    def is_done(self, within: float) -> bool:
        """Whether the last reply was there after so many seconds, or sooner."""
        return self._result.poll(within)

    def outcome(self) -> tuple[Outcome, list[Sender]]:
        """Wait for the last reply -> the outcome, and the nodes as they stand then."""
        outcome, senders = self._result.recv()
        self._process.join()
        return outcome, senders

    def stop(self) -> tuple[Outcome, list[Sender]]:
        """Send nothing more, and wait for what was sent to be answered."""
        try:
            self._result.send(None)
        except BrokenPipeError:
            pass  # it has nothing left to send
        return self.outcome()


def _child(port: int, nodes: Sequence[Sender], result: Connection) -> None:
    client = Client(port, nodes, result)
    result.send((client.run(), client.senders))


class Client:
    """`until`: sends no more once something comes there."""

    def __init__(self, port: int, nodes: Sequence[Sender], until: Connection | None = None) -> None:
        self._selector = selectors.DefaultSelector()
        self._is_stopped = False
        if until is not None:
            self._selector.register(until, selectors.EVENT_READ)
        self._lines = [_Line(port, node) for node in nodes]
        self._waiting: list[tuple[float, int, _Line]] = []
        self.outcome = Outcome()

    @property
    def senders(self) -> list[Sender]:
        """The nodes as they stand now."""
        return [line.sender for line in self._lines]

    def run(self) -> Outcome:
        begun = time.perf_counter()
        for line in self._lines:
            line.begun = begun
            self._selector.register(line.socket, selectors.EVENT_READ, line)
            self._wait_for_turn(line)
        busy = 0
        while self._waiting or busy:
            now = time.perf_counter()
            while self._waiting and self._waiting[0][0] <= now:
                heapq.heappop(self._waiting)[-1].send(now)
                busy += 1
            pause = max(0.0, self._waiting[0][0] - time.perf_counter()) if self._waiting else None
            for key, _ in self._selector.select(pause):
                if key.data is None:
                    self._stop(key.fileobj)
                elif self._answer_of(key.data):
                    busy -= 1
                    self._wait_for_turn(key.data)
        self.outcome.seconds = time.perf_counter() - begun
        for line in self._lines:
            line.socket.close()
        return self.outcome

    def _stop(self, until: Any) -> None:
        self._selector.unregister(until)
        self._is_stopped = True
        self._waiting.clear()

    def _wait_for_turn(self, line: _Line) -> None:
        due = None if self._is_stopped else line.due()
        if due is not None:
            heapq.heappush(self._waiting, (due, id(line), line))

    def _answer_of(self, line: _Line) -> bool:
        """Whether it is there, or the line was closed and the request has to be sent again."""
        try:
            return line.receive(self.outcome)
        except ConnectionError:
            self.outcome.closed += 1
            self._selector.unregister(line.socket)
            line.reconnect()
            self._selector.register(line.socket, selectors.EVENT_READ, line)
            return True


def _connect(port: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


class _Line:
    """One node's connection. `begun` and `due()` are by `time.perf_counter`."""

    def __init__(self, port: int, sender: Sender) -> None:
        self.sender = copy.copy(sender)
        self.begun = 0.0
        self.socket = _connect(port)
        self._port = port
        self._not_before = 0.0
        self._sent_at = 0.0
        self._received = b""

    def due(self) -> float | None:
        due = self.sender.due()
        return None if due is None else max(self.begun + due, self._not_before)

    def send(self, now: float) -> None:
        self._sent_at = now
        self.socket.sendall(self.sender.request(now - self.begun))

    def reconnect(self) -> None:
        self.socket.close()
        self.socket, self._received = _connect(self._port), b""

    def receive(self, outcome: Outcome) -> bool:
        """Whether a whole reply is there. Raises ConnectionError when the line is closed in its place."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed a connection")
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return False
        lowered = head.lower()
        at = lowered.index(b"content-length:") + 15
        if len(body) < int(lowered[at:].partition(b"\r\n")[0]):
            return False
        self._received = b""
        self._answered(int(head[9:12]), lowered, outcome)
        return True

    def _answered(self, status: int, head: bytes, outcome: Outcome) -> None:
        if status == 503:
            outcome.put_off += 1
            after = head.partition(b"retry-after:")[2].partition(b"\r\n")[0]
            self._not_before = time.perf_counter() + float(after or 1)
            return
        if status != 200:
            outcome.refused[status] = outcome.refused.get(status, 0) + 1
        outcome.replies += 1
        now = time.perf_counter()
        outcome.latencies.append(now - self._sent_at)
        self.sender.answered(now - self.begun)
