"""The process beside robot: what is told to it by lines is done by a `Report`, as robot itself would do it in threads.

Its standard input is a socket: lines come (`courier_lines.py`), words go back, a JSON object a line. It ends when robot
says so, or when robot is gone: then what it has is delivered all the same. Told to end before that, it leaves the rest
to robot. It knows nothing of Robot Framework.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from livewall_listener import clock, wire
from livewall_listener.courier_lines import LineReader
from livewall_listener.notices import Notices
from livewall_listener.report import Report
from livewall_listener.sampler import INTERVAL, Sample
from livewall_listener.settings import Settings
from livewall_listener.spool_writer import GATHER

PATIENCE = 10.0
"""Seconds, at most, in which a courier whose robot is gone delivers what it has."""
LAST_REQUEST = 5.0
"""Seconds beyond that, at most, in which a wall hears that robot is gone."""
JUDGED_WITHIN = 2.0
"""Seconds for the wall's first answer at the end of a run: a short one is over before its courier has begun to ask."""
CONFIRM_EACH = 1.0
"""Seconds between two words about what is kept: each wakes a thread of robot's."""
STOPPED_WITHIN = 2.0
"""Seconds that are left to one that is told to end for what nobody else can deliver."""
_LOOK_EACH = 1.0
"""Seconds until robot is looked for: whoever it forked may hold its end of the socket for days."""
_END_EACH = 0.1
"""Seconds between two looks whether it was told to end."""
_AT_ONCE = 1 << 20
_LAST = b'{"kind":"%s"' % wire.EndProcess.kind.encode()
_ROBOT = 0
"""The socket."""


def main(robot: int) -> None:
    """`robot`: its process, which may be gone already."""
    for number in (signal.SIGINT, signal.SIGHUP):  # of a terminal: they are robot's
        signal.signal(number, signal.SIG_IGN)
    program = CourierProgram(robot)
    signal.signal(signal.SIGTERM, lambda *_: program.stop())
    program.run()
    os._exit(0)


class Words:
    """What is said to robot; nothing once it is gone."""

    def __init__(self) -> None:
        self._lock = Lock()

    def say(self, **words: Any) -> None:
        try:
            with self._lock:
                data = json.dumps(words).encode() + b"\n"
                while data:
                    data = data[os.write(_ROBOT, data) :]
        except OSError:
            pass


class ForwardedNotices(Notices):
    """Robot says them: each is on its way at once."""

    def __init__(self, words: Words) -> None:
        super().__init__(lambda _: None)
        self._words = words

    def _keep(self, topic: str, text: str) -> None:
        self._words.say(notice=[topic, text])


class CourierProgram:
    """One run's courier."""

    def __init__(self, robot: int) -> None:
        self._words = Words()
        self._lines = LineReader()
        self._robot = robot
        self._sample: Sample | None = None
        self._sampled_at = 0.0
        self._taken = 0
        """Events."""
        self._mark: tuple[int, int] | None = None
        """Events taken so far, and the number of the last, that are to be confirmed when all are kept."""
        self._confirm_at = 0.0
        self._confirmed = 0
        self._report: Report | None = None
        self._timeout = 0.0
        self._is_closing = False
        self._has_ended = False
        """The last event of the process was said."""
        self._stop_at: float | None = None
        """It was told to end: when it has, at the latest."""

    def run(self) -> None:
        """To robot's last word, or its end; then until all is delivered, or there is no use in waiting for that."""
        while not self._is_closing and (data := self._receive()) is not None:
            before = self._taken
            for text in self._lines.feed(data):
                self._take(text)
            self._confirm()
            if self._taken > before and not self._has_ended:
                clock.sleep(GATHER)
        if self._report and self._is_stopped_before_robot():
            self._report.keep(STOPPED_WITHIN)
        elif self._report:
            self._finish(self._report)

    def stop(self) -> None:
        """Who ends a job, as pabot and Jenkins do, ends first what robot has started, and waits for each of these.

        Called in the middle of anything. Robot takes over what it had; once robot is gone or at its end, nobody does.
        """
        self._stop_at = self._stop_at or clock.monotonic() + STOPPED_WITHIN
        if not self._is_closing:
            _hear_no_more()

    def _is_stopped_before_robot(self) -> bool:
        return self._stop_at is not None and not self._is_closing and self._robot_lives()

    def _robot_lives(self) -> bool:
        return os.getppid() == self._robot

    def _receive(self) -> bytes | None:
        """What has come within a moment, None when no more will."""
        readable, _, _ = select.select([_ROBOT], [], [], _LOOK_EACH)
        if not readable:
            return b"" if self._robot_lives() else None
        try:
            return os.read(_ROBOT, _AT_ONCE) or None
        except OSError:
            return None

    def _take(self, text: bytes) -> None:
        if text[:1] == b"{":
            self._sample = None  # what ran is over, or is about to be
            if self._report:
                self._report.put(text)
                self._taken += 1
                self._has_ended |= text.startswith(_LAST)
            return
        word, _, argument = text.partition(b" ")
        takers: dict[bytes, Callable[[Any], None]] = {
            b"begin": self._begin,
            b"now": self._note_sample,
            b"trouble": self._note_trouble,
            b"upload": self._upload,
            b"close": self._close,
        }
        takers[word](json.loads(argument))

    def _begin(self, said: dict[str, Any]) -> None:
        given = said["settings"]
        given["spool"] = Path(given["spool"]) if given["spool"] else None
        settings = Settings(**given)
        notices = ForwardedNotices(self._words)
        info = wire.RunInfo(**said["run"])
        self._timeout = settings.timeout
        self._report = Report(settings, os.environ, said["run_id"], info, notices, self._look, gathers=False)
        self._words.say(spool=str(self._report.path or ""))
        self._report.start()

    def _look(self) -> Sample | None:
        """What robot said last, while that is fresh: it says nothing while all is quick."""
        return self._sample if clock.monotonic() < self._sampled_at + 2 * INTERVAL else None

    def _note_sample(self, said: tuple[dict[str, Any], float]) -> None:
        self._sample, self._sampled_at = (wire.Now(**said[0]), said[1]), clock.monotonic()

    def _note_trouble(self, _: None) -> None:
        if self._report:
            self._report.wait_judged(JUDGED_WITHIN)
            self._report.note_trouble()
        self._words.say(answer="trouble")

    def _upload(self, said: tuple[str, str]) -> None:
        if self._report:
            self._report.upload(said[0], Path(said[1]))

    def _close(self, _: None) -> None:
        self._is_closing = True
        self._words.say(answer="close")

    def _confirm(self) -> None:
        """Robot need not remember what the spool has."""
        if self._mark and self._report and self._report.stored >= self._mark[0]:
            self._words.say(has=self._mark[1])
            self._confirm_at, self._confirmed, self._mark = clock.monotonic() + CONFIRM_EACH, self._mark[0], None
        if not self._mark and self._taken > self._confirmed and clock.monotonic() >= self._confirm_at:
            self._mark = self._taken, self._lines.number

    def _finish(self, report: Report) -> None:
        over = Event()
        patience = self._timeout if self._is_closing else min(self._timeout, PATIENCE)

        def wait() -> None:
            try:
                report.wait(patience)
                if not self._has_ended:
                    report.tell_death()
            finally:
                over.set()

        Thread(target=wait, daemon=True).start()
        if self._is_closing and self._stop_at is None:  # else what robot says is not heard any more
            Thread(target=self._watch_robot, args=(over,), daemon=True).start()
        give_up_at = clock.monotonic() + patience + LAST_REQUEST
        while not over.wait(_END_EACH) and clock.monotonic() < (self._stop_at or give_up_at):
            pass
        report.finish()
        self._words.say(answer="closed")

    def _watch_robot(self, over: Event) -> None:
        """Nobody waits any more: who is in a hurry finds the rest in the spool."""
        while self._receive() is not None:
            pass
        over.set()


def _hear_no_more() -> None:
    """What robot has said is still read; what it says from now on comes back to it."""
    with suppress(OSError), socket.socket(fileno=os.dup(_ROBOT)) as pipe:
        pipe.shutdown(socket.SHUT_RD)
