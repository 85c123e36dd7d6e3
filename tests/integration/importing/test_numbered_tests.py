"""Names of tests are numbered in Postgres while others are read, in order, and hold up nobody who gives up."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from livewall_dashboard.history.results import partitions
from livewall_dashboard.history.results.names import Names, pair_digest
from livewall_dashboard.importing import spill_file
from livewall_dashboard.importing.model import NO_WORDS, Output, Unreadable
from livewall_dashboard.importing.model import TestLine as Line
from livewall_dashboard.importing.numbered_tests import NumberedTests, beside
from livewall_dashboard.importing.times import Clock
from support.import_lab import ZONE, ImportLab
from support.outputs import Case, Suite
from support.waiting import PATIENCE, wait_for


def line(name: str, longname: str | None = None) -> Line:
    longname = f"S.{name}" if longname is None else longname
    return Line("s1-t1", name, longname, "PASS", NO_WORDS, "", 0.0, 0, ("t", name))


def numbered(side: psycopg.Connection[Any], lines: list[Line], output: Output, *, at_once: bool) -> list[Any]:
    with beside(side) as thread, NumberedTests(thread, side, Names(), at_once=at_once) as tests:
        for each in lines:
            tests.put(each)
        return list(tests.batches(output))


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("names", ["", "A", "ABACDEA"])
def test_each_batch_has_the_numbers_of_its_names(
    database_url: str, monkeypatch: pytest.MonkeyPatch, names: str, at_once: bool
) -> None:
    monkeypatch.setattr(spill_file, "BATCH", 2)
    lines = [line(name) for name in names]
    with psycopg.connect(database_url, autocommit=True) as side:
        found = numbered(side, lines, Output(), at_once=at_once)
        stored = dict(side.execute("SELECT id, longname FROM test").fetchall())
        tags = dict(side.execute("SELECT id, tags FROM tag_set").fetchall())
    assert [each for batch, _, _ in found for each in batch] == lines
    for batch, test_ids, tag_set_ids in found:
        assert [stored[number] for number in test_ids] == [each.longname for each in batch]
        assert [tags[number] for number in tag_set_ids] == [list(each.tags) for each in batch]


def test_names_that_a_file_has_at_its_end_are_numbered_then(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill_file, "BATCH", 2)
    lines = [line("A"), line("B"), line("C", ""), line("D"), line("E", "")]
    with psycopg.connect(database_url, autocommit=True) as side:
        found = numbered(side, lines, Output(longnames={"s1": "Root"}), at_once=True)
        stored = dict(side.execute("SELECT id, longname FROM test").fetchall())
    longnames = [stored[number] for _, test_ids, _ in found for number in test_ids]
    assert longnames == ["S.A", "S.B", "Root.C", "S.D", "Root.E"]


def test_names_are_stored_while_others_are_read(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill_file, "BATCH", 1)
    with (
        psycopg.connect(database_url, autocommit=True) as side,
        psycopg.connect(database_url, autocommit=True) as look,
        beside(side) as thread,
        NumberedTests(thread, side, Names()) as tests,
    ):
        tests.put(line("A"))
        wait_for(lambda: look.execute("SELECT FROM test").fetchone() is not None, what="the first name to be stored")


def test_a_file_that_cannot_be_read_is_refused_also_where_postgres_hangs(lab: ImportLab, tmp_path: Path) -> None:
    """And is no trouble for the next one."""
    broken, good = tmp_path / "broken.xml", lab.output(Suite("S", [Case("A")]))
    broken.write_text("<robot><suite>", encoding="utf-8")
    refused: list[Exception] = []

    def take_in() -> None:
        try:
            lab.take_in(broken, setup="rig")
        except Unreadable as error:
            refused.append(error)

    with psycopg.connect(lab.lab.database.url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [partitions._LOCK])
        taking = threading.Thread(target=take_in)
        taking.start()
        taking.join(2 * PATIENCE)
        was_held_up = taking.is_alive()
    taking.join()
    assert refused and not was_held_up
    lab.holds(lab.take_in(good, setup="rig", clock=Clock(ZONE)).key, good)


def test_who_gives_up_does_not_wait_for_what_waits_in_postgres(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill_file, "BATCH", 1)
    with (
        psycopg.connect(database_url) as other,
        psycopg.connect(database_url, autocommit=True) as side,
        psycopg.connect(database_url, autocommit=True) as look,
    ):
        row = (pair_digest("S.B", "B"), "S.B", "B")
        other.execute("INSERT INTO test (digest, longname, name) VALUES (%s, %s, %s)", row)  # and does not commit

        def give_up() -> None:
            with suppress(KeyError), beside(side) as thread, NumberedTests(thread, side, Names()) as tests:
                tests.put(line("A"))
                tests.put(line("B"))
                waits = "SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
                wait_for(lambda: look.execute(waits, [side.info.backend_pid]).fetchone() is not None, what="a wait")
                raise KeyError

        giving_up = threading.Thread(target=give_up)
        giving_up.start()
        giving_up.join(2 * PATIENCE)
        was_held_up = giving_up.is_alive()
        other.rollback()
        giving_up.join()
        assert not was_held_up
