"""Room for results is made ahead of the runs, and old results leave by dropping it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from livewall_dashboard.history.results import partitions
from livewall_dashboard.history.store import Store
from support.history_lab import Lab, end_process, end_test, start_suite

pytestmark = [pytest.mark.any_python, pytest.mark.usefixtures("no_partitions")]


def bounds(lab: Lab) -> list[tuple[str, str]]:
    return [
        (row["name"], row["bound"])
        for row in lab.rows(
            "SELECT relname AS name, pg_get_expr(relpartbound, oid) AS bound FROM pg_class "
            "WHERE relispartition AND relkind = 'r' ORDER BY oid"
        )
    ]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "NARROWEST", 4)
    monkeypatch.setattr(partitions, "WIDEST", 8)
    monkeypatch.setattr(partitions, "AHEAD", 2)


def test_the_first_run_finds_room(lab: Lab) -> None:
    lab.process()
    assert bounds(lab) == [(f"{table}_r1", "FOR VALUES FROM (1) TO (513)") for table in partitions.TABLES]


@pytest.mark.usefixtures("narrow")
def test_room_is_made_before_it_is_needed(lab: Lab) -> None:
    for number in range(1, 11):
        lab.process(f"run-{number}").tell(start_suite(), end_test())
        (last,) = [row["seq"] for row in lab.rows("SELECT last_value AS seq FROM run_id_seq")]
        assert int(bounds(lab)[-1][1].rpartition("(")[2].rstrip(")")) > last + 1
    assert lab.row("SELECT count(*), count(DISTINCT tableoid) > 1 AS spread FROM result") == {
        "count": 10,
        "spread": True,
    }


@pytest.mark.usefixtures("narrow")
def test_a_new_partition_is_as_wide_as_runs_are_small(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "ROWS", 9)
    for number in range(1, 5):  # when the fourth registers, the runs have 2, 2, 2 and 0 tests: six runs make nine
        lab.process(f"run-{number}").tell(end_test("s1-t1"), end_test("s1-t2"))
    assert [bound for name, bound in bounds(lab) if name.startswith("result")][:2] == [
        "FOR VALUES FROM (1) TO (5)",
        "FOR VALUES FROM (5) TO (11)",
    ]


@pytest.mark.usefixtures("narrow")
def test_many_register_at_once(lab: Lab) -> None:
    with ThreadPoolExecutor(8) as threads:
        positions = list(threads.map(lambda number: lab.process(f"run-{number}").position, range(40)))
    assert [position.no for position in positions if position] == [0] * 40
    assert lab.row("SELECT count(*) FROM run") == {"count": 40}
    with ThreadPoolExecutor(8) as threads:
        positions = list(threads.map(lambda number: lab.process("pabot", f"{number}").position, range(20)))
    assert sorted(position.no for position in positions if position) == list(range(20))


@pytest.mark.usefixtures("narrow")
def test_an_old_partition_can_be_dropped(lab: Lab, store: Store) -> None:
    for number in range(1, 9):
        lab.process(f"run-{number}").tell(start_suite(), end_test(name="A"), end_process())
    with psycopg.connect(lab.database.url) as connection:
        for table in partitions.TABLES:
            connection.execute(f"DROP TABLE {table}_r1")
        connection.execute("DELETE FROM run WHERE id < 5")
    assert [row["run"] for row in store.test_history("Suite.A")[0]] == ["run-8", "run-7", "run-6", "run-5"]
    lab.process("run-9").tell(end_test())


@pytest.mark.usefixtures("narrow")
def test_room_that_the_release_before_did_not_make_is_made(lab: Lab) -> None:
    lab.process()
    with psycopg.connect(lab.database.url) as connection:
        for table in ("attempt", "raw_upload"):
            connection.execute(f"DROP TABLE {table}_r1")
        assert partitions.provide(connection, 1) == 5
    assert sorted(bounds(lab)) == [(f"{table}_r1", "FOR VALUES FROM (1) TO (5)") for table in sorted(partitions.TABLES)]


def test_partitions_have_all_indexes_of_their_table(lab: Lab) -> None:
    lab.process()
    counted = lab.rows(
        "SELECT c.relname AS name, count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
        "WHERE c.relname = ANY (%s) GROUP BY 1",
        [[f"{table}{end}" for table in partitions.TABLES for end in ("", "_r1")]],
    )
    indexes = {row["name"]: row["count"] for row in counted}
    assert [indexes[table] for table in partitions.TABLES] == [1, 4, 1, 1]
    assert [indexes[f"{table}_r1"] for table in partitions.TABLES] == [1, 4, 1, 1]
