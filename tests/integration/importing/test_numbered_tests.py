"""Names of tests are numbered in Postgres while others are on their way, in order, and hold up nobody who gives up."""

from __future__ import annotations

import threading

import psycopg
import pytest

from livewall_dashboard.history.results.names import Names, pair_digest
from livewall_dashboard.importing.model import NO_WORDS, Output
from livewall_dashboard.importing.model import TestLine as Line
from livewall_dashboard.importing.numbered_tests import numbered
from support.waiting import PATIENCE, wait_for


def batch(*names: str) -> list[Line]:
    return [Line("s1-t1", name, f"S.{name}", "PASS", NO_WORDS, "", 0.0, 0, ("t",)) for name in names]


@pytest.mark.parametrize("batches", [[], [batch("A")], [batch("A", "B"), batch("A"), batch("C")]])
def test_each_batch_has_the_numbers_of_its_names(database_url: str, batches: list[list[Line]]) -> None:
    with psycopg.connect(database_url, autocommit=True) as side:
        found = list(numbered(side, Names(), Output(), batches))
        stored = dict(side.execute("SELECT id, longname FROM test").fetchall())
    assert [lines for lines, _, _ in found] == batches
    for lines, test_ids, tag_set_ids in found:
        assert [stored[number] for number in test_ids] == [line.longname for line in lines]
        assert len(tag_set_ids) == len(lines)


def test_who_gives_up_does_not_wait_for_what_waits_in_postgres(database_url: str) -> None:
    with (
        psycopg.connect(database_url) as other,
        psycopg.connect(database_url, autocommit=True) as side,
        psycopg.connect(database_url, autocommit=True) as look,
    ):
        row = (pair_digest("S.B", "B"), "S.B", "B")
        other.execute("INSERT INTO test (digest, longname, name) VALUES (%s, %s, %s)", row)  # and does not commit
        batches = numbered(side, Names(), Output(), [batch("A"), batch("B")])
        next(batches)
        waits = "SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
        wait_for(lambda: look.execute(waits, [side.info.backend_pid]).fetchone() is not None, what="it to wait")
        giving_up = threading.Thread(target=batches.close)  # type: ignore[attr-defined]
        giving_up.start()
        giving_up.join(PATIENCE)
        was_held_up = giving_up.is_alive()
        other.rollback()
        giving_up.join()
        assert not was_held_up
