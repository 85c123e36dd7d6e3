"""Robot's side of its courier: a process beside it that keeps and delivers its events, as a `Report` does in threads.

Nothing but lines goes to and fro. Robot waits for an answer twice, at the end of the run, and never for long.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import livewall_listener
from livewall_listener import clock, courier_lines, encode, trust, wire
from livewall_listener.line_pipe import LinePipe
from livewall_listener.notices import Notices
from livewall_listener.sampler import INTERVAL, WORTH_TELLING, Sample
from livewall_listener.settings import Settings

if TYPE_CHECKING:
    from livewall_listener.report import Report

_FLUSH_EACH = 0.01
"""Seconds until what did not fit is tried again."""
_ANSWER_WITHIN = 5.0
"""Seconds that a courier may take to say how it stands: usually a millisecond."""
_GRACE = 3.0
"""Seconds beyond the timeout that a courier may take to say what it leaves behind."""
_END_WITHIN = 2.0
"""Seconds between a courier's last word and its end, and until one that is told to hurry has said that word."""
_PYTHON = re.compile(r"(python|pypy)[\d.]*\w*", re.IGNORECASE)


def is_possible() -> bool:
    """Whether another Python can be started here, as far as one can know; not where Python is part of a program."""
    is_python = _PYTHON.fullmatch(Path(sys.executable or "").stem) is not None
    return os.name == "posix" and is_python and not getattr(sys, "frozen", False)


class Courier:
    """Has the methods of a `Report`; they are told to a process, which calls those of a real one.

    Should that process end before its time, a `Report` in this one takes its place, and what it had.
    """

    def __init__(
        self,
        settings: Settings,
        environment: Mapping[str, str],
        run_id: str,
        info: wire.RunInfo,
        notices: Notices,
        look: Callable[[], Sample | None],
    ) -> None:
        """Raises OSError, or what else keeps a process from being started."""
        self._settings = settings
        self._environment = environment
        self._run_id = run_id
        self._info = info
        self._notices = notices
        self._look = look
        self._socket, theirs = socket.socketpair()
        for end in (self._socket, theirs):
            end.settimeout(None)  # whatever a library has made the default
        try:
            self._process = _start(theirs, environment)
        except BaseException:
            self._socket.close()
            raise
        finally:
            theirs.close()
        trust.leave_to_parent(self._socket)
        self._wake = Event()
        self._answered = Event()
        self._has_heard = Event()
        """That robot is at its end."""
        self._over = Event()
        """No more words will come."""
        self._is_closed = False
        self._spool: Path | None = None
        self._confirmed = 0
        self._files: list[tuple[str, Path]] = []
        self._successor: Report | None = None
        self._pipe = LinePipe(self._socket, self._wake.set)

    def start(self) -> None:
        given = {**asdict(self._settings), "spool": str(self._settings.spool or "")}
        begin = {"settings": given, "run_id": self._run_id, "run": asdict(self._info)}
        self._pipe.put_word("begin", begin)
        Thread(target=self._listen, name="livewall-courier", daemon=True).start()
        Thread(target=self._work, name="livewall-sampler", daemon=True).start()

    def put(self, event: wire.Event) -> None:
        self._pipe.put_event(encode.event(event))

    def note_trouble(self) -> None:
        """The last moment at which a warning still gets into output.xml."""
        self._pipe.put_word("trouble")
        self._answered.wait(_ANSWER_WITHIN)
        if self._successor:
            self._successor.note_trouble()

    def upload(self, kind: str, path: Path) -> None:
        if kind in self._settings.artifacts:
            self._files.append((kind, path))
            self._pipe.put_word("upload", [kind, str(path)])
            if self._successor:
                self._successor.upload(kind, path)

    def close(self) -> None:
        """Wait for the last acknowledgement; never longer than the timeout and a few seconds, Ctrl-C or not."""
        deadline = clock.monotonic() + self._settings.timeout + _GRACE
        with suppress(KeyboardInterrupt):  # who is in a hurry finds the rest in the spool
            self._pipe.put_word("close")
            if self._has_heard.wait(min(_ANSWER_WITHIN, self._settings.timeout + _GRACE)):
                self._over.wait(deadline - clock.monotonic())
        for urge, patience in ((self._hurry, _END_WITHIN), (self._give_up, _ANSWER_WITHIN)):
            if not self._over.is_set():
                with suppress(KeyboardInterrupt):
                    urge()
                    self._over.wait(patience)
        if self._successor:
            with suppress(KeyboardInterrupt):
                self._successor.wait(max(_END_WITHIN, deadline - clock.monotonic()))
            self._successor.finish()
        elif not self._is_closed:
            self._is_closed = True
            self._notices.add("left", "the process that delivers the events hangs: what it has not kept is lost")
        self._end()

    def _hurry(self) -> None:
        """Nobody waits any more for what the courier does."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def _give_up(self) -> None:
        """It was stopped, or has hardly begun: what it has not kept is taken over."""
        self._process.kill()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        try:
            for heard in _objects(self._socket):
                self._hear(**heard)
            if not self._is_closed:
                self._take_over()
        except Exception as error:
            self._notices.add("error", f"delivering failed, please report it: {type(error).__name__}: {error}")
        for awaited in (self._answered, self._has_heard, self._over, self._wake):
            awaited.set()

    def _hear(self, notice: tuple[str, str] = ("", ""), spool: str = "", has: int = 0, answer: str = "") -> None:
        if notice[0]:
            self._notices.add(*notice)
        if spool:
            self._spool = Path(spool)
        if has:
            self._confirmed = has
            self._pipe.confirm(has)
        if answer == "trouble":
            self._answered.set()
        elif answer == "close":
            self._has_heard.set()
        elif answer == "closed":
            self._is_closed = True
            self._over.set()

    def _work(self) -> None:
        """Once a second, what runs now is told; and in between what found no room."""
        look_at = clock.monotonic() + INTERVAL
        while not self._over.is_set():
            self._wake.wait(_FLUSH_EACH if self._pipe.is_waiting else look_at - clock.monotonic())
            self._wake.clear()
            self._pipe.flush()
            if clock.monotonic() >= look_at:
                look_at = clock.monotonic() + INTERVAL
                found = self._look()
                if found and found[1] >= WORTH_TELLING:
                    self._pipe.put_word("now", [asdict(found[0]), found[1]])

    def _take_over(self) -> None:
        """The courier was killed, or never came to life: its work goes on here."""
        from livewall_listener.report import Report  # noqa: PLC0415  # brings HTTP along

        self._end()
        report = Report(
            self._settings, self._environment, self._run_id, self._info, self._notices, self._look,
            former=self._spool, first_seq=self._confirmed + 1,
        )  # fmt: skip
        last = report.last_seq
        report.start()

        def take(line: bytes) -> None:
            nonlocal last
            number, text = courier_lines.split(line)
            if number > last:
                report.put(text)
                last = number

        self._pipe.divert(take)
        self._successor = report
        for kind, path in list(self._files):
            report.upload(kind, path)

    def _end(self) -> None:
        """Nothing is left of it, whatever it does."""
        if not self._has_ended():
            self._process.kill()
            self._has_ended()  # unless a disk that hangs holds it: that does not hold robot
        self._socket.close()

    def _has_ended(self) -> bool:
        """Soon at least: -> whether it has."""
        deadline = clock.monotonic() + _END_WITHIN
        while self._process.poll() is None and clock.monotonic() < deadline:
            clock.sleep(0.002)
        return self._process.poll() is not None


def _start(pipe: socket.socket, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A Python like this one, that keeps nothing of robot's open and is not meant by what is sent to robot."""
    flags: list[str] = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # noqa: SLF001  # as multiprocessing does
    return subprocess.Popen(
        [sys.executable, *flags, "-c", _program()],
        stdin=pipe.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=dict(environment),
        start_new_session=True,
    )


def _program() -> str:
    """Imports the very package that this one is, and what it needs from where robot would find it.

    Folders of robot's come last: a library of the run may have the name of a module of Python's.
    """
    places = [os.path.abspath(place) for place in sys.path if place]  # noqa: PTH100  # of strings
    http = find_spec("urllib3")
    if http is not None and http.origin:
        places.append(str(Path(http.origin).parents[1]))
    robot = os.getpid()
    own = str(Path(livewall_listener.__file__).absolute().parents[1])
    return (
        f"'livewall, for process {robot}'; import sys, typing; sys.path[:] = [{own!a}, *filter(None, sys.path)]; "
        f"import livewall_listener; del sys.path[0]; sys.path += [p for p in {places!a} if p not in sys.path]; "
        f"from livewall_listener.courier_program import main; main({robot})"
    )


def _objects(pipe: socket.socket) -> Iterator[dict[str, Any]]:
    """What the courier says, an object a line, until it ends."""
    rest = b""
    while True:
        try:
            data = pipe.recv(65536)
        except OSError:
            data = b""
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        yield from map(json.loads, lines)
