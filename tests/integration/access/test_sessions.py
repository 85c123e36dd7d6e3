"""Browsers that are signed in, in a real Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest

from livewall_dashboard.access import sessions as sessions_module
from livewall_dashboard.access.sessions import LIFETIME, RETRY_AFTER, SessionStore
from livewall_dashboard.access.tokens import Token, TokenStore
from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.postgres.database import Database


class Clock:
    """A clock and a calendar, which the test moves."""

    seconds = 1000.0
    moment = datetime(2026, 5, 4, 10, 0, tzinfo=timezone.utc)

    def now(self) -> datetime:
        return self.moment

    def __call__(self) -> float:
        return self.seconds


class Breakable:
    """A database whose line can be cut."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.broken = False
        self.lent = 0

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[Any]]:
        self.lent += 1
        if self.broken:
            raise Unavailable("Postgres is away.")
        with self._database.connection() as connection:
            yield connection


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(database_url: str) -> Iterator[Breakable]:
    database = Database(database_url)
    yield Breakable(database)
    database.close()


@pytest.fixture
def tokens(database: Breakable, clock: Clock) -> TokenStore:
    return TokenStore(database, clock, clock.now)


@pytest.fixture
def sessions(database: Breakable, tokens: TokenStore, clock: Clock) -> SessionStore:
    return SessionStore(database, tokens, clock, clock.now)


def make(tokens: TokenStore, name: str = "Ada", **options: Any) -> Token:
    token = tokens.find(tokens.create(name, "read", **options))
    assert token is not None
    return token


def rows(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*) FROM session").fetchone()
    assert row is not None
    return int(row[0])


def test_it_leads_to_its_token_and_survives_a_restart(
    database: Breakable, sessions: SessionStore, tokens: TokenStore, clock: Clock
) -> None:
    ada, bob = make(tokens), make(tokens, "Bob")
    first, ends_at = sessions.begin(ada)
    second, _ = sessions.begin(bob)
    assert first.startswith("lws_")
    assert ends_at == clock.moment + LIFETIME
    assert [sessions.find(text) for text in (first, second)] == [ada, bob]
    assert sessions.find(first + "0") is None
    assert sessions.find("") is None
    again = SessionStore(database, tokens, clock, clock.now)
    assert [again.find(text) for text in (first, second)] == [ada, bob]


def test_it_ends_by_signing_out_here_and_after_a_restart(
    database: Breakable, sessions: SessionStore, tokens: TokenStore, clock: Clock
) -> None:
    text, _ = sessions.begin(make(tokens))
    other, _ = sessions.begin(make(tokens, "Bob"))
    sessions.end(text)
    sessions.end(text)
    sessions.end("lws_unknown")
    assert sessions.find(text) is None
    again = SessionStore(database, tokens, clock, clock.now)
    assert again.find(text) is None
    assert again.find(other) is not None


def test_it_ends_with_its_token(sessions: SessionStore, tokens: TokenStore, clock: Clock) -> None:
    revoked, _ = sessions.begin(make(tokens, "revoked"))
    expiring, ends_at = sessions.begin(make(tokens, "expiring", expires_at=clock.moment + timedelta(days=1)))
    assert ends_at == clock.moment + timedelta(days=1)
    tokens.revoke("revoked")
    assert sessions.find(revoked) is None
    assert sessions.find(expiring) is not None
    clock.moment += timedelta(days=1)
    assert sessions.find(expiring) is None


def test_it_ends_by_its_age_and_its_row_is_used_again(
    sessions: SessionStore, tokens: TokenStore, clock: Clock, database_url: str
) -> None:
    ada = make(tokens)
    text, _ = sessions.begin(ada)
    clock.moment += LIFETIME - timedelta(seconds=1)
    assert sessions.find(text) == ada
    clock.moment += timedelta(seconds=1)
    assert sessions.find(text) is None
    again, _ = sessions.begin(ada)
    assert sessions.find(again) == ada
    assert rows(database_url) == 1


def test_of_too_many_the_one_not_seen_for_the_longest_time_ends(
    sessions: SessionStore, tokens: TokenStore, clock: Clock, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setattr(sessions_module, "MAX_SESSIONS", 3)
    ada = make(tokens)
    texts = []
    for _ in range(3):
        texts.append(sessions.begin(ada)[0])
        clock.moment += timedelta(minutes=1)
    assert sessions.find(texts[0]) == ada  # a screen that looks all the time
    clock.moment += timedelta(minutes=1)
    texts.append(sessions.begin(ada)[0])
    assert [sessions.find(text) is not None for text in texts] == [True, False, True, True]
    assert rows(database_url) == 3


def test_while_postgres_is_away_known_ones_go_on_and_asking_costs_nothing(
    database: Breakable, sessions: SessionStore, tokens: TokenStore
) -> None:
    text, _ = sessions.begin(make(tokens))
    database.broken = True
    lent = database.lent
    assert sessions.find(text) is not None
    assert [sessions.find(f"lws_{number}") for number in range(100)] == [None] * 100
    assert database.lent == lent


def test_a_dashboard_that_never_saw_postgres_says_so_at_once(
    database: Breakable, sessions: SessionStore, tokens: TokenStore, clock: Clock
) -> None:
    text, _ = sessions.begin(make(tokens))
    starting = SessionStore(database, tokens, clock, clock.now)
    database.broken = True
    lent = database.lent
    for _ in range(10):
        with pytest.raises(Unavailable):
            starting.find(text)
    assert database.lent == lent + 1, "one try each two seconds keeps a request waiting"
    database.broken = False
    clock.seconds += RETRY_AFTER
    assert starting.find(text) is not None
