"""Connections to Postgres: a bounded pool for many short statements, and one writer for bulk work.

The pool's connections wait with psycopg's default wait function, which is cooperative when the server runs on green
threads (the server's entry point sees to that before psycopg is imported). The writer's wait in C and therefore block
their thread: everything a writer does goes through `Database.offload`, which in a green server is a real OS thread.
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator
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
LOCK_TIMEOUT = 2.0
"""Seconds a statement waits for what somebody else has locked. More than the second after which Postgres itself looks
for a deadlock, or ends an autovacuum that is in the way.
"""
GRACE = 2.0
"""Seconds after the server's own timeout until a server that says nothing at all is given up."""
CHECK_WITHIN = 3.0
"""Seconds a connection of the pool may take to show that it is alive."""
RETRY_AFTER = 2
"""Seconds a caller is asked to wait while Postgres is away."""

OPTIONS_SEEN = "livewall.options"
"""A setting of ours that is there where Postgres got those that we send."""

RECORDING_LOCK = 0x11FE_3A11
"""Key of the advisory lock that the one recording dashboard of a database holds."""

set_json_dumps(msgspec.json.encode)  # several times as fast, and each commit carries a state of each process

_REASONS_WITHOUT_SECRETS = ("invalid URI query parameter", "invalid connection option")
_PORTS = re.compile(r"[0-9,]*")
_URL = re.compile(r"postgres(?:ql)?://(.*)", re.DOTALL)

_KEEPALIVE = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
# What we rely on, whatever the database or the role says.
_SETTINGS = (
    f"-c {OPTIONS_SEEN}=on -c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex "
    "-c standard_conforming_strings=on -c extra_float_digits=1 -c default_transaction_isolation=read\\ committed "
    "-c array_nulls=on -c statement_timeout=0 -c lock_timeout=0 "
    "-c idle_session_timeout=0 -c idle_in_transaction_session_timeout=0"
)
# The server's side of the same: a dashboard that vanished from the network gives its lock back within half a minute.
_SERVER_KEEPALIVE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"


class NoAnswer(psycopg.OperationalError):
    """The server is connected, and silent: it is stopped, its disk hangs, or the network swallows what it says."""


class Connection(psycopg.Connection[Any]):
    """A connection that gives up a silent server: within `answer_within` seconds something must have come.

    The server's own timeouts end a statement that waits or works; they do not end one where the server itself stands.
    Raises `NoAnswer`, and is closed then.
    """

    answer_within = STATEMENT_TIMEOUT + GRACE

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        return super().wait(self._not_forever(gen), *args, **kwargs)

    @contextmanager
    def answering_within(self, seconds: float) -> Iterator[None]:
        """Another limit for the block."""
        before, self.answer_within = self.answer_within, seconds
        try:
            yield
        finally:
            self.answer_within = before

    def _not_forever(self, gen: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
        """The same conversation with libpq; whoever waits looks in every tenth of a second, also when nothing came."""
        silent_since = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                now = time.monotonic()
                if ready:
                    silent_since = now
                elif now - silent_since > self.answer_within:
                    self.pgconn.finish()
                    raise NoAnswer(f"the server has not answered for {now - silent_since:.0f} s")
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


class Writer(Connection):
    """A connection that waits in C: several times faster for bulk work, and it blocks its OS thread."""

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        if not hasattr(waiting, "wait_c"):  # psycopg without its C extension
            return super().wait(gen, *args, **kwargs)
        if not args:
            kwargs.setdefault("interval", 0.1)
        return waiting.wait_c(self._not_forever(gen), self.pgconn.socket, *args, **kwargs)


class Database:
    """The database at `url` (anything libpq takes). Connects at the first use; `close` it after the last.

    `offload(function, *args)` runs a blocking function where it may block and returns what it returns.
    """

    def __init__(self, url: str, *, offload: Offload = call_directly):
        self.url = url
        self.offload = offload
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            conninfo(url, _timeouts(STATEMENT_TIMEOUT)),
            connection_class=Connection,
            kwargs={"autocommit": True, "row_factory": dict_row},
            min_size=1,
            max_size=POOL_SIZE,
            timeout=POOL_PATIENCE,
            reconnect_timeout=4.0,  # given up sooner than that is tried again at the next request
            max_idle=300.0,
            check=_check,
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

    def connect_writer(self, statement_timeout: float = STATEMENT_TIMEOUT) -> Writer:
        """A new connection for bulk work, whose statements may take so many seconds each.

        Connecting is cooperative; use the connection through `offload` alone.
        """
        options = f"{_timeouts(statement_timeout)} -c idle_in_transaction_session_timeout=60000"
        writer = Writer.connect(conninfo(self.url, options))
        writer.answer_within = statement_timeout + GRACE
        return writer


def _timeouts(statement: float) -> str:
    return f"-c statement_timeout={int(statement * 1000)} -c lock_timeout={int(LOCK_TIMEOUT * 1000)}"


def _check(connection: Connection) -> None:
    """Raises psycopg.Error for a connection that is none any more."""
    with connection.answering_within(CHECK_WITHIN):
        ConnectionPool.check_connection(connection)


def conninfo(url: str, options: str = "") -> str:
    """The connection string for `url` with this program's settings. Raises `Misconfigured` for a malformed one."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error as error:
        reason = str(error).strip()
        # Whatever else libpq says of a URL quotes it, and with it the password.
        is_harmless = reason.startswith(_REASONS_WITHOUT_SECRETS) and "@" not in _after_user(url)
        raise _malformed(reason if is_harmless else "") from None
    if _is_torn(url) or "@" in str(given.get("host", ""))[1:] or not _PORTS.fullmatch(str(given.get("port", ""))):
        raise _malformed()  # part of a password stands there, and libpq would quote it when it connects
    settings = " ".join(filter(None, [str(given.get("options") or ""), _SETTINGS, _SERVER_KEEPALIVE, options]))
    merged = {"application_name": "livewall", **_KEEPALIVE, **given, "options": settings, "client_encoding": "UTF8"}
    return make_conninfo("", **merged)


def _after_user(url: str) -> str:
    """What libpq takes for host, name and options of a URL; nothing of what is no URL."""
    found = _URL.match(url)
    if found is None:
        return ""
    user, at, rest = found[1].partition("@")
    return rest if at and "/" not in user else found[1]


def _is_torn(url: str) -> bool:
    """Whether a special character of a password ended it too early, so that its rest counts as a host or a name."""
    place = _after_user(url).partition("?")[0]
    return "@" in place or place.count("/") > 1


def _malformed(reason: str = "") -> Misconfigured:
    return Misconfigured(
        f"The database URL cannot be read{reason and ': ' + reason}. It is like postgresql://user@host:5432/name; "
        "what is special in a password is percent-encoded there: @ is %40, / is %2F, # is %23, % is %25, ? is %3F."
    )


@contextmanager
def unavailable_when_away() -> Iterator[None]:
    """Turns psycopg's errors of the connection and the server into `Unavailable`."""
    try:
        yield
    except (pg.QueryCanceled, PoolTimeout) as error:
        raise unavailable("The database did not answer in time") from error
    except pg.LockNotAvailable as error:
        raise unavailable("Somebody else has locked what this needs in the database") from error
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
