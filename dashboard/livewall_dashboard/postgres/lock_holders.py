"""Who has locked tables or rows of ours in Postgres, told such that an administrator finds them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import tuple_row

# Rows that are locked leave a mark on their table: RowShareLock or more. A dump has AccessShareLock on all.
# What others do is told to superusers and members of pg_monitor alone.
_HOLDERS = """
SELECT a.pid, a.application_name, a.usename, a.state, a.xact_start, count(*)
FROM pg_locks l
JOIN pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p')
    AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('run'))
JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid()
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (%(readers)s OR l.mode <> 'AccessShareLock')
GROUP BY a.pid, a.application_name, a.usename, a.state, a.xact_start
ORDER BY a.xact_start NULLS FIRST
LIMIT 1
"""


def holder_of_locks(connection: psycopg.Connection[Any], *, readers: bool = False) -> str:
    """Whose transaction has held locks on our tables for the longest, and how to end it; "" where there is none.

    `readers`: also of those that only read, who are in the way of a change of the schema.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(_HOLDERS, {"readers": readers}).fetchone()
    return _told(*row[:5]) if row else ""


def _told(pid: int, application: str | None, user: str | None, state: str | None, since: datetime | None) -> str:
    what = ", ".join(filter(None, [application or "no name", f"user {user}" if user else "", state]))
    begun = f" in a transaction begun at {since:%Y-%m-%d %H:%M:%S} UTC" if since else ""
    return (
        f"process {pid} of Postgres ({what}) holds locks on the tables{begun}. Let it finish, or end it with "
        f"SELECT pg_terminate_backend({pid})"
    )
