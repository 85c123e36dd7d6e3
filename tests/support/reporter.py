"""A node in small: reports runs over HTTP without a robot, so that a test says in a line what was run."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from flask.testing import FlaskClient

from livewall_listener import wire

BEGAN = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=timezone.utc)


@dataclass
class T:
    """A test to report."""

    name: str
    status: str = "PASS"
    message: str = ""
    tags: Sequence[str] = ()
    elapsed_time: float = 1.5


@dataclass
class Process:
    """One robot process of a run, told event by event."""

    reporter: Reporter
    run: str
    name: str = "0"
    seq: int = wire.FIRST_SEQ
    clock: datetime = BEGAN
    began: datetime = BEGAN
    results: dict[str, tuple[str, str]] = field(default_factory=dict)

    def send(self, *events: wire.Event) -> None:
        body = {
            "process": self.name,
            "first_seq": self.seq,
            "events": [{"kind": event.kind, **asdict(event)} for event in events],
        }
        self.reporter.call("POST", f"/api/v1/runs/{self.run}/events", body)
        self.seq += len(events)

    def tick(self, seconds: float) -> str:
        """The time now; then the clock goes on."""
        now = self.clock.isoformat()
        self.clock += timedelta(seconds=seconds)
        return now

    def start_suite(self, suite_id: str, longname: str, *, total: int = 0, test_count: int = 0, **more: Any) -> None:
        name = longname.rpartition(".")[2]
        self.send(wire.StartSuite(suite_id, name, longname, self.tick(0), total, test_count, **more))

    def test(self, suite_id: str, suite: str, number: int, test: T) -> wire.EndTest:
        """The event of an ended test."""
        test_id = f"{suite_id}-t{number}"
        self.results[test_id] = (test.status, test.message)
        return wire.EndTest(
            test_id,
            test.name,
            f"{suite}.{test.name}",
            test.status,
            test.message,
            self.tick(test.elapsed_time),
            test.elapsed_time,
            lineno=10 * number,
            tags=list(test.tags),
        )

    def end_suite(self, suite_id: str, status: str = "PASS", message: str = "", **more: Any) -> None:
        elapsed = (self.clock - self.began).total_seconds()
        self.send(wire.EndSuite(suite_id, status, message, elapsed, len(self.results), **more))

    def end(self, **more: Any) -> None:
        statuses = [status for status, _ in self.results.values()]
        passed, failed, skipped = (statuses.count(status) for status in ("PASS", "FAIL", "SKIP"))
        digest = wire.digest_of((key, status, message) for key, (status, message) in self.results.items())
        self.send(wire.EndProcess(len(statuses), passed, failed, skipped, digest, **more))


Send = Callable[..., tuple[int, bytes, dict[str, str]]]
"""`send(method, path, body, headers=...)` -> status, body, headers: `Dashboard.request`, or `through_flask`."""


def through_flask(client: FlaskClient) -> Send:
    """Sends to a dashboard in this very process."""

    def send(method: str, path: str, body: object, *, headers: Mapping[str, str]) -> tuple[int, bytes, dict[str, str]]:
        reply = client.open(path, method=method, json=body, headers=dict(headers))
        return reply.status_code, reply.data, dict(reply.headers)

    return send


class Reporter:
    """Reports by `send`, with `token` where the wall wants one."""

    def __init__(self, send: Send, token: str = "") -> None:
        self._send = send
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, body: object) -> Any:
        """The JSON of the answer, which must be 200."""
        status, answer, _ = self._send(method, path, body, headers=self._headers)
        assert status == 200, f"{method} {path}: {status} {answer[:500]!r}"
        return json.loads(answer)

    def process(self, run: str | None = None, *, name: str = "0", **info: Any) -> Process:
        """Registers a process of a run (a new one without `run`); `info` is wire.RunInfo's."""
        key = run or uuid.uuid4().hex
        clock = info.pop("clock", BEGAN)
        known = wire.RunInfo(**{"process": name, "setup": "vm1", "started_at": clock.isoformat(), **info})
        self.call("PUT", f"/api/v1/runs/{key}", asdict(known))
        return Process(self, key, name, clock=clock, began=clock)

    def run(self, tests: Sequence[T], *, suite: str = "Suite", name: str = "0", ended: bool = True, **info: Any) -> str:
        """Reports a run of one suite -> its id."""
        process = self.process(name=name, **info)
        process.start_suite(
            "s1", suite, total=len(tests), test_count=len(tests), source="/tests/suite.robot", doc="Doc."
        )
        process.send(*(process.test("s1", suite, number, test) for number, test in enumerate(tests, 1)))
        if ended:
            process.end_suite("s1", "FAIL" if any(test.status == "FAIL" for test in tests) else "PASS")
            process.end()
        return process.run
