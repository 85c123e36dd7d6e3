"""What is notified is heard, also after Postgres was away; while it is, nobody spins."""

from __future__ import annotations

import threading
from time import monotonic

import psycopg
import pytest

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.postgres.notifications import RETRY_AFTER, Listener
from support.postgres import Postgres
from support.waiting import wait_for


def notify(url: str, payload: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_notify('news', %s)", [payload])


def test_what_is_notified_is_heard_again_after_an_outage(own_postgres: Postgres) -> None:
    heard: list[str] = []
    listener = Listener(own_postgres.url, "news", heard.append)
    loop = Loop("listener", listener.work, listener.pause)
    loop.start()
    try:
        wait_for(lambda: listener.pause() == 0.0, what="it to listen")
        notify(own_postgres.url, "one")
        wait_for(lambda: heard == ["one"], what="the first to be heard")
        own_postgres.stop()
        wait_for(lambda: listener.pause() == RETRY_AFTER, what="the outage to be noticed")
        own_postgres.start()
        wait_for(lambda: listener.pause() == 0.0, what="it to listen again")
        notify(own_postgres.url, "two")
        wait_for(lambda: heard == ["one", "two"], what="the second to be heard")
        assert loop.trouble == ""
    finally:
        loop.stop()
        listener.close()


def test_while_postgres_is_away_each_try_says_so(own_postgres: Postgres) -> None:
    own_postgres.stop()
    listener = Listener(own_postgres.url, "news", threading.Event)
    begun = monotonic()
    with pytest.raises(Unavailable):
        listener.work()
    assert listener.pause() == RETRY_AFTER > 0 and monotonic() - begun < 20
