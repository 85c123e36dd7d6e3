"""Tokens in a real Postgres."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from livewall_dashboard.access.tokens import GRANTS, PATTERN, RANDOM_BYTES, REFRESH_AFTER, TOUCH_AFTER, TokenStore
from livewall_dashboard.base.errors import BadRequest, Conflict, NotFound, Unavailable

ROOT = Path(__file__).parents[3]


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


class Moment:
    """A calendar the test moves."""

    now = datetime(2026, 5, 4, 10, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def tokens(database: Breakable, clock: Clock, moment: Moment) -> TokenStore:
    return TokenStore(database, clock, moment)


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


def test_scanners_know_a_token_when_they_see_one(tokens: TokenStore) -> None:
    leaked = f"export LIVEWALL_TOKEN={tokens.create('node', 'ingest')}; robot tests/"
    assert re.findall(PATTERN, leaked) == [leaked.split("=")[1].split(";", maxsplit=1)[0]]
    documents = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("how-to-access.md",)]
    assert all(PATTERN in text for text in documents)


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


def test_a_token_ends_when_it_was_told_to(tokens: TokenStore, moment: Moment) -> None:
    text = tokens.create("guest", "read", expires_at=moment.now + timedelta(days=1))
    found = tokens.find(text)
    assert found is not None
    assert tokens.is_good(found.id)
    moment.now += timedelta(days=1, microseconds=-1)
    assert tokens.find(text) is not None
    moment.now += timedelta(microseconds=1)
    assert (tokens.find(text), tokens.get(found.id), tokens.is_good(found.id)) == (None, None, False)


def test_a_token_is_for_the_setups_it_was_made_for(tokens: TokenStore) -> None:
    bound = tokens.find(tokens.create("bound", "ingest", setups=["VM 1", "VM 2", "VM 1"]))
    free = tokens.find(tokens.create("free", "ingest"))
    assert bound is not None and free is not None
    assert bound.setups == ["VM 1", "VM 2"]
    assert [bound.may_write(setup) for setup in ("VM 1", "VM 2", "VM 3", "vm 1", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert free.may_write("VM 3")
    assert [token.setups for token in tokens.list()] == [["VM 1", "VM 2"], None]


@pytest.mark.parametrize(
    ("scope", "options"),
    [
        ("read", {"setups": ["VM 1"]}),
        ("builds", {"setups": ["VM 1"]}),
        ("ingest", {"setups": [" "]}),
        ("ingest", {"setups": ["x" * 1001]}),
        ("ingest", {"setups": ["a\0b"]}),
        ("ingest", {"expires_at": datetime(2020, 1, 1, tzinfo=timezone.utc)}),
    ],
)
def test_bounds_that_make_no_sense_are_refused(tokens: TokenStore, scope: str, options: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        tokens.create("x", scope, **options)
    assert tokens.list() == []


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
