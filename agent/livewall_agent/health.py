"""Whether an instance answers, and a port for it to answer on."""

from __future__ import annotations

import socket
from http.client import HTTPConnection, HTTPException

WITHIN = 20.0
"""Seconds for an answer: the first page of a large application takes its time."""
MOST_UNANSWERED = 3
"""Questions in a row that are not answered well before one that runs is ended, however long each took."""
_PLACES = ("127.0.0.1", "::1")


class Health:
    """What one that runs made of the questions to it. Times are of `time.monotonic`."""

    def __init__(self) -> None:
        self._unanswered = 0
        self.trouble = ""
        self.unhealthy_since: float | None = None
        """When it was asked first of those times in a row that there was no good answer."""

    def note(self, trouble: str, asked_at: float) -> None:
        """`trouble`: of the answer to the question of that time, "" for a good one."""
        self.trouble = trouble
        self._unanswered = self._unanswered + 1 if trouble else 0
        if not trouble:
            self.unhealthy_since = None
        elif self.unhealthy_since is None:
            self.unhealthy_since = asked_at

    def why_end_it(self, now: float, patience: float) -> str:
        """For people; "" as long as it may be slow, or busy with a restart of its own: for so many seconds."""
        if self.unhealthy_since is None or self._unanswered < MOST_UNANSWERED:
            return ""
        seconds = now - self.unhealthy_since
        return f"it was unhealthy for {seconds:.0f} s ({self.trouble})" if seconds >= patience else ""


def free_port() -> int:
    """One that the kernel gives; somebody else may be faster to use it."""
    with socket.socket() as asked:
        asked.bind(("", 0))
        port: int = asked.getsockname()[1]
        return port


def trouble(port: int, path: str) -> str:
    """Why it is not well, for people; "" where it answers with a status of 2xx or 3xx."""
    found: list[str] = []
    for place in _PLACES:
        found.append(_trouble(place, port, path))
        if not found[-1]:
            return ""
    return next((each for each in found if "answers" in each), found[0])


def _trouble(place: str, port: int, path: str) -> str:
    connection = HTTPConnection(place, port, timeout=WITHIN)
    try:
        connection.request("GET", path, headers={"Connection": "close", "User-Agent": "livewall-agent"})
        status = connection.getresponse().status
    except (OSError, HTTPException, ValueError) as error:
        return f"GET {path} has no answer: {str(error) or type(error).__name__}"
    finally:
        connection.close()
    return "" if 200 <= status < 400 else f"GET {path} answers {status}"
