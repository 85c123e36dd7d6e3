"""The search as CSV looks through the whole history, and no longer than somebody waits for it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import sql

from support.dashboard import Dashboard, Mode
from support.reporter import Reporter, T
from support.waiting import wait_for

FAILURES = 20_000
SLOW = """CREATE FUNCTION lower(text) RETURNS text LANGUAGE plpgsql AS
'BEGIN PERFORM pg_sleep(0.005); RETURN pg_catalog.lower($1); END'"""
"""Each message takes 5 ms to be looked through: all of them more than 100 s."""
FILL = """INSERT INTO result SELECT (jsonb_populate_record(result, jsonb_build_object('seq', n, 'id', 's1-t' || n))).*
FROM result, generate_series(1001, 1000 + %s) n"""
LOOKING = """SELECT query_start FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%folded%' AND state = 'active'"""
QUIET = 3.0
"""Seconds without a look after which none follows: the next page is asked for at once."""


@pytest.mark.parametrize("mode", ["eventlet", "threading", "gunicorn"])
def test_a_reader_who_hangs_up_ends_the_search(
    make_dashboard: Callable[..., Dashboard], database_url: str, mode: Mode
) -> None:
    wall = make_dashboard(mode=mode).start()
    Reporter(wall.request).run([T("Hold", "FAIL", "Stuck")])
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(FILL, [FAILURES])
        connection.execute(SLOW)
        change = sql.SQL("ALTER DATABASE {} SET search_path = public, pg_catalog")
        connection.execute(change.format(sql.Identifier(connection.info.dbname)))
        wall.restart()

        def look() -> tuple[Any, ...] | None:
            """When the look began that goes on."""
            return connection.execute(LOOKING).fetchone()

        def has_ended() -> bool:
            until = time.monotonic() + QUIET
            while time.monotonic() < until:
                if look():
                    return False
                time.sleep(0.05)
            return True

        with socket.create_connection(("127.0.0.1", wall.port)) as line:
            line.sendall(b"GET /api/v1/search.csv?q=nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            first = wait_for(look, what="the search to begin")
            wait_for(lambda: look() not in (None, first), what="its second page")
            assert not has_ended(), "somebody waits for it"
        wait_for(has_ended, 30.0, "the search to end with its reader")
