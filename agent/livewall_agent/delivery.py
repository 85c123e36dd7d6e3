"""Brings what a job says to the server, in order and as long as it takes."""

from __future__ import annotations

import logging
import random
from collections import deque
from collections.abc import Callable, Mapping
from threading import Event, Thread

from livewall_agent.errors import Refused, Unavailable
from livewall_agent.output_spool import OutputSpool
from livewall_agent.server import Server

AT_ONCE = 50
"""Fragments between two looks at what else is to be said."""
_IDLE = 0.1
_PAUSES = (0.5, 1.0, 2.0, 5.0, 15.0)

log = logging.getLogger(__name__)


class Patience:
    """How long to wait after each failure in a row. Says once that something is wrong, and once that it is well."""

    def __init__(self) -> None:
        self._failures = 0

    def after(self, error: Unavailable) -> float:
        """Seconds."""
        if not self._failures:
            self.say(f"{error}. Trying again until it works.")
        pause = _PAUSES[min(self._failures, len(_PAUSES) - 1)]
        self._failures += 1
        return max(error.retry_after, pause * random.uniform(0.5, 1.0))

    def well(self) -> None:
        if self._failures:
            self.say("The server is there again.")
        self._failures = 0

    def say(self, text: str) -> None:
        log.warning("%s", text)


class Delivery(Thread):
    """While a job runs, `say` and the spools are emptied as they are filled; `close` leaves the rest to `drain`.

    `spools`: by kind, output and serial.
    """

    def __init__(self, server: Server, job_id: str, spools: Mapping[str, OutputSpool]) -> None:
        super().__init__(name="livewall-delivery", daemon=True)
        self._server = server
        self._job_id = job_id
        self._spools = spools
        self._posts: deque[Callable[[Server], None]] = deque()
        self._closing = Event()
        self._patience = Patience()

    def say(self, post: Callable[[Server], None]) -> None:
        """To be called with the server, until it does not raise Unavailable."""
        self._posts.append(post)

    def run(self) -> None:
        while not self._closing.is_set():
            self._closing.wait(self._step())

    def close(self) -> None:
        self._closing.set()
        self.join()

    def drain(self, is_over: Callable[[float], bool]) -> bool:
        """Deliver all that is left; `is_over(seconds)` waits, and says whether to give up. -> whether it is done."""
        self._flush(now=True)
        while not self._is_done:
            if is_over(self._step()):
                return False
            self._flush(now=True)
        return True

    @property
    def _is_done(self) -> bool:
        return not self._posts and all(spool.is_empty for spool in self._spools.values())

    def _flush(self, *, now: bool) -> None:
        for spool in self._spools.values():
            spool.flush(now=now)

    def _step(self) -> float:
        """-> seconds to wait before the next one."""
        try:
            self._post_all()
            self._flush(now=False)
            more = sum(self._send_fragments(kind, spool) for kind, spool in self._spools.items())
        except Unavailable as error:
            return self._patience.after(error)
        finally:
            for spool in self._spools.values():
                spool.note()
        self._patience.well()
        return 0 if more or self._posts else _IDLE

    def _post_all(self) -> None:
        while self._posts:
            try:
                self._posts[0](self._server)
            except Refused as error:
                log.warning("Not taken: %s", error)
            self._posts.popleft()

    def _send_fragments(self, kind: str, spool: OutputSpool) -> bool:
        """-> whether there are more."""
        for count, fragment in enumerate(spool.unsent()):
            if count == AT_ONCE:
                return True
            try:
                self._server.post_fragment(self._job_id, kind, fragment)
            except Refused as error:
                log.warning("Output of job %s is not taken: %s", self._job_id, error)
        return False
