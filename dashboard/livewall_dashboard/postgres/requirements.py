"""What livewall needs of a Postgres that is not its own, and what to do about what lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from livewall_dashboard.postgres.database import OPTIONS_SEEN, conninfo

_LOOK = """
SELECT current_user AS role, current_database() AS database, current_schema() AS schema,
       current_setting('search_path') AS search_path,
       pg_encoding_to_char((SELECT encoding FROM pg_database WHERE datname = current_database())) AS encoding,
       current_setting('transaction_read_only')::boolean AS read_only,
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting(%(seen)s, true) AS options_seen,
       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create,
       to_regclass('migration') IS NOT NULL AS has_schema,
       (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'migration' AND c.relkind = 'r'
          AND EXISTS (SELECT FROM pg_class r WHERE r.relname = 'run' AND r.relnamespace = c.relnamespace)
        ORDER BY n.nspname LIMIT 1) AS tables_in,
       (SELECT pg_get_userbyid(c.relowner) FROM pg_class c
        WHERE c.oid = to_regclass('run') AND NOT pg_has_role(c.relowner, 'USAGE')) AS owner,
       (SELECT has_table_privilege(c.oid, 'INSERT, UPDATE') FROM pg_class c WHERE c.oid = to_regclass('run'))
           AS may_write
"""
OWN_ADDRESS = "Give livewall the address of Postgres itself; it has a pool of its own"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Lack:
    """`stops`: the wall does not start with it. `passes`: it may go away by itself."""

    text: str
    stops: bool = True
    passes: bool = False


def lacks(connection: psycopg.Connection[Any], url: str, *, changes: Callable[[], bool]) -> Iterator[Lack]:
    """What this database lacks, the worst first. `changes()`: whether the schema has to be made or changed."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        found: Any = cursor.execute(_LOOK, {"seen": OPTIONS_SEEN}).fetchone()
    if found.options_seen is None:
        yield Lack(f"a pooler in between drops the settings that livewall sends. {OWN_ADDRESS}")
        return
    if _is_shared(connection, url):
        yield Lack(
            f"a pooler in between (pgbouncer with pool_mode = transaction) lends each transaction another session, so "
            f"that two walls could record at once. {OWN_ADDRESS}"
        )
        return
    if found.schema is None:
        yield Lack(
            f"no schema of the search path ({found.search_path or 'it is empty'}) is there. As its owner: "
            f'ALTER ROLE "{found.role}" SET search_path = public'
        )
    elif found.tables_in and not found.has_schema:
        yield Lack(
            f'the history is in the schema "{found.tables_in}", which is not in the search path ({found.search_path}). '
            f'As its owner: ALTER ROLE "{found.role}" SET search_path = "{found.tables_in}"'
        )
    elif found.read_only:
        yield Lack("it is read-only: a standby, or default_transaction_read_only is on for it or its role", passes=True)
    elif found.may_write is False:
        yield Lack(
            f'the role "{found.role}" may not write into its tables, which are "{found.owner}"\'s. Use that role, or '
            "give rights as config/postgresql/roles.sql does"
        )
    elif (is_to_change := changes()) and not found.may_create:
        yield Lack(
            f'the role "{found.role}" may not create tables in its schema "{found.schema}". As a superuser: '
            f'ALTER DATABASE "{found.database}" OWNER TO "{found.role}"'
        )
    elif is_to_change and found.owner:
        yield Lack(f'its tables are "{found.owner}"\'s, who has to call `livewall migrate`, not "{found.role}"')
    if found.encoding != "UTF8":
        yield Lack(
            f"its encoding is {found.encoding}, and names and messages of tests are UTF-8: what does not fit is "
            "refused or damaged. Make one with createdb --encoding UTF8 --template template0",
            stops=not found.has_schema,
        )
    if found.synchronous_commit == "off":
        yield Lack(
            "synchronous_commit is off: what the wall has acknowledged is lost where Postgres's machine fails",
            stops=False,
        )


def _is_shared(connection: psycopg.Connection[Any], url: str) -> bool:
    """Whether the next transaction may be in another session.

    A pooler has made up the number of its process that it told us. So do others who do keep sessions apart; who does
    not, gives our session to somebody else while we need none.
    """
    own = _process(connection)
    if own == connection.info.backend_pid:
        return False
    for _ in range(_TRIES):
        connection.commit()
        with psycopg.connect(conninfo(url)) as other:
            theirs = _process(other)
            if theirs == own or _process(connection) != own:
                return True
    return False


def _process(connection: psycopg.Connection[Any]) -> int:
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        row: Any = cursor.execute("SELECT pg_backend_pid() AS pid").fetchone()
    return int(row.pid)
