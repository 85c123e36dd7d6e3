"""One background thread that delivers a spool: registers the run, posts events, goes back where the wall says so."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from threading import Event, Thread
from typing import Any

from livewall_listener import clock, encode, wire
from livewall_listener.client import Client, Reply, Unreachable
from livewall_listener.identity import look_up
from livewall_listener.notices import Notices
from livewall_listener.sampler import Sampler
from livewall_listener.settings import redacted
from livewall_listener.spool_file import SpoolFile

MAX_EVENTS = 1000
MAX_BYTES = 1_000_000
"""Of one batch."""
MIN_INTERVAL = 0.05
"""Seconds between two requests of a run: each costs it about a millisecond of its processor."""
BUSY_INTERVAL = 0.25
"""The same after a batch of `BUSY` events."""
BUSY = 20
HEARTBEAT = 10.0
OUTAGE = 10.0
"""Seconds that a wall which answered before may be away until the user hears of it."""
_SLOW = 1.0
RARELY = 30.0
"""Seconds until a wall that refused us is asked again."""
MIN_BACKOFF = 0.2
"""Seconds until a wall that is away is tried again, about: twice as long after each attempt."""
MAX_BACKOFF = 5.0
"""The same, at most."""
PAUSE = 1.0
"""Seconds that a wall is left alone which wants to be and does not say for how long."""
_JITTER = random.Random()
"""Of our own: tests that seed the shared one want the same numbers again."""
_SHORT = 10_000
"""Characters left of a text in an event that the wall finds too large."""


def utc_now() -> str:
    """By the clock that the results go by, even where a library has frozen it: the wall compares the two."""
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")


@dataclass
class Health:
    """How the wall has answered so far; times are `clock.monotonic()`."""

    answered: bool = False
    failing_since: float | None = None
    asked_at: float | None = None
    """A request is under way since then."""
    reason: str = ""
    refused: bool = False
    """The wall, or what answers in its place, wants nothing from us."""
    status: int = 0
    """Of the answer that refused us."""


class Delivery:
    """The protocol for one spool: what to send next and what an answer means. For one thread."""

    def __init__(self, client: Client, spool: SpoolFile, notices: Notices, *, resent: bool = False) -> None:
        self._client = client
        self._spool = spool
        self._notices = notices
        self._resent = resent
        self.behind: Callable[[], int] = lambda: 0
        """How many events wait on this node that nobody is sending."""
        self.registered = False
        """The wall knows the run."""
        self._looked_up: dict[str, Any] = {}
        self._cursor = spool.acknowledged + 1
        self._most = MAX_EVENTS
        self._shortened: dict[int, bytes] = {}
        """What is sent in place of records that the wall finds too large, by their number."""
        self._failures = 0
        self.interval = MIN_INTERVAL
        """Seconds to leave between the last request and the next."""
        self.health = Health()
        self.stopped = ""
        """Why nothing more is sent: the wall found the events wrong."""
        self.not_before = 0.0
        """Nothing is to be sent before this moment."""
        self.put_off_until = 0.0
        """Nor before this one, which the wall named: not even to be done by the end of the run."""

    def fail(self, error: Exception) -> None:
        """A fault of ours: say so, and do not fall over it again at once."""
        self.not_before = clock.monotonic() + RARELY
        self._notices.add("error", f"delivering failed, please report it: {type(error).__name__}: {error}")

    @property
    def is_judged(self) -> bool:
        """It is known how the wall answers, or that it does not."""
        health = self.health
        return health.answered or health.refused or health.failing_since is not None

    def note_trouble(self) -> None:
        """Tell the user if the wall is away or has never answered."""
        health, now = self.health, clock.monotonic()
        if health.failing_since is not None and not health.refused:
            self._notice_away(health.reason)
        elif not health.answered and health.asked_at is not None and now - health.asked_at > _SLOW:
            self._notice_away("it has not answered yet")

    def tell_death(self) -> None:
        """The process is gone without its last event, and all that it has said is acknowledged."""
        with suppress(Unreachable):  # then the wall gives it up when it has been silent for long
            self._put_run(died=True)

    @property
    def pending(self) -> bool:
        """There is something that has not been sent since the wall last asked for it."""
        return not self.registered or self._cursor <= self._spool.last_seq

    def step(self, now: wire.Now | None = None) -> None:
        """One request, and what follows from its answer."""
        self.health.asked_at = clock.monotonic()
        try:
            self._post(now) if self.registered else self._register()
        except Unreachable as error:
            self._away(str(error))
        finally:
            self.health.asked_at = None

    def _register(self) -> None:
        reply = self._put_run()
        if reply.status in {200, 201, 204}:
            self._there()
            self.registered = True
            self._acknowledge(reply)
            self._cursor = self._spool.acknowledged + 1
        elif reply.status == 429:
            self._put_off(reply)
        elif not self._refused(reply):
            self._away(reply.message, reply.retry_after)

    def _put_run(self, **more: Any) -> Reply:
        header = self._spool.header
        self._looked_up = self._looked_up or look_up(header.url)
        run = {**header.run, **self._looked_up, "sent_at": utc_now(), "resent": self._resent, **more}
        return self._client.put_run(header.run_id, encode.registration(run))

    def _post(self, now: wire.Now | None) -> None:
        first = self._cursor
        records = self._records(first)
        self.interval = BUSY_INTERVAL if len(records) >= BUSY else MIN_INTERVAL
        header = self._spool.header
        waiting = max(0, self._spool.unacknowledged - len(records)) + self.behind()
        body = encode.batch(header.process, first, records, sent_at=utc_now(), now=now, waiting=waiting)
        self._understand(self._client.post_events(header.run_id, body), first, records)

    def _records(self, first: int) -> list[bytes]:
        begin = self._spool.first_seq
        if first >= begin:
            records = self._spool.read(first, most=self._most, most_bytes=MAX_BYTES)
            return [self._shortened.get(seq, record) for seq, record in enumerate(records, first)]
        # The wall asks for what it has acknowledged before: its database is an older one now.
        filler = encode.event(wire.Lost(1, "acknowledged before, forgotten by the wall since"))
        return [filler] * min(self._most, begin - first)

    def _understand(self, reply: Reply, first: int, records: list[bytes]) -> None:
        expected, seen = reply.number("expected_seq"), reply.number("seen_upto")
        if reply.status == 200:
            self._there()
            self._cursor = first + len(records)
            self._acknowledge(reply)
            self._most = min(MAX_EVENTS, self._most * 2)
        elif reply.status == 416 and expected is not None:
            self._there()
            self._cursor = max(wire.FIRST_SEQ, min(expected, self._spool.last_seq + 1))
        elif reply.status == 503 and seen is not None:
            self._there()
            self._acknowledge(reply)
            self._cursor = max(self._spool.acknowledged, min(seen, self._spool.last_seq)) + 1
            if not self.pending:
                self.not_before = clock.monotonic() + (reply.retry_after or PAUSE)
        elif reply.status == 429:
            self._put_off(reply)
        elif reply.status == 404:
            self.registered = False
            self._failures += 1
            self.not_before = clock.monotonic() + self._backoff()
        elif reply.status == 413 and len(records) > 1:
            self._most = max(1, len(records) // 2)
        elif reply.status == 413 and records:
            self._shortened[first] = shorter(records[0])
        elif not self._leave_out_refused(reply, first, records) and not self._refused(reply):
            self._away(reply.message, reply.retry_after)

    def _leave_out_refused(self, reply: Reply, first: int, records: list[bytes]) -> bool:
        """The wall names one event that it does not take: that is a loss to count, and holds up no other."""
        seq = reply.refused_seq
        if reply.status != 422 or seq is None or not first <= seq < first + len(records) or seq in self._shortened:
            return False
        self._there()
        self._shortened[seq] = encode.event(wire.Lost(1, f"refused by the wall: {reply.message[:200]}"))
        return True

    def _there(self) -> None:
        self._failures = 0
        self.health.answered, self.health.failing_since, self.health.reason = True, None, ""
        self.health.refused = False

    def _acknowledge(self, reply: Reply) -> None:
        upto = reply.number("ack_upto")
        if upto is not None:
            self._spool.acknowledge(upto)
            for seq in [seq for seq in self._shortened if seq <= upto]:
                del self._shortened[seq]

    def _put_off(self, reply: Reply) -> None:
        """The wall is well, and wants less of us. Those it put off together do not come back together."""
        self._there()
        self.put_off_until = clock.monotonic() + (reply.retry_after or PAUSE) * _JITTER.uniform(1.0, 1.25)

    def _refused(self, reply: Reply) -> bool:
        """The wall has a reason that waiting does not mend: one word to the user."""
        self.health.status = reply.status
        if reply.status in {401, 403}:
            self._refuse("token", f"{self._client.shown} refuses the token in LIVEWALL_TOKEN: {reply.message}")
        elif 300 <= reply.status < 400:
            there = f"{self._client.shown} sends us on to {redacted(reply.location) or 'nowhere'}"
            self._refuse("redirect", f"{there}: give the wall's own URL")
        elif reply.status in {404, 405, 410, 501}:
            self._refuse("no wall", f"there is no livewall at {self._client.shown} ({reply.message})")
        elif reply.status in {400, 422}:
            self.stopped = reply.message
            self._notices.add("invalid", f"the wall does not understand this listener: {reply.message}")
        else:
            return False
        return True

    def _refuse(self, topic: str, text: str) -> None:
        self.health.failing_since = self.health.failing_since or clock.monotonic()
        self.health.reason, self.health.refused = text, True
        self.not_before = clock.monotonic() + RARELY
        self._notices.add(topic, f"{text}. The run goes on, its events are kept")

    def _away(self, reason: str, retry_after: float = 0.0) -> None:
        self._failures += 1
        self.health.failing_since = self.health.failing_since or clock.monotonic()
        self.health.reason = reason
        now = clock.monotonic()
        self.not_before = now + min(MAX_BACKOFF, retry_after or self._backoff())
        if not self.health.answered or now - self.health.failing_since > OUTAGE:
            self._notice_away(reason)

    def _notice_away(self, reason: str) -> None:
        self._notices.add(
            "away",
            f"the wall at {self._client.shown} cannot be reached ({reason}). The run goes on, its events are kept",
        )

    def _backoff(self) -> float:
        return float(min(MAX_BACKOFF, MIN_BACKOFF * 2 ** min(self._failures, 10)) * _JITTER.uniform(0.5, 1.0))


def shorter(record: bytes) -> bytes:
    """The same event with its long texts cut; one that is cut already becomes a counted loss."""
    event: dict[str, Any] = json.loads(record)
    cut = {
        name: value[:_SHORT] if isinstance(value, str) else value for name, value in event.items() if name != "metadata"
    }
    if cut == event:
        return encode.event(wire.Lost(1, "too large for the wall"))
    return json.dumps(cut).encode()


class Sender(Thread):
    """Keeps a running process's spool delivered: at once when idle, in batches when busy, a heartbeat when quiet.

    `note` is told how far the wall is, whenever it got on.
    """

    def __init__(
        self, delivery: Delivery, spool: SpoolFile, sampler: Sampler, note: Callable[[int], None] = lambda _: None
    ) -> None:
        super().__init__(name="livewall-sender", daemon=True)
        self._delivery = delivery
        self._spool = spool
        self._sampler = sampler
        self._note = note
        self._wake = Event()
        self._closing = False
        self._posted_at = 0.0
        self._failed_while_closing = False
        self.done = Event()
        """Nothing is left to do: all is acknowledged, or there is no use in trying."""

    def wake(self) -> None:
        """There is something new in the spool."""
        self._wake.set()

    def close(self, timeout: float) -> None:
        """Everything is in the spool: wait until it is acknowledged, as long as that has a chance."""
        deadline = clock.monotonic() + timeout
        self._closing = True
        self._wake.set()
        while clock.monotonic() < deadline and not self._is_hopeless():
            if self.done.wait(min(0.05, max(0.0, deadline - clock.monotonic()))):
                return

    def run(self) -> None:
        while not self._is_finished():
            self._wake.clear()
            wait = self._seconds_to_wait()
            if wait > 0:
                self._wake.wait(wait)
                continue
            try:
                self._act()
            except Exception as error:
                self._delivery.fail(error)
        self.done.set()

    def _act(self) -> None:
        now = clock.monotonic()
        sample = self._sampler.news(now) if self._delivery.registered else None
        if self._delivery.pending or sample or now >= self._posted_at + self._quiet():
            self._posted_at = now
            acknowledged = self._spool.acknowledged
            self._delivery.step(sample)
            if self._spool.acknowledged > acknowledged:
                self._note(self._spool.acknowledged)
            if self._delivery.health.failing_since is not None:
                self._sampler.forget()
                self._failed_while_closing = self._closing

    def _quiet(self) -> float:
        """Seconds after which the wall is asked anew while there is nothing to send."""
        return 0.5 if self._spool.unacknowledged else HEARTBEAT

    def _seconds_to_wait(self) -> float:
        now = clock.monotonic()
        if self._delivery.stopped:
            return HEARTBEAT
        if now < self._delivery.put_off_until:
            return min(self._delivery.put_off_until - now, HEARTBEAT)
        if now < self._delivery.not_before and not (self._closing and not self._failed_while_closing):
            return min(self._delivery.not_before - now, 0.2 if self._closing else HEARTBEAT)
        if self._delivery.pending:
            return 0.0 if self._closing else self._posted_at + self._delivery.interval - now
        return min(self._posted_at + self._quiet(), self._sampler.due_at) - now

    def _is_finished(self) -> bool:
        return self._closing and (bool(self._delivery.stopped) or not self._spool.unacknowledged)

    def _is_hopeless(self) -> bool:
        """No answer is to be expected soon: a wall that is away or hangs does not hold up the end of a run."""
        health, now = self._delivery.health, clock.monotonic()
        if self._delivery.stopped or health.refused:
            return True
        away = now - health.failing_since if health.failing_since is not None else None
        asked = now - health.asked_at if health.asked_at is not None else 0.0
        if away is not None and self._failed_while_closing:
            return away > (3.0 if health.answered else 0.0)
        if away is not None:
            return asked > 0.5
        return asked > (5.0 if health.answered else 2.0)
