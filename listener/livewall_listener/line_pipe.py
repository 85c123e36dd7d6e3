"""Lines into a socket, without ever waiting: what it does not take at once waits here."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable
from itertools import count
from threading import RLock
from typing import Any

from livewall_listener import courier_lines

_AT_ONCE = getattr(socket, "MSG_DONTWAIT", 0) | getattr(socket, "MSG_NOSIGNAL", 0)
"""Nor is robot killed where a library has SIGPIPE do that to who writes to nobody."""
_LONGEST_WRITE = 5.0
"""Seconds; who writes for longer was stopped before it gave back the lock."""


class LinePipe:
    """For the run's own thread and one more. `on_full` is called when something has to wait.

    A timeout of Robot Framework's may stop the run's thread anywhere in here. What is handed over is so by one
    operation; a line that was stopped within is written once more.
    """

    def __init__(self, pipe: socket.socket, on_full: Callable[[], None]) -> None:
        self._pipe = pipe
        self._on_full = on_full
        self._next = count(1).__next__
        self._waiting: deque[bytes] = deque()
        self._written = 0
        """Bytes of the first that waits."""
        self._is_full = False
        self._unconfirmed: deque[bytes] = deque()
        """Written, and whether the other end has kept them is not known."""
        self._lock = RLock()
        """One that its thread may take again, should it have been stopped before it gave it back."""
        self._take: Callable[[bytes], object] | None = None

    @property
    def is_waiting(self) -> bool:
        return bool(self._waiting)

    def put_event(self, text: bytes) -> None:
        self._waiting.append(courier_lines.event(self._next(), text))
        self.flush()

    def put_word(self, name: str, argument: Any = None) -> None:
        self._waiting.append(courier_lines.word(name, argument))
        self.flush()

    def flush(self) -> None:
        """Write what waits, as far as there is room. Where another thread does so already, it does that, too."""
        while self._waiting and self._lock.acquire(blocking=False):
            try:
                if not self._write():
                    return
            finally:
                self._lock.release()

    def confirm(self, number: int) -> None:
        """The other end has kept all events up to this one."""
        while self._unconfirmed and courier_lines.split(self._unconfirmed[0])[0] <= number:
            self._unconfirmed.popleft()

    def divert(self, take: Callable[[bytes], object]) -> None:
        """There is nobody at the other end any more: `take` gets what was not confirmed, and all that follows."""
        is_ours = self._lock.acquire(timeout=_LONGEST_WRITE)
        try:
            while self._unconfirmed:
                take(self._unconfirmed.popleft())
            self._take = take
        finally:
            if is_ours:
                self._lock.release()
        self.flush()

    def _write(self) -> bool:
        """-> whether all was written."""
        try:
            while self._waiting:
                line = self._waiting[0]
                if self._take is not None:
                    self._take(line)
                else:
                    self._written += self._pipe.send(line[self._written :], _AT_ONCE)
                    if self._written < len(line):
                        continue
                    if courier_lines.is_event(line):
                        self._unconfirmed.append(line)
                self._waiting.popleft()
                self._written = 0
        except BlockingIOError:
            if not self._is_full:  # else whoever was told so is at it: to be woken again for each line costs the run
                self._is_full = True
                self._on_full()
            return False
        except OSError:  # whoever listens for its words notices, too, and diverts
            return False
        except BaseException:
            self._written = 0
            raise
        self._is_full = False
        return True
