"""Why nothing is recorded, for people; said once for each kind of trouble, which may fail anew all night."""

from __future__ import annotations

import logging

import psycopg
from psycopg import errors as pg

from livewall_dashboard.base.errors import Misconfigured

log = logging.getLogger(__name__)

_KINDS: dict[type[Exception], str] = {
    pg.ReadOnlySqlTransaction: "Postgres is read-only",
    pg.DiskFull: "Postgres has no room left on its disk",
}


class Trouble:
    """`reason` is the last one, without our statements and the address of the database."""

    def __init__(self) -> None:
        self.reason = "Postgres has not answered yet"
        self._told = ""

    @property
    def is_told(self) -> bool:
        """The log speaks of it, and of no end yet."""
        return bool(self._told)

    def note(self, error: Exception) -> None:
        self.reason = _reason_of(error)
        if not isinstance(error, (psycopg.Error, Misconfigured)):
            log.error("The recorder failed; it goes on with a new connection.", exc_info=error)
        elif self.reason != self._told:
            self._told = self.reason
            detail = f" ({_first_line(error)})" if isinstance(error, psycopg.Error) else ""
            log.warning("Nothing is recorded: %s%s", self.reason, detail)

    def end(self) -> None:
        """Something is stored again."""
        if self._told:
            self._told = ""
            log.info("Recording again.")


def _reason_of(error: Exception) -> str:
    if isinstance(error, Misconfigured):
        return error.message.rstrip(".")
    for kind, words in _KINDS.items():
        if isinstance(error, kind):
            return words
    return "Postgres does not answer" if isinstance(error, psycopg.Error) else "The recorder failed, see the log"


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
