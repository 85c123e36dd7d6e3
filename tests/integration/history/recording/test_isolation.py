"""What one process says, however odd, stays its own affair."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.history.recording import transaction
from livewall_dashboard.history.results.names import Names
from livewall_listener import wire
from support.history_lab import RECEIVED, Lab, end_process, end_test, start_suite

pytestmark = pytest.mark.any_python

POISON = {
    "a NUL in a message": end_test("s1-t3", message="a\0b"),
    "a NUL in a name": end_test("s1-t3", name="a\0b"),
    "a NUL in a tag": end_test("s1-t3", tags=["a\0b"]),
    "a lone surrogate": end_test("s1-t3", message="\ud800"),
    "a lone surrogate in a name": end_test("s1-t3", name="\ud800"),
    "no time": end_test("s1-t3", start_time="2026-13-01T00:00:00"),
    "a time nobody can read back": end_test("s1-t3", start_time="infinity"),
    "a time before Christ": end_test("s1-t3", start_time="2026-01-01 00:00:00 BC"),
    "an endless duration": end_test("s1-t3", elapsed_time=float("inf")),
    "no number of a line": end_test("s1-t3", lineno=2**40),
    "an unknown status": end_test("s1-t3", "MAYBE"),
    "an id beyond an index entry": end_test("s1-t" + "".join(map(str, range(9999)))),
    "tags that read like others": end_test("s1-t3", tags=["a\x1fb"]),
    "a suite without a time": wire.StartSuite("s1", "S", "S", "", 0, 0),
    "a suite with a NUL": start_suite(doc="\0"),
    "a suite with too many tests": wire.StartSuite("s1", "S", "S", RECEIVED.isoformat(), 0, 2**40),
    "an impossible correction": wire.CorrectTest("s1-t1", "", "", "PASS", "MAYBE", ""),
    "an impossible end": wire.EndProcess(1, 1, 0, 0, "", warnings=2**40),
    "an impossible loss": wire.Lost(2**40, ""),
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
def test_a_poisoned_process_stops_no_other(lab: Lab, poison: wire.Event) -> None:
    bad, good = lab.process("run-1"), lab.process("run-2")
    with lab.lock:  # all in one commit
        lab.recorder.submit(bad.delivery(end_test("s1-t1"), end_test("s1-t2"), poison, end_test("s1-t4")))
        lab.recorder.submit(good.delivery(end_test("s1-t1"), end_test("s1-t2")))
    assert good.committed(2) == 2
    assert bad.committed(4) == 2, "what came before the poison is kept"
    with pytest.raises(Invalid):
        bad.submit(end_test("s1-t5"))
    good.tell(end_test("s1-t3"))
    stored = lab.rows("SELECT run_id, count(*), max(seq) FROM result GROUP BY run_id ORDER BY run_id")
    assert stored == [{"run_id": 1, "count": 2, "max": 2}, {"run_id": 2, "count": 3, "max": 3}]
    assert lab.rows("SELECT passed FROM run ORDER BY id") == [{"passed": 2}, {"passed": 3}]


def test_ids_from_a_transaction_that_failed_are_not_remembered(lab: Lab) -> None:
    bad, good = lab.process("run-1"), lab.process("run-2")
    with lab.lock:
        lab.recorder.submit(bad.delivery(end_test(name="New", tags=["new"], lineno=2**40)))
        lab.recorder.submit(good.delivery(end_test(name="New", tags=["new"])))
    assert good.committed(1) == 1
    good.tell(end_test("s1-t2", name="New", tags=["new"]))
    dangling = (
        "SELECT r.id FROM result r LEFT JOIN test t ON t.id = r.test_id LEFT JOIN tag_set g ON g.id = r.tag_set_id "
        "WHERE t.id IS NULL OR g.id IS NULL"
    )
    assert lab.rows(dangling) == []
    assert lab.row("SELECT count(*) FROM result") == {"count": 2}


def test_names_forget_what_was_rolled_back(lab: Lab) -> None:
    names = Names()
    with psycopg.connect(lab.database.url) as connection:
        names.tests.resolve(connection, [("Suite.A", "A")])
        connection.rollback()
        names.rolled_back()
        (number,) = names.tests.resolve(connection, [("Suite.A", "A")])
        connection.commit()
        names.committed()
    assert lab.row("SELECT id FROM test") == {"id": number}


def test_two_that_add_the_same_names_agree(lab: Lab) -> None:
    pairs = [(f"Suite.{number}", f"{number}") for number in range(100)]
    with psycopg.connect(lab.database.url) as one, psycopg.connect(lab.database.url) as other:
        first = Names().tests.resolve(one, pairs)
        one.commit()
        assert Names().tests.resolve(other, pairs[::-1]) == first[::-1]


def test_a_dotted_name_is_not_a_test_in_a_suite(lab: Lab) -> None:
    numbers = Names()
    with psycopg.connect(lab.database.url) as connection:
        ids = numbers.tests.resolve(connection, [("A.B.C", "C"), ("A.B.C", "B.C"), ("A.B.C", "C")])
    assert ids[0] == ids[2] != ids[1]


def test_another_writer_is_noticed_and_nothing_is_doubled(lab: Lab) -> None:
    moved, other = lab.process("run-1"), lab.process("run-2")
    moved.tell(end_test("s1-t1"))
    with psycopg.connect(lab.database.url) as connection:
        connection.execute("UPDATE process SET last_seq = 5 WHERE run_id = 1")
    with lab.lock:
        lab.recorder.submit(moved.delivery(end_test("s1-t2"), end_test("s1-t3")))
        lab.recorder.submit(other.delivery(end_test("s1-t1")))
    assert other.committed(1) == 1
    assert moved.committed(3) == 5
    moved.seq = 5
    moved.tell(end_test("s1-t6"))
    assert [row["seq"] for row in lab.rows("SELECT seq FROM result WHERE run_id = 1 ORDER BY seq")] == [1, 6]


def test_a_registration_that_cannot_be_stored_is_refused(lab: Lab) -> None:
    for bad in ({"commit": "a\0"}, {"labels": {"a": "\0"}}, {"started_at": "yesterday"}, {"repository": "\ud800"}):
        with pytest.raises(Invalid):
            lab.process(**bad)
    with pytest.raises(Invalid):
        lab.process(run="".join(map(str, range(9999))))
    lab.process().tell(end_process())


def test_a_bug_in_storing_is_survived(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is raised, the thread lives and the others are stored."""
    bad, good = lab.process("run-1"), lab.process("run-2")
    verify = transaction.verify.end_process

    def broken(connection: Any, run_id: int, *rest: Any) -> None:
        if run_id == 1:
            raise KeyError("a bug")
        verify(connection, run_id, *rest)

    monkeypatch.setattr(transaction.verify, "end_process", broken)
    with lab.lock:
        lab.recorder.submit(bad.delivery(end_test(), end_process()))
        lab.recorder.submit(good.delivery(end_process()))
    assert good.committed(1) == 1
    assert bad.committed(2) == 1


def test_a_state_of_an_unknown_run_is_passed_over(lab: Lab) -> None:
    lab.state("nobody", "finished")
    lab.process().tell(end_test())


def test_long_names_are_kept_whole(lab: Lab) -> None:
    name = "".join(map(str, range(9999)))
    lab.process(labels={"k": name}).tell(start_suite(longname=name), end_test(name=name, tags=[name], message=name))
    row = lab.row(
        "SELECT t.name, g.tags, r.message, s.longname FROM result r JOIN test t ON t.id = test_id "
        "JOIN tag_set g ON g.id = tag_set_id, suite s"
    )
    assert row == {"name": name, "tags": [name], "message": name, "longname": name}


def test_processes_registered_by_name_only_are_apart(lab: Lab) -> None:
    processes = [lab.process("run-1", str(number)) for number in range(3)]
    for process in processes:
        process.submit(end_test("s1-t1", name=process.info.process))
    assert [process.committed(1) for process in processes] == [1, 1, 1]
    assert lab.row("SELECT count(DISTINCT process_no) FROM result") == {"count": 3}
