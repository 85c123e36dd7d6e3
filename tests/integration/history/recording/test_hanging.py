"""Postgres is there and stands still, as a whole or for one run: that is said soon, holds up nobody else, and heals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest

from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.history.recording import batch, put_off
from livewall_dashboard.history.recording import recorder as recording
from livewall_dashboard.history.recording.model import Delivery
from livewall_dashboard.history.store import Store
from livewall_dashboard.postgres import database
from livewall_dashboard.postgres.migrations import migrate
from livewall_listener import wire
from support.history_lab import RECEIVED, Lab, Process, correct_test, end_process, end_suite, end_test, start_suite
from support.postgres import Databases, Postgres
from support.waiting import wait_for

pytestmark = pytest.mark.any_python

QUICK = 0.4
"""Seconds in place of those that a real lock or statement is waited for."""


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCK_TIMEOUT", QUICK)
    monkeypatch.setattr(database, "GRACE", QUICK)
    monkeypatch.setattr(batch, "LOCKED_RUN_PATIENCE", QUICK / 4)
    monkeypatch.setattr(recording, "SHORTEST_PATIENCE", 3 * QUICK)
    monkeypatch.setattr(recording, "IDLE", QUICK)


@contextmanager
def held_by_somebody(lab: Lab, *statements: str) -> Iterator[int]:
    """A session that did this, and left its transaction open; -> its process."""
    with psycopg.connect(lab.database.url, application_name="careless") as session:
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]
        yield session.info.backend_pid
        session.rollback()


def send(lab: Lab, process: Process, *events: wire.Event) -> Callable[[], bool]:
    """What a node does: offers what is not acknowledged until it is; -> a try, which says whether it is stored."""
    delivery = process.delivery(*events)

    def attempt() -> bool:
        try:
            with lab.lock:
                lab.recorder.submit(delivery)
        except Unavailable:
            pass
        return lab.recorder.wait_committed(process.run, "0", delivery.last_seq, 5.0) >= delivery.last_seq

    return attempt


LOCKS = {
    "the row of its run": ("SELECT FROM run WHERE key = 'bad' FOR UPDATE", end_test("s1-t9")),
    "the row of its process": ("UPDATE process SET slot = 'x' WHERE run_id = 1", end_test("s1-t9")),
    "a result that is corrected": (
        "SELECT FROM result WHERE run_id = 1 FOR UPDATE",
        correct_test("s1-t1", "PASS", "FAIL"),
    ),
    "a suite that ends": ("SELECT FROM suite_result WHERE run_id = 1 FOR UPDATE", end_suite("s1")),
    "a name that is being added": (
        """INSERT INTO tag_set (digest, tags)
        VALUES (substring(sha256(convert_to('new' || chr(31), 'UTF8')) FOR 16), '["new"]')""",
        end_test("s1-t9", tags=["new"]),
    ),
}


@pytest.mark.parametrize(("lock", "event"), LOCKS.values(), ids=LOCKS)
def test_a_locked_row_holds_up_its_own_run_alone(
    lab: Lab, lock: str, event: wire.Event, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    bad, others = lab.process("bad"), [lab.process(f"good-{number}") for number in range(5)]
    bad.tell(start_suite("s1"), end_test("s1-t1"))
    with held_by_somebody(lab, lock) as pid:
        attempt = send(lab, bad, event)
        with lab.lock:  # one commit for all
            for other in others:
                lab.recorder.submit(other.delivery(end_test("s1-t1")))
        assert not attempt()
        for other in others:
            assert other.committed(1) == 1
        assert lab.recorder.available
        assert lab.recorder.runs_put_off == 1
        trouble = lab.recorder.trouble
        assert trouble.startswith(f"The results of run bad are not stored: process {pid} of Postgres (careless")
        assert f"pg_terminate_backend({pid})" in trouble
        assert bad.committed(3) == 2, "who waits is told at once"
        for other in others:
            other.tell(end_test("s1-t2"))
    wait_for(attempt, what="the run's turn")
    wait_for(lambda: not lab.recorder.trouble, what="all to be well")
    assert lab.row("SELECT last_seq FROM process WHERE run_id = 1") == {"last_seq": 3}
    told = [record.getMessage() for record in caplog.records if getattr(record, "run", "") == "bad"]
    assert [text.partition(":")[0] for text in told] == ["Its results are not stored", "Its results are stored again."]


def test_a_locked_run_outlives_an_outage(
    own_postgres: Postgres,
    make_lab: Callable[[str], Lab],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """That its node was not heard of meanwhile is not said: nobody was."""
    caplog.set_level("INFO")
    url = Databases(own_postgres.url).create()
    migrate(url)
    lab = make_lab(url)
    process = lab.process("bad")
    process.tell(start_suite("s1"))
    with held_by_somebody(lab, "SELECT FROM run FOR UPDATE"):
        attempt = send(lab, process, end_test("s1-t1"))
        assert not attempt() and lab.recorder.runs_put_off == 1
        with own_postgres.hanging():
            wait_for(lambda: attempt() or not lab.recorder.available, what="the recorder to notice")
        monkeypatch.setattr(lab.recorder._put_off, "_clock", lambda: time.monotonic() + 2 * put_off.GONE_AFTER)
        wait_for(lambda: lab.recorder.available, what="the server to go on")
        lab.process("good").tell(end_test())
        assert lab.recorder.runs_put_off == 1
    wait_for(attempt, what="the run's turn")
    told = [record.getMessage() for record in caplog.records if getattr(record, "run", "") == "bad"]
    assert [text.partition(":")[0] for text in told] == ["Its results are not stored", "Its results are stored again."]


def test_a_new_state_of_a_locked_run_is_kept(lab: Lab) -> None:
    lab.process("bad").tell(start_suite("s1"))
    with held_by_somebody(lab, "SELECT FROM run FOR UPDATE"):
        lab.state("bad", "abandoned")
        wait_for(lambda: lab.recorder.runs_put_off == 1, what="the recorder to notice")
        assert lab.row("SELECT state FROM run") == {"state": "running"}
    wait_for(lambda: lab.row("SELECT state FROM run") == {"state": "abandoned"}, what="its turn")


def test_a_locked_table_is_an_outage_that_ends(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    processes = [lab.process(f"run-{number}") for number in range(3)]
    with held_by_somebody(lab, "LOCK TABLE result") as pid:
        attempts = [send(lab, process, end_test()) for process in processes]

        def said() -> bool:
            with lab.lock, suppress(Unavailable):  # one commit for all
                for process in processes:
                    lab.recorder.submit(Delivery(process.run, "0", 1, [end_test()], RECEIVED))
            return lab.recorder.trouble.startswith(f"The tables of results are locked: process {pid}")

        wait_for(said, what="the recorder to say so")
    for attempt in attempts:
        wait_for(attempt, what="the lock's end")
    assert not lab.recorder.trouble
    assert lab.row("SELECT count(*), count(DISTINCT run_id) AS runs FROM result") == {"count": 3, "runs": 3}
    warnings = [record for record in caplog.records if record.levelname == "WARNING" and "Nothing" in record.message]
    assert len(warnings) == 1


def test_a_right_that_was_taken_away_is_its_runs_affair_and_passes(lab: Lab) -> None:
    """As a table that is gone: no event is to blame, so that none is refused for good."""
    bad, good = lab.process("bad"), lab.process("good")
    with psycopg.connect(lab.database.url, autocommit=True) as administrator:
        administrator.execute("ALTER TABLE suite_result RENAME TO moved")
        with lab.lock:
            lab.recorder.submit(good.delivery(end_test("s1-t1")))
        attempt = send(lab, bad, start_suite("s1"))
        assert not attempt()
        assert good.committed(1) == 1
        assert 'relation "suite_result" does not exist' in lab.recorder.trouble
        good.tell(end_test("s1-t2"))
        administrator.execute("ALTER TABLE moved RENAME TO suite_result")
    wait_for(attempt, what="the run's turn")


def test_a_server_that_stands_still(
    own_postgres: Postgres, make_lab: Callable[[str], Lab], caplog: pytest.LogCaptureFixture
) -> None:
    url = Databases(own_postgres.url).create()
    migrate(url)
    lab = make_lab(url)
    process = lab.process()
    process.tell(end_test("s1-t1"))
    attempt = send(lab, process, end_test("s1-t2"), end_test("s1-t3"))
    with own_postgres.hanging():
        wait_for(lambda: attempt() or bool(lab.recorder.trouble), what="the recorder to say so")
        assert not lab.recorder.available
        assert lab.recorder.pending == 0
        with pytest.raises(Unavailable):
            Store(lab.database).setups()
    wait_for(attempt, what="the server to go on")
    wait_for(lambda: not lab.recorder.trouble, what="all to be well")
    process.tell(end_process())
    assert [row["id"] for row in lab.rows("SELECT id FROM result ORDER BY seq")] == ["s1-t1", "s1-t2", "s1-t3"]
    assert "Another dashboard" not in caplog.text


def test_a_server_that_stands_still_while_nothing_is_to_be_stored(
    own_postgres: Postgres, make_lab: Callable[[str], Lab], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording.writer_connection, "CHECK_WITHIN", QUICK)
    url = Databases(own_postgres.url).create()
    migrate(url)
    lab = make_lab(url)
    lab.process().tell(end_test())  # so that the shorter time is waited for from now on
    with own_postgres.hanging():
        wait_for(lambda: lab.recorder.trouble == "Postgres is connected, and says nothing", what="the recorder")
    wait_for(lambda: not lab.recorder.trouble, what="all to be well")


def test_what_takes_long_is_given_more_time(lab: Lab) -> None:
    """A slow disk: the same again would fail for ever."""
    process = lab.process()
    slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2); RETURN NEW; END'"
    with psycopg.connect(lab.database.url, autocommit=True) as connection:
        connection.execute(slow)  # type: ignore[call-overload]
        connection.execute("CREATE TRIGGER slow BEFORE INSERT ON tag_set EXECUTE FUNCTION slow()")
    attempt = send(lab, process, end_test(tags=["new"]))
    seen = set()

    def stored() -> bool:
        seen.add(lab.recorder.trouble)
        return attempt()

    wait_for(stored, what="enough time")
    assert "Postgres takes too long to store anything" in seen
    wait_for(lambda: not lab.recorder.trouble, what="all to be well")
