"""Tokens in a real Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from livewall_dashboard.errors import BadRequest, Conflict, NotFound, Unavailable
from livewall_dashboard.tokens import GRANTS, RANDOM_BYTES, REFRESH_AFTER, TOUCH_AFTER, TokenStore


class Clock:
    """A clock the test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Breakable:
    """A pool whose line to Postgres can be cut."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self.broken = False
        self.lent = 0

    def connection(self) -> Any:
        self.lent += 1
        if self.broken:
            raise psycopg.OperationalError("connection refused")
        return self._pool.connection()


@pytest.fixture
def database(database_url: str) -> Iterator[Breakable]:
    with ConnectionPool(database_url, min_size=1, max_size=2) as pool:
        yield Breakable(pool)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(database: Breakable, clock: Clock) -> TokenStore:
    return TokenStore(database, clock)


def test_a_token_is_shown_once_and_found_by_itself(tokens: TokenStore) -> None:
    text = tokens.create("wall in room 3", "read")
    found = tokens.find(text)
    assert found is not None
    assert (found.name, found.scope) == ("wall in room 3", "read")
    assert text.startswith("lw_")
    assert RANDOM_BYTES * 8 >= 128
    assert tokens.find(text + "0") is None
    assert tokens.find("") is None


def test_no_two_tokens_are_alike(tokens: TokenStore) -> None:
    assert len({tokens.create(f"node {number}", "ingest") for number in range(50)}) == 50


def test_a_dump_of_the_table_contains_no_token(tokens: TokenStore, database_url: str) -> None:
    text = tokens.create("node", "ingest")
    with psycopg.connect(database_url) as connection:
        dump = str(connection.execute("SELECT t::text, encode(sha256, 'escape') FROM token t").fetchall())
    assert text not in dump
    assert text.removeprefix("lw_") not in dump


def test_a_revoked_token_is_refused_at_once_here_and_soon_elsewhere(
    tokens: TokenStore, database: Breakable, clock: Clock
) -> None:
    text = tokens.create("node", "ingest")
    elsewhere = TokenStore(database, clock)
    assert elsewhere.find(text) is not None
    tokens.revoke("node")
    assert tokens.find(text) is None
    clock.now += REFRESH_AFTER
    assert elsewhere.find(text) is None


def test_a_new_token_opens_soon_elsewhere(tokens: TokenStore, database: Breakable, clock: Clock) -> None:
    elsewhere = TokenStore(database, clock)
    assert elsewhere.find("lw_nothing") is None
    text = tokens.create("node", "ingest")
    clock.now += REFRESH_AFTER
    assert elsewhere.find(text) is not None


def test_guessing_costs_the_database_nothing(tokens: TokenStore, database: Breakable) -> None:
    tokens.find("lw_first")
    before = database.lent
    for number in range(100):
        assert tokens.find(f"lw_{number}") is None
    assert database.lent == before


def test_while_postgres_is_away_known_tokens_go_on(tokens: TokenStore, database: Breakable, clock: Clock) -> None:
    text = tokens.create("node", "ingest")
    assert tokens.find(text) is not None
    database.broken = True
    clock.now += 3600
    assert tokens.find(text) is not None
    assert tokens.find("lw_unknown") is None


def test_a_dashboard_that_never_saw_postgres_says_so(tokens: TokenStore, database: Breakable, clock: Clock) -> None:
    database.broken = True
    with pytest.raises(Unavailable):
        tokens.find("lw_anything")
    database.broken = False
    clock.now += REFRESH_AFTER
    assert tokens.find("lw_anything") is None


def test_the_last_use_is_noted(tokens: TokenStore, clock: Clock) -> None:
    text = tokens.create("node", "ingest")
    tokens.create("drawer", "ingest")
    tokens.find(text)
    clock.now += REFRESH_AFTER
    tokens.find(text)
    used, unused = tokens.list()
    assert used.last_used_at is not None
    assert unused.last_used_at is None
    clock.now += TOUCH_AFTER
    tokens.find(text)
    clock.now += REFRESH_AFTER
    tokens.find(text)
    again = tokens.list()[0].last_used_at
    assert again is not None
    assert again > used.last_used_at


def test_the_list_has_the_revoked_ones_too(tokens: TokenStore) -> None:
    for scope in GRANTS:
        tokens.create(f"for {scope}", scope)
    tokens.revoke("for admin")
    listed = tokens.list()
    assert [token.scope for token in listed] == list(GRANTS)
    assert [token.name for token in listed if token.revoked_at] == ["for admin"]


@pytest.mark.parametrize(
    ("name", "scope"), [("", "read"), ("  ", "read"), ("a\nb", "read"), ("x" * 101, "read"), ("a", "root")]
)
def test_a_bad_name_or_scope_is_refused(tokens: TokenStore, name: str, scope: str) -> None:
    with pytest.raises(BadRequest):
        tokens.create(name, scope)


def test_a_name_is_used_once_even_after_its_end(tokens: TokenStore) -> None:
    tokens.create("node", "ingest")
    with pytest.raises(Conflict, match="another name"):
        tokens.create("node", "read")
    tokens.revoke("node")
    with pytest.raises(Conflict):
        tokens.create("node", "ingest")


def test_revoking_what_is_not_there_is_said(tokens: TokenStore) -> None:
    with pytest.raises(NotFound, match="nobody"):
        tokens.revoke("nobody")


def test_revoking_twice_keeps_the_first_time(tokens: TokenStore) -> None:
    tokens.create("node", "ingest")
    tokens.revoke("node")
    first = tokens.list()[0].revoked_at
    tokens.revoke("node")
    assert tokens.list()[0].revoked_at == first
