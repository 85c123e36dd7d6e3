"""Runs go whole, by their partition or a few at a time, whoever else is at work; the others stay as they were."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.sql import Composable

from livewall_dashboard.base.errors import Conflict
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.result_sets import complete_run
from livewall_dashboard.history.results import partitions
from livewall_dashboard.history.retention import pins, prune
from livewall_dashboard.history.retention.prune import Done, Plan
from livewall_dashboard.lab.retention import RetentionRule
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.retention.pruning import BeingPruned, Pruning
from support.history_lab import end_test, start_suite
from support.old_runs import OldRuns
from support.waiting import wait_for

MONTH = RetentionRule(timedelta(days=30))

pytestmark = [pytest.mark.any_python, pytest.mark.usefixtures("narrow")]


def ten(old: OldRuns, young: int = 3) -> None:
    """run-01 to run-10, of which the last `young` are."""
    for number in range(1, 11):
        old.add(f"run-{number:02}", 50 if number <= 10 - young else 1.5)


def test_whole_partitions_are_dropped_and_of_others_runs_are_deleted(old: OldRuns) -> None:
    ten(old)
    done = old.prune(MONTH)
    assert old.left() == ["run-08", "run-09", "run-10"]
    assert (done.runs, done.partitions, done.left) == (7, 1, 0)
    old.add("run-11", 0)
    assert old.prune(MONTH) == Done(), "twice removes nothing more"
    assert old.left() == ["run-08", "run-09", "run-10", "run-11"]


def test_a_partition_in_which_one_run_stays_is_dropped_once_that_is_gone(old: OldRuns) -> None:
    ten(old)
    pins.pin(old.connection, "run-02", "ada")
    before = old.partitions()
    assert old.prune(MONTH).partitions == 0
    assert old.left() == ["run-02", "run-08", "run-09", "run-10"]
    pins.release(old.connection, "run-02")
    old.prune(MONTH)
    assert (old.left(), old.partitions()) == (["run-08", "run-09", "run-10"], before - 1)


def test_all_may_go_and_the_next_runs_have_room(old: OldRuns) -> None:
    ten(old, young=0)
    old.prune(MONTH)
    assert old.left() == []
    for number in range(11, 20):
        old.add(f"run-{number}", 2)
    assert len(old.left()) == 9


def test_who_ends_it_in_the_middle_has_removed_some_runs_whole(old: OldRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "RUNS_AT_ONCE", 1)
    ten(old)
    counts = []
    for steps in (1, 1, 2):
        old.prune(MONTH, most=steps)
        counts.append(len(old.left()))
    assert counts == [6, 5, 3]


def test_large_runs_go_one_by_one(old: OldRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "RESULTS_AT_ONCE", 5)
    for number, tests in enumerate((2, 2, 2, 9, 1, 1), 1):
        old.add(f"run-{number}", 50, tests=tests)
    plan, done = Plan(runs=[1, 2, 3, 4, 5, 6]), Done()
    sizes = []
    while plan:
        before = done.runs
        prune.step(old.connection, plan, done)
        sizes.append(done.runs - before)
    assert sizes == [2, 1, 1, 2]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM run WHERE key = 'run-02' FOR NO KEY UPDATE",
        "INSERT INTO run_pin SELECT id, now(), 'ada' FROM run WHERE key = 'run-02'",
    ],
)
def test_a_run_that_somebody_has_in_hand_is_left_alone(old: OldRuns, statement: str) -> None:
    """Who registers, records, imports or pins it."""
    ten(old)
    with psycopg.connect(old.lab.database.url) as other:
        other.execute(statement)
        done = old.prune(MONTH)
        assert (old.left(), done.left) == (["run-02", "run-08", "run-09", "run-10"], 1)
        other.rollback()
    old.prune(MONTH)
    assert old.left() == ["run-08", "run-09", "run-10"]


def test_a_run_that_is_pinned_while_it_is_being_locked_stays(old: OldRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    ten(old)
    lock = prune._lock

    def pinned_meanwhile(connection: psycopg.Connection[dict[str, object]], runs: list[int]) -> list[int]:
        locked = lock(connection, runs)
        connection.execute(
            "INSERT INTO run_pin SELECT id, now(), 'ada' FROM run WHERE key = 'run-06' ON CONFLICT DO NOTHING"
        )
        connection.execute("UPDATE run_pin SET released_at = NULL")
        return locked

    monkeypatch.setattr(prune, "_lock", pinned_meanwhile)
    old.prune(MONTH)
    assert "run-06" in old.left()


def test_a_run_whose_number_is_drawn_and_that_comes_later_keeps_its_partition(old: OldRuns) -> None:
    """An import registers its run and stores its results in one transaction, which may take a while."""
    for number in range(1, 4):
        old.add(f"run-{number}", 50)
    with psycopg.connect(old.lab.database.url, row_factory=dict_row) as importing:
        importing.execute(
            "INSERT INTO run (key, setup_id, configuration_id, started_at, sorted_at, received_at, last_news_at, info) "
            "SELECT 'imported', setup_id, configuration_id, now(), now(), now(), now(), info FROM run LIMIT 1"
        )
        for number in range(5, 8):
            old.add(f"run-{number}", 50)
        assert min(partitions.ranges(old.connection)["result"]) == (1, 5), "it is the fourth of the first partition"
        assert old.prune(MONTH).partitions == 0
        importing.execute(
            "INSERT INTO result SELECT (SELECT id FROM run WHERE key = 'imported'), 1, now(), 1, 1, 1, 1, 0, 0, 's1-t1'"
        )
        importing.commit()
    assert len(old.connection.execute("SELECT FROM result").fetchall()) == 1


def test_readers_and_the_recorder_go_on_beside_it(old: OldRuns) -> None:
    ten(old)
    with psycopg.connect(old.lab.database.url) as reader:
        reader.execute("SELECT count(*) FROM result")  # and its transaction stays open: a dump
        done = old.prune(MONTH)
        assert (done.runs, done.partitions) == (7, 0), "row by row, as the partition is being read"
        process = old.lab.process("run-11")
        process.tell(start_suite(), end_test())
    before = old.partitions()
    assert (old.prune(MONTH).partitions, old.partitions()) == (1, before - 1), "what is empty goes once the reader has"
    assert len(old.left()) == 4


def test_who_is_in_the_way_for_a_moment_is_waited_for(old: OldRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    ten(old)
    reader = psycopg.connect(old.lab.database.url)
    reader.execute("SELECT count(*) FROM result")
    lock = prune._lock
    tries = []

    def release_at_the_second(connection: psycopg.Connection[dict[str, object]], runs: list[int]) -> list[int]:
        tries.append(runs)
        if len(tries) == 2:
            reader.close()
        return lock(connection, runs)

    monkeypatch.setattr(prune, "_lock", release_at_the_second)
    assert old.prune(MONTH).partitions == 1
    assert old.left() == ["run-08", "run-09", "run-10"]


def test_two_at_once_do_not_get_in_each_others_way(old: OldRuns) -> None:
    ten(old)
    database = Database(old.lab.database.url)
    pruning = Pruning(database, [MONTH.as_row()])
    with prune.prune_lock(old.connection) as is_ours:
        assert is_ours
        with pytest.raises(BeingPruned):
            pruning.go_on(1)
    pruning.go_on(10)
    assert pruning.is_over and pruning.done.runs == 7
    database.close()


def test_a_run_that_an_import_found_may_be_gone_when_it_is_locked(old: OldRuns) -> None:
    with old.connection.transaction(), pytest.raises(Conflict, match="was removed this very moment"):
        complete_run.lock_run(old.connection, 1, 0)


def test_nodes_report_while_runs_are_removed(old: OldRuns) -> None:
    """Every event that is acknowledged while partitions go is there afterwards."""
    ten(old)
    stop, failures = threading.Event(), []

    def report() -> None:
        number = 0
        try:
            while not stop.is_set() or number < 6:
                number += 1
                process = old.lab.process(f"new-{number}", started_at="", sent_at="")
                process.tell(start_suite(), end_test("s1-t1"), end_test("s1-t2"))
        except BaseException as error:
            failures.append(error)
        finally:
            reported.append(number)

    reported: list[int] = []
    node = threading.Thread(target=report)
    node.start()
    done = old.prune(MONTH)
    stop.set()
    node.join()
    assert not failures
    assert done.runs == 7
    assert len(old.left()) == 3 + reported[0]


@pytest.mark.parametrize(
    ("query", "values"),
    [
        (QUERIES["looked_at"], [1]),
        (QUERIES["note_tags"], {"id": 1}),
        (QUERIES["words_of_unlinked_run"], [1]),
        (
            QUERIES["link_runs"].format(words=QUERIES["words_of_repositories"]),
            {"repository": 1, "named": ["lab/product"]},
        ),
    ],
    ids=["identities", "tags", "commit of a run", "runs of a commit"],
)
def test_who_works_beside_the_recorder_takes_it_that_a_run_is_removed(
    old: OldRuns, query: Composable, values: object
) -> None:
    """Whoever notes something of a run while it is being removed waits, and notes nothing."""
    old.add("run-1", 40, repository="lab/product", commit="4f1c" * 10)
    with psycopg.connect(old.lab.database.url) as setting_up:
        setting_up.execute("INSERT INTO repository (name) VALUES ('app')")
        setting_up.execute(
            "INSERT INTO repository_commit (repository_id, uuid, committed_at, branch, hash, identifier, author_name, "
            "author_email, message) SELECT id, 1, now(), '', repeat('4f1c', 10), '', '', '', '' FROM repository"
        )
    with psycopg.connect(old.lab.database.url) as removing, ThreadPoolExecutor(1) as beside:
        removing.execute("DELETE FROM run WHERE key = 'run-1'")
        noting = beside.submit(old.connection.execute, query, values)
        wait_for(lambda: waits(removing), what="somebody who waits for the removal")
        removing.commit()
        noting.result()


def waits(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Whether somebody does, for this transaction."""
    blocked = "SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    return connection.execute(blocked).rowcount > 0


def test_whatever_names_a_run_goes_with_it(old: OldRuns) -> None:
    """By references that cascade, one or several, or as a table that is partitioned by run."""
    named = old.connection.execute("""
        WITH RECURSIVE going (table_id) AS (
            SELECT 'run'::regclass::oid
            UNION
            SELECT k.conrelid FROM going
            JOIN pg_constraint k ON k.confrelid = going.table_id AND k.confdeltype = 'c'
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum] AND a.attname = 'run_id')
        SELECT c.relname AS name, c.oid IN (TABLE going) AS goes
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE a.attname = 'run_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND c.relnamespace = 'public'::regnamespace""").fetchall()
    assert {row["name"] for row in named if not row["goes"]} == set(partitions.TABLES)


def test_every_key_of_a_partitioned_table_begins_with_the_run(old: OldRuns) -> None:
    """A distributed Postgres keeps the results of a run together then: docs/scaling.md."""
    old.add("run", 1)
    keys = old.connection.execute("""
        SELECT i.indexrelid::regclass::text AS name,
               (SELECT attname FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = i.indkey[0]) AS first
        FROM pg_index i JOIN pg_partitioned_table p ON p.partrelid = i.indrelid WHERE i.indisunique""").fetchall()
    assert len(keys) >= len(partitions.TABLES)
    assert {row["name"]: row["first"] for row in keys if row["first"] != "run_id"} == {}
