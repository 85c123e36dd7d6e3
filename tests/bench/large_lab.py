"""A large lab at work for a while: does anything grow that should not?"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import psutil
import psycopg

from livewall_listener import wire

from . import events
from .load import Outcome, Sender, Sending, post
from .measurement import Check, Measurement, median, number, percentile
from .processor_time import of_tree
from .screens import plain_screens
from .stage import Stage

NODES, SCREENS, MINUTES = 200, 50, 10
TESTS_A_SECOND, RUN_SECONDS = 10, 60
TESTS = TESTS_A_SECOND * RUN_SECONDS
RATE = 2.0 * TESTS_A_SECOND
"""Events a second of each node: a test starts and ends."""
WARM = 3
"""The first minute that counts: by its end every name has been seen and every node has ended runs."""
LOOK_EVERY = 5.0


def measure(stage: Stage) -> Measurement:
    with stage.dashboard() as dashboard:
        outcome, senders, looks = _load(dashboard.port, psutil.Process(dashboard.pid), stage.postgres.pid)
        with psycopg.connect(dashboard.database_url) as connection:
            stored = connection.execute("SELECT count(*) FROM result").fetchone()
            verified = connection.execute("SELECT count(*) FROM run WHERE verification = 'verified'").fetchone()
    runs = NODES * MINUTES * 60 // RUN_SECONDS
    assert not outcome.refused, outcome.refused
    assert (stored, verified) == ((runs * TESTS,), (runs,)), f"{stored} results, {verified} verified of {runs} runs"
    minutes = [_minute(minute, senders, looks) for minute in range(1, MINUTES + 1)]
    early, late = minutes[WARM - 1], minutes[-1]
    return Measurement(
        name="load",
        title="A large lab at work",
        how=f"{NODES} nodes, each {TESTS_A_SECOND} tests a second in runs of {RUN_SECONDS} seconds, for {MINUTES} "
        f"minutes, with {SCREENS} screens: a node sends what has happened when its last request was answered, as a "
        f"listener does. At the end every one of {runs * TESTS:,} results is stored and every one of {runs:,} runs is "
        "verified. Lag is from the moment an event happens to the reply that says it is stored; memory, descriptors "
        "and threads are those of the dashboard's process, medians of each minute; processor is its and Postgres's.",
        checks=[
            Check("lab-memory", late.memory / early.memory),
            Check("lab-descriptors", late.descriptors / early.descriptors),
            Check("lab-threads", late.threads / early.threads),
            Check("lab-lag", late.lag(0.95) / early.lag(0.95)),
        ],
        table=[
            ["minute", "lag, median", "95 %", "99 %", "memory", "descriptors", "threads", "processor", "Postgres"],
            *(minute.row() for minute in minutes),
        ],
        raw={
            "replies": outcome.replies,
            "put off": outcome.put_off,
            "closed": outcome.closed,
            "minutes": [minute.raw() for minute in minutes],
        },
    )


@dataclass
class Reporting:
    """A node that runs one run after the other, its events at a steady rate whether the line is free or not.

    `events`: those of any of its runs, encoded. `lags`: for each minute, seconds from an event's moment to its reply,
    of the oldest event of each request.
    """

    name: str
    first: float
    events: Sequence[bytes]
    lags: dict[int, list[float]] = field(default_factory=dict)
    _run: int = field(default=0, init=False)
    _registered: bool = field(default=False, init=False)
    _acked: int = field(default=0, init=False)
    _sent: int = field(default=0, init=False)

    def due(self) -> float | None:
        if self._run == MINUTES * 60 // RUN_SECONDS:
            return None
        return self._moment(self._acked) if self._registered else self._begin()

    def request(self, now: float) -> bytes:
        run = f"/api/v1/runs/{self.name}-{self._run}"
        if not self._registered:
            return post(run, events.run_info(self.name), "PUT")
        happened = int((now - self._begin()) * RATE)
        self._sent = min(len(self.events), max(happened, self._acked + 1))
        head = json.dumps({"process": "0", "first_seq": self._acked + wire.FIRST_SEQ})[:-1].encode()
        return post(f"{run}/events", head + b', "events": [' + b",".join(self.events[self._acked : self._sent]) + b"]}")

    def answered(self, now: float) -> None:
        if not self._registered:
            self._registered = True
            return
        self.lags.setdefault(int(now // 60) + 1, []).append(now - self._moment(self._acked))
        self._acked = self._sent
        if self._acked == len(self.events):
            self._run, self._registered, self._acked = self._run + 1, False, 0

    def _begin(self) -> float:
        return self.first + self._run * RUN_SECONDS

    def _moment(self, index: int) -> float:
        """When the event happens; what ends the run comes with the last test."""
        return self._begin() + min(index, 2 * TESTS) / RATE


@dataclass
class Look:
    """The dashboard's process at one moment. `processor`: seconds used since it began; `postgres`: by Postgres."""

    at: float
    memory: float
    descriptors: int
    threads: int
    processor: float
    postgres: float


@dataclass
class Minute:
    number: int
    lags: list[float]
    memory: float
    descriptors: float
    threads: float
    processor: float
    postgres: float

    def lag(self, share: float) -> float:
        """Milliseconds."""
        return 1000 * percentile(self.lags, share)

    def row(self) -> list[str]:
        lags = [f"{self.lag(share):.0f} ms" for share in (0.5, 0.95, 0.99)]
        figures = [f"{self.memory:.0f} MB", number(self.descriptors), number(self.threads)]
        return [str(self.number), *lags, *figures, f"{self.processor:.0%}", f"{self.postgres:.0%}"]

    def raw(self) -> dict[str, object]:
        return {**asdict(self), "lags": {str(share): self.lag(share) for share in (0.5, 0.9, 0.95, 0.99, 1.0)}}


def _run_of_events() -> list[bytes]:
    """The encoded events of one whole run."""
    results = [*events.results(TESTS)]
    ended = [event for event in results if isinstance(event, wire.EndTest)]
    failed = sum(event.status == "FAIL" for event in ended)
    digest = wire.digest_of((event.id, event.status, event.message) for event in ended)
    closing = [
        wire.EndSuite("s1", "FAIL", "", float(RUN_SECONDS), TESTS),
        wire.EndProcess(TESTS, TESTS - failed, failed, 0, digest),
    ]
    return [
        json.dumps({"kind": event.kind, **asdict(event)}).encode()
        for event in [*events.opening(TESTS), *results, *closing]
    ]


def _load(port: int, process: psutil.Process, postgres: int) -> tuple[Outcome, list[Sender], list[Look]]:
    encoded = _run_of_events()
    nodes = [Reporting(f"vm-{node}", node * RUN_SECONDS / NODES, encoded) for node in range(NODES)]
    looks = []
    with plain_screens(port, SCREENS):
        sending, begun = Sending(port, nodes), time.monotonic()
        while not sending.is_done(LOOK_EVERY):
            looks.append(_look(process, postgres, time.monotonic() - begun))
        outcome, senders = sending.outcome()
    return outcome, senders, looks


def _look(process: psutil.Process, postgres: int, at: float) -> Look:
    with process.oneshot():
        times = process.cpu_times()
        return Look(
            at,
            process.memory_info().rss / 1e6,
            process.num_fds(),
            process.num_threads(),
            times.user + times.system,
            of_tree(postgres),
        )


def _minute(minute: int, senders: Sequence[Sender], looks: Sequence[Look]) -> Minute:
    seen = [look for look in looks if minute - 1 <= look.at / 60 < minute]
    lags = [lag for sender in senders if isinstance(sender, Reporting) for lag in sender.lags.get(minute, ())]
    seconds = seen[-1].at - seen[0].at
    return Minute(
        minute,
        lags,
        median([look.memory for look in seen]),
        median([look.descriptors for look in seen]),
        median([look.threads for look in seen]),
        (seen[-1].processor - seen[0].processor) / seconds,
        (seen[-1].postgres - seen[0].postgres) / seconds,
    )
