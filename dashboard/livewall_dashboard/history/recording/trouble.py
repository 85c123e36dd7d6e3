"""Why nothing is recorded, for people."""

from __future__ import annotations

import logging

import psycopg
from psycopg import errors as pg

from livewall_dashboard.base.complaint import Complaint
from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.postgres.database import NoAnswer

log = logging.getLogger(__name__)

_KINDS: dict[type[Exception], str] = {
    pg.ReadOnlySqlTransaction: "Postgres is read-only",
    pg.DiskFull: "Postgres has no room left on its disk",
    pg.LockNotAvailable: "The tables of results are locked",
    pg.QueryCanceled: "Postgres takes too long to store anything",
    NoAnswer: "Postgres is connected, and says nothing",
    pg.InsufficientPrivilege: "Postgres does not permit what has to be stored",
}


class Trouble:
    """`reason` is the last one, without our statements and the address of the database."""

    def __init__(self) -> None:
        self.reason = "Postgres has not answered yet"
        self._complaint = Complaint(log)

    @property
    def is_told(self) -> bool:
        """The log speaks of it, and of no end yet."""
        return self._complaint.is_open

    def note(self, error: Exception, holder: str = "") -> None:
        """`holder`: who has locked what we need."""
        self.reason = _reason_of(error)
        if holder:
            self.reason += f": {holder}"
        if not isinstance(error, (psycopg.Error, Misconfigured)):
            log.error("The recorder failed; it goes on with a new connection.", exc_info=error)
            return
        detail = f" ({_first_line(error)})" if isinstance(error, psycopg.Error) and not holder else ""
        self._complaint.say(f"Nothing is recorded: {self.reason}{detail}")

    def end(self) -> None:
        """Something is stored again."""
        self._complaint.end("Recording again")


def _reason_of(error: Exception) -> str:
    if isinstance(error, Misconfigured):
        return error.message.rstrip(".")
    for kind, words in _KINDS.items():
        if isinstance(error, kind):
            return words
    return "Postgres does not answer" if isinstance(error, psycopg.Error) else "The recorder failed, see the log"


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
