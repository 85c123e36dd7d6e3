"""Connections to Postgres: a bounded pool for many short statements, and one writer for bulk work.

The pool's connections wait with psycopg's default wait function, which is cooperative when the server runs on green
threads (the server's entry point sees to that before psycopg is imported). The writer's wait in C and therefore block
their thread: everything a writer does goes through `Database.offload`, which in a green server is a real OS thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
import psycopg
from psycopg import errors as pg
from psycopg import waiting
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row
from psycopg.types.json import set_json_dumps
from psycopg_pool import ConnectionPool, PoolTimeout

from livewall_dashboard.base.errors import Misconfigured, Unavailable
from livewall_dashboard.base.offload import Offload, call_directly

T = TypeVar("T")
Row = dict[str, Any]

POOL_SIZE = 8
POOL_PATIENCE = 5.0
"""Seconds a request waits for a connection before it is told to come back."""
STATEMENT_TIMEOUT = 20.0
"""Seconds a statement of the pool may take."""
RETRY_AFTER = 2
"""Seconds a caller is asked to wait while Postgres is away."""

RECORDING_LOCK = 0x11FE_3A11
"""Key of the advisory lock that the one recording dashboard of a database holds."""

set_json_dumps(msgspec.json.encode)  # several times as fast, and each commit carries a state of each process

_REASONS_WITHOUT_SECRETS = ("invalid URI query parameter", "invalid connection option")
_PORTS = re.compile(r"[0-9,]*")

_KEEPALIVE = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
# The server's side of the same: a dashboard that vanished from the network gives its lock back within half a minute.
_SERVER_KEEPALIVE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"


class Writer(psycopg.Connection[Any]):
    """A connection that waits in C: several times faster for bulk work, and it blocks its OS thread."""

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        if not hasattr(waiting, "wait_c"):  # psycopg without its C extension
            return super().wait(gen, *args, **kwargs)
        if not args:
            kwargs.setdefault("interval", 0.1)
        return waiting.wait_c(gen, self.pgconn.socket, *args, **kwargs)


class Database:
    """The database at `url` (anything libpq takes). Connects at the first use; `close` it after the last.

    `offload(function, *args)` runs a blocking function where it may block and returns what it returns.
    """

    def __init__(self, url: str, *, offload: Offload = call_directly):
        self.url = url
        self.offload = offload
        self._pool: ConnectionPool[psycopg.Connection[Row]] = ConnectionPool(
            conninfo(url, f"-c statement_timeout={int(STATEMENT_TIMEOUT * 1000)}"),
            kwargs={"autocommit": True, "row_factory": dict_row},
            min_size=1,
            max_size=POOL_SIZE,
            timeout=POOL_PATIENCE,
            reconnect_timeout=4.0,  # given up sooner than that is tried again at the next request
            max_idle=300.0,
            check=ConnectionPool.check_connection,
            open=False,
            name="livewall",
        )

    def open(self) -> None:
        """Start connecting now; does not wait for Postgres to be there."""
        self._pool.open(wait=False)

    def close(self) -> None:
        """Close all connections; the database cannot be used any more."""
        self._pool.close()

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[Row]]:
        """A connection of the pool in autocommit mode whose rows are dicts.

        Raises `Unavailable` where Postgres is away or too slow; other errors of SQL pass through.
        """
        with unavailable_when_away():
            self._pool.open(wait=False)
            with self._pool.connection() as connection:
                yield connection

    def connect_writer(self) -> Writer:
        """A new connection for bulk work. Connecting is cooperative; use the connection through `offload` alone."""
        return Writer.connect(conninfo(self.url, "-c idle_in_transaction_session_timeout=60000"))


def conninfo(url: str, options: str = "") -> str:
    """The connection string for `url` with this program's settings. Raises `Misconfigured` for a malformed one."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error as error:
        reason = str(error).strip()
        # Whatever else libpq says of a URL quotes it, and with it the password.
        raise _malformed(reason if reason.startswith(_REASONS_WITHOUT_SECRETS) else "") from None
    if "@" in str(given.get("host", ""))[1:] or not _PORTS.fullmatch(str(given.get("port", ""))):
        raise _malformed()  # part of a password stands there, and libpq would quote it when it connects
    settings = " ".join(filter(None, [str(given.get("options") or ""), "-c TimeZone=UTC", _SERVER_KEEPALIVE, options]))
    merged = {"application_name": "livewall", **_KEEPALIVE, **given, "options": settings, "client_encoding": "UTF8"}
    return make_conninfo("", **merged)


def _malformed(reason: str = "") -> Misconfigured:
    return Misconfigured(
        f"The database URL cannot be read{reason and ': ' + reason}. It is like postgresql://user@host:5432/name; "
        "what is special in a password is percent-encoded there: @ is %40, / is %2F."
    )


@contextmanager
def unavailable_when_away() -> Iterator[None]:
    """Turns psycopg's errors of the connection and the server into `Unavailable`."""
    try:
        yield
    except (pg.QueryCanceled, PoolTimeout) as error:
        raise unavailable("The database did not answer in time") from error
    except psycopg.Error as error:
        if not is_outage(error):
            raise
        raise unavailable("The database is away") from error


def unavailable(message: str) -> Unavailable:
    return Unavailable(f"{message}; try again in {RETRY_AFTER} s.", headers={"Retry-After": str(RETRY_AFTER)})


def is_outage(error: psycopg.Error) -> bool:
    """Whether Postgres is to blame for `error` and the same statement may succeed later.

    psycopg files "index row too large" and its kin (class 54), which the data are to blame for, under
    OperationalError, and a server that is read-only under InternalError.
    """
    if isinstance(error, psycopg.OperationalError):
        return (error.sqlstate or "")[:2] != "54"
    return isinstance(error, (psycopg.InterfaceError, pg.ReadOnlySqlTransaction))
