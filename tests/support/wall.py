"""A wall in small: takes what listeners send, by the contract, remembers it, and misbehaves when told to."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict

from .oracle import PhaseRow, Record, SuiteRow, TestRow

Json = Dict[str, Any]


@dataclass
class Request:
    """`body`: decoded JSON of a PUT or POST of a run, raw bytes of an artifact."""

    method: str
    path: str
    headers: Message[str, str]
    body: Any

    @property
    def is_events(self) -> bool:
        return self.method == "POST"


@dataclass
class Answer:
    status: int
    body: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


HANG = Answer(0)
"""Take the request and never answer, until the wall is closed."""
RESET = Answer(-1)
"""Cut the line in place of an answer."""


@dataclass
class Process:
    """What one robot process said: its metadata, latest first, and its events."""

    infos: list[Json] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    samples: list[Json] = field(default_factory=list)
    heartbeats: int = 0

    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.events]

    def of(self, kind: str) -> list[Json]:
        return [event for event in self.events if event["kind"] == kind]


@dataclass
class Artifact:
    digest: str
    total: int
    received: bytearray = field(default_factory=bytearray)
    process: str = ""

    @property
    def content(self) -> bytes:
        assert len(self.received) == self.total, "the upload is not complete"
        return gzip.decompress(bytes(self.received))


class RecordingWall:
    """An HTTP server of its own on loopback; use it as a context manager.

    `before` and `after` see each request before and after it has its effect, and may give another answer.
    """

    def __init__(self, port: int = 0) -> None:
        self.before: Callable[[Request], Answer | None] = lambda request: None
        self.after: Callable[[Request], Answer | None] = lambda request: None
        self.runs: dict[str, dict[str, Process]] = {}
        self.artifacts: dict[tuple[str, str], Artifact] = {}
        self.requests: list[Request] = []
        self._closed = threading.Event()
        self._lock = threading.Lock()
        wall = self

        class Handler(_Handler):
            server_wall = wall

        self._server = _Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> RecordingWall:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        if not self._closed.is_set():
            self._closed.set()
            self._server.shutdown()
            self._server.server_close()

    def process(self, run: str | None = None, name: str | None = None) -> Process:
        """The one there is, unless named."""
        processes = self.runs[run] if run else _only(self.runs)
        return processes[name] if name else _only(processes)

    def record(self, run: str | None = None, name: str | None = None) -> Record:
        return record_of(self.process(run, name).events)

    def wait_closed(self) -> None:
        self._closed.wait(60)

    def answer(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            return self.before(request) or self._effect_of(request)

    def _effect_of(self, request: Request) -> Answer:
        answer = self._take(request)
        return self.after(request) or answer

    def _take(self, request: Request) -> Answer:
        found = re.fullmatch(r"/api/v1/runs/([^/?]+)(/events|/artifacts/([^?]+))?(?:\?process=(.*))?", request.path)
        assert found, request.path
        run, place, name, process = found.groups()
        if place is None:
            known = self.runs.setdefault(run, {}).setdefault(request.body["process"], Process())
            known.infos.insert(0, request.body)
            return Answer(200, {"id": run, "ack_upto": len(known.events)})
        if place == "/events":
            return self._take_events(run, request.body)
        return self._take_artifact(run, name, process, request)

    def _take_events(self, run: str, batch: Json) -> Answer:
        process = self.runs.get(run, {}).get(batch["process"])
        if process is None:
            return Answer(404, {"error": {"code": "not_found", "message": "no such run"}})
        expected = len(process.events) + 1
        if batch["first_seq"] > expected:
            return Answer(416, {"expected_seq": expected})
        process.events += batch["events"][expected - batch["first_seq"] :]
        process.heartbeats += not batch["events"]
        if batch["now"]:
            process.samples.append(batch["now"])
        return Answer(200, {"ack_upto": len(process.events)})

    def _take_artifact(self, run: str, name: str, process: str, request: Request) -> Answer:
        first, last, total = map(
            int,
            re.fullmatch(  # type: ignore[union-attr]
                r"bytes (\d+)-(\d+)/(\d+)", request.headers["Content-Range"]
            ).groups(),
        )
        digest = request.headers["X-Content-SHA256"]
        artifact = self.artifacts.get((run, name))
        if artifact is None or artifact.digest != digest:
            artifact = self.artifacts[run, name] = Artifact(digest, total, process=process)
        if len(artifact.received) == total:
            return Answer(200, {"stored": True})
        if first != len(artifact.received):
            return Answer(416, {"expected_offset": len(artifact.received)})
        assert len(request.body) == last - first + 1
        artifact.received += request.body
        if len(artifact.received) < total:
            return Answer(202, {"received": len(artifact.received)})
        assert hashlib.sha256(artifact.received).hexdigest() == digest
        return Answer(201, {"stored": True})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 50

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A listener that ends in the middle of a request is what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_wall: RecordingWall

    def do_PUT(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the console."""

    def _handle(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        body = data if "/artifacts/" in self.path else json.loads(data)
        answer = self.server_wall.answer(Request(self.command, self.path, self.headers, body))
        if answer is HANG:
            self.server_wall.wait_closed()
            answer = RESET
        if answer is RESET:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        reply = json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Content-Length": str(len(reply))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply)


def record_of(events: list[Json]) -> Record:
    """The run as the events finally leave it."""
    suites: dict[str, Json] = {}
    tests: dict[str, Json] = {}
    end: Json = {}
    for event in events:
        kind = event["kind"]
        if kind == "start_suite":
            suites[event["id"]] = {**event, "status": None}
        elif kind in {"end_suite", "correct_suite"}:
            unchanged = {name for name in ("doc", "metadata") if event.get(name) is None}
            suites[event["id"]].update({name: value for name, value in event.items() if name not in unchanged})
        elif kind == "end_test":
            assert event["id"] not in tests, f"{event['id']} ended twice"
            tests[event["id"]] = dict(event)
        elif kind == "correct_test":
            assert tests[event["id"]]["status"] == event["was"]
            tests[event["id"]].update(status=event["status"], message=event["message"])
        elif kind == "end_process":
            end = event
    root = suites["s1"]
    return Record(
        name=root["name"],
        status=root["status"],
        total=end["total"],
        passed=end["passed"],
        failed=end["failed"],
        skipped=end["skipped"],
        warnings=end["warnings"],
        errors=end["errors"],
        suites=[_suite_row(suite) for suite in suites.values()],
        tests=[_test_row(test, suites[test["id"].rpartition("-")[0]]["source"]) for test in tests.values()],
    )


def _suite_row(suite: Json) -> SuiteRow:
    names = ("id", "name", "longname", "source", "doc", "metadata", "status", "message", "elapsed_time")
    return SuiteRow(
        start_time=datetime.fromisoformat(suite["start_time"]),
        setup=_phase_row(suite.get("setup")),
        teardown=_phase_row(suite.get("teardown")),
        **{name: suite[name] for name in names},
    )


def _phase_row(phase: Json | None) -> PhaseRow | None:
    return PhaseRow(**phase) if phase else None


def _test_row(test: Json, suite_source: str) -> TestRow:
    names = ("id", "name", "longname", "lineno", "status", "message", "elapsed_time")
    return TestRow(
        start_time=datetime.fromisoformat(test["start_time"]),
        source=test["source"] or suite_source,
        tags=tuple(test["tags"]),
        **{name: test[name] for name in names},
    )


def _only(items: Mapping[str, Any]) -> Any:
    assert len(items) == 1, f"there is not one but {list(items)}"
    return next(iter(items.values()))
