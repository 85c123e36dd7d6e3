"""Postgres goes away and comes back, the dashboard dies at any moment: nothing acknowledged is lost or stored twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from livewall_dashboard.base.errors import Misconfigured, Unavailable
from livewall_dashboard.history.recording import recorder as recording
from livewall_dashboard.history.recording.model import Delivery
from livewall_dashboard.history.recording.pending import Pending
from livewall_dashboard.history.store import Store
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.postgres.migrations import migrate
from support.history_lab import PATIENCE, RECEIVED, Lab, end_process, end_test
from support.postgres import Databases, Postgres
from support.waiting import wait_for

pytestmark = pytest.mark.any_python


@pytest.fixture
def away_lab(own_postgres: Postgres, make_lab: Callable[[str], Lab]) -> Lab:
    """A lab on a server of its own."""
    url = Databases(own_postgres.url).create()
    migrate(url)
    return make_lab(url)


def ids(lab: Lab) -> list[str]:
    return [row["id"] for row in lab.rows("SELECT id FROM result ORDER BY seq")]


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgres_stops_and_comes_back(
    away_lab: Lab, own_postgres: Postgres, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    lab = away_lab
    process = lab.process()
    process.tell(end_test("s1-t1"))
    own_postgres.stop(mode)
    late = process.delivery(end_test("s1-t2"), end_test("s1-t3"))
    resend(lab, late, until=lambda: not lab.recorder.available)
    assert lab.recorder.pending == 0, "what nobody can store is not kept in memory"
    assert process.committed(3) == 1, "who waits is told at once"
    with monkeypatch.context() as hasty:
        hasty.setattr(lab.database._pool, "timeout", 0.2)
        for refused in (process.register, Store(lab.database).setups, lab.recorder.open_runs):
            with pytest.raises(Unavailable) as caught:
                refused()
            assert int(caught.value.headers["Retry-After"]) > 0
    own_postgres.start()
    wait_for(lambda: lab.recorder.available, what="the recorder to come back")
    resend(lab, late, until=lambda: process.committed(3) == 3)
    assert wait_for(Store(lab.database).setups)
    assert ids(lab) == ["s1-t1", "s1-t2", "s1-t3"]


def test_an_idle_recorder_notices_too(away_lab: Lab, own_postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "IDLE", 0.05)
    away_lab.process().tell(end_test())  # so that the shorter time is waited for from now on
    own_postgres.stop()
    wait_for(lambda: not away_lab.recorder.available, what="the recorder to notice")


def test_a_runs_new_state_outlives_an_outage(away_lab: Lab, own_postgres: Postgres) -> None:
    lab = away_lab
    process = lab.process()
    process.tell(end_process())
    own_postgres.stop()
    lab.state("run-1", "abandoned")
    wait_for(lambda: not lab.recorder.available, what="the recorder to notice")
    lab.state("run-1", "finished")
    own_postgres.start()
    wait_for(lambda: lab.row("SELECT state FROM run")["state"] == "finished", what="the run to be finished")


def test_a_lost_connection_is_replaced(lab: Lab) -> None:
    process = lab.process()
    process.tell(end_test("s1-t1"))
    late = process.delivery(end_test("s1-t2"))
    lab.rows("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    resend(lab, late, until=lambda: process.committed(2) == 2)
    assert ids(lab) == ["s1-t1", "s1-t2"]
    assert Store(lab.database).setups()


def test_a_commit_whose_reply_was_lost_counts(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    process = lab.process()
    process.tell(end_test("s1-t1"))
    store = recording.store

    def store_and_lose(connection: Any, *rest: Any) -> Any:
        monkeypatch.setattr(recording, "store", store)
        store(connection, *rest)
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(recording, "store", store_and_lose)
    delivery = process.delivery(end_test("s1-t2"), end_test("s1-t3"))
    with lab.lock:
        lab.recorder.submit(delivery)
    wait_for(lambda: lab.recorder.available and lab.recorder.committed("run-1", "0") == 3, what="the cursor")
    resend(lab, delivery, until=lambda: process.committed(3) == 3)
    assert ids(lab) == ["s1-t1", "s1-t2", "s1-t3"]


def test_a_commit_cut_off_halfway_left_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """As kill -9 between COPY and COMMIT."""
    process = lab.process()
    process.tell(end_test("s1-t1", name="A"))
    lab.recorder.stop(PATIENCE)
    lab.recorder = lab.new_recorder()
    store = recording.store

    def cut(connection: Any, *rest: Any) -> Any:
        monkeypatch.setattr(recording, "store", store)
        with connection.transaction():
            store(connection, *rest)
            connection.close()
        raise psycopg.OperationalError("killed")

    monkeypatch.setattr(recording, "store", cut)
    lab.recorder.start()
    lab.recorder.open_runs()
    delivery = process.delivery(end_test("s1-t2", name="B"), end_test("s1-t3", name="A"))
    with lab.lock:
        lab.recorder.submit(delivery)
    assert process.committed(3) == 1
    resend(lab, delivery, until=lambda: process.committed(3) == 3)
    assert ids(lab) == ["s1-t1", "s1-t2", "s1-t3"]
    assert lab.row("SELECT count(*) FROM result r JOIN test t ON t.id = r.test_id") == {"count": 3}


def test_a_full_or_read_only_postgres_is_away(lab: Lab) -> None:
    """Nothing is refused for good that can be stored once there is room again."""
    process = lab.process()
    process.tell(end_test("s1-t1"))
    late = process.delivery(end_test("s1-t2"))
    with psycopg.connect(lab.database.url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')  # type: ignore[call-overload]
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        resend(lab, late, until=lambda: not lab.recorder.available)
        connection.execute("SET transaction_read_only = off")
        connection.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')  # type: ignore[call-overload]
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    resend(lab, late, until=lambda: process.committed(2) == 2)
    assert ids(lab) == ["s1-t1", "s1-t2"]


def test_one_dashboard_records_into_a_database(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "LOCK_PATIENCE", 0.2)
    second = Lab(Database(lab.database.url))
    try:
        with pytest.raises(Misconfigured, match="Another dashboard records into this database"):
            second.recorder.start()
        lab.process().tell(end_test())
        lab.recorder.stop(PATIENCE)
        second.recorder.start()
        assert second.recorder.available
    finally:
        second.recorder.stop(PATIENCE)
        second.database.close()


def test_it_starts_without_postgres_and_finds_it_later(own_postgres: Postgres, make_lab: Callable[[str], Lab]) -> None:
    url = Databases(own_postgres.url).create()
    migrate(url)
    own_postgres.stop()
    lab = make_lab(url)
    assert not lab.recorder.available
    own_postgres.start()
    wait_for(lambda: lab.recorder.available, what="the recorder to find Postgres")
    wait_for(lambda: lab.process("run-1").position, what="the pool to find Postgres")


def test_waiters_are_woken_when_their_event_is_stored_and_not_before(lab: Lab) -> None:
    process = lab.process()
    answers: list[int] = []
    with lab.lock:
        lab.recorder.submit(process.delivery(end_test("s1-t1"), end_test("s1-t2")))
        waiter = threading.Thread(target=lambda: answers.append(process.committed(2)))
        waiter.start()
        assert answers == []
    waiter.join(PATIENCE)
    assert answers == [2]
    assert lab.recorder.wait_committed("run-1", "0", 9, PATIENCE) == 2, "not on its way: not waited for"
    assert lab.recorder.wait_committed("nobody", "0", 1, PATIENCE) == 0


def resend(lab: Lab, delivery: Delivery, until: Callable[[], bool]) -> None:
    """What a node does: send again what was not acknowledged."""

    def send() -> bool:
        try:
            with lab.lock:
                lab.recorder.submit(delivery)
        except Unavailable:
            pass
        return until()

    wait_for(send, what="the recorder")


def test_a_dashboard_killed_at_random_moments(lab: Lab) -> None:
    """Each life of the recorder ends without a word; the node goes on from what the next one says."""
    process = lab.process()
    everything = [end_test(f"s1-t{number}", "FAIL" if number % 7 == 0 else "PASS") for number in range(1, 400)]
    position = 0
    for life in range(8):
        delivery = Delivery("run-1", "0", position + 1, everything[position : position + 90], RECEIVED)
        for start in range(0, len(delivery.events), 15):
            with lab.lock:
                lab.recorder.submit(delivery.part(start, start + 15))
        process.committed(position + 15 * (life % 3))
        _kill(lab)
        position = process.register().last_seq
    assert position > 0
    rows = lab.rows("SELECT id, seq, status FROM result ORDER BY seq")
    assert [row["seq"] for row in rows] == list(range(1, position + 1))
    assert [row["id"] for row in rows] == [event.id for event in everything[:position]]
    assert lab.row("SELECT passed + failed AS tests FROM run") == {"tests": position}


def _kill(lab: Lab) -> None:
    """What the server sees of a killed dashboard: its connections end."""
    dead = lab.recorder
    with lab.lock:
        dead._pending = Pending()
    writer = dead._writer
    if writer is not None:
        lab.rows("SELECT pg_terminate_backend(%s)", writer.info.backend_pid)
    dead._stopping.set()
    dead._work.set()
    assert dead._thread is not None
    dead._thread.join(PATIENCE)
    lab.recorder = lab.new_recorder()
    lab.recorder.start()
