"""Texts on their way into Postgres and cursors on their way back: nothing is lost or taken for something else."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.history import cursor
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.results import copy, names
from livewall_dashboard.history.runs.suites import with_counts
from livewall_dashboard.postgres.queries import read_queries
from support.history_lab import end_test

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
SPECIAL = st.text(st.sampled_from("a\\\t\n\rN.b\x0b\x08\x7f\x85\u2028"))


def _parsed(line: str) -> list[str | None]:
    """A line of COPY's text format as Postgres reads it."""
    backslashes = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}
    fields: list[str | None] = []
    for field in line.removesuffix("\n").split("\t"):
        out, rest = "", field
        while rest:
            step = 2 if rest[0] == "\\" else 1
            out += backslashes[rest[:2]] if step == 2 and field != "\\N" else rest[:step]
            rest = rest[step:]
        fields.append(None if field == "\\N" else out)
    return fields


@given(TEXT | SPECIAL, TEXT | SPECIAL, TEXT | SPECIAL)
def test_copy_keeps_every_character(test_id: str, message: str, source: str) -> None:
    (piece,) = copy.encode([(1, 2, 3, 1, message, end_test(test_id, source=source))], [4], [5])
    fields = _parsed(piece.decode())
    assert fields[9:] == [test_id, message or None, source or None]
    assert [fields[0], fields[1], *fields[4:9]] == ["1", "4", "5", "3", "7", "2", "1"]


def test_copy_comes_in_pieces() -> None:
    rows = [(1, 0, seq, 0, "", end_test(f"s1-t{seq}")) for seq in range(copy.CHUNK * 2 + 1)]
    pieces = list(copy.encode(rows, range(len(rows)), range(len(rows))))
    assert [piece.count(b"\n") for piece in pieces] == [copy.CHUNK, copy.CHUNK, 1]


@given(st.lists(TEXT, max_size=4), st.lists(TEXT, max_size=4))
def test_tag_sets_that_differ_have_different_keys(one: list[str], other: list[str]) -> None:
    try:
        same = names.tags_digest(one) == names.tags_digest(other)
    except ValueError:
        assert any("\x1f" in tag for tag in [*one, *other])
    else:
        assert same == (one == other)


@given(TEXT, TEXT)
def test_a_test_is_found_by_its_longname(suite: str, name: str) -> None:
    longname = f"{suite}.{name}"
    assert names.pair_digest(longname, name) in set(names.digests_of_longname(longname))


@given(st.binary(min_size=16, max_size=16))
def test_an_array_of_digests_is_postgres_literal(digest: bytes) -> None:
    assert names.as_array([digest, digest]) == '{{"\\\\x{0}","\\\\x{0}"}}'.format(digest.hex())


@given(st.integers(0, 2**31 - 1), st.datetimes(timezones=st.just(timezone.utc)))
def test_cursors_go_and_come(number: int, moment: datetime) -> None:
    text = cursor.encode([moment, number])
    assert text.isascii() and "=" not in text
    assert cursor.decode(text, datetime, int) == [moment, number]


@given(st.text() | st.binary().map(lambda raw: raw.hex()))
def test_any_text_for_a_cursor_is_refused_kindly(text: str) -> None:
    with pytest.raises(BadRequest):
        cursor.decode(text, datetime, int, int)


@pytest.mark.parametrize("values", [[True], [1.5], [-1], [2**31], ["1"], [None]])
def test_a_number_is_one_of_postgres(values: list[object]) -> None:
    with pytest.raises(BadRequest):
        cursor.decode(cursor.encode(values), int)  # type: ignore[arg-type]


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(BadRequest):
        cursor.decode(cursor.encode([datetime(2026, 1, 1)]), datetime)  # noqa: DTZ001  # the point


def test_queries_have_names() -> None:
    assert {"runs", "advance_processes"} < QUERIES.keys()
    with pytest.raises(ValueError, match="twice"):
        read_queries("-- name: a\nSELECT 1\n", "-- A part.\n-- name: a\nSELECT 2\n")


def test_a_suite_counts_all_below_it() -> None:
    suites = [{"process_no": 0, "id": suite} for suite in ("s1", "s1-s1", "s1-s11")]
    tallies = [
        {"process_no": 0, "suite": "s1-s1", "counts_as": 0, "tests": 2},
        {"process_no": 0, "suite": "s1-s1", "counts_as": 3, "tests": 1},
        {"process_no": 0, "suite": "s1-s11", "counts_as": 1, "tests": 4},
        {"process_no": 0, "suite": "s1-s11", "counts_as": 4, "tests": 5},
        {"process_no": 1, "suite": "s1", "counts_as": 2, "tests": 8},
    ]
    assert [tuple(suite["counts"].values()) for suite in with_counts(suites, tallies)] == [
        (12, 2, 4, 0, 5),
        (3, 2, 0, 0, 0),
        (9, 0, 4, 0, 5),
    ]


@given(st.lists(TEXT | st.text("ab./", max_size=2 * names.SHORT)))
def test_keys_of_many_longnames_are_those_of_each(longnames: list[str]) -> None:
    each = names.as_array(digest for longname in longnames for digest in names.digests_of_longname(longname))
    assert names.digests_of_longnames(longnames) == each


def test_names_that_somebody_makes_up_are_not_remembered() -> None:
    names._known_items.cache_clear()
    names.digests_of_longnames(["Suite.Test", "a." * (names.FEW + 1), "a" * (names.SHORT + 1)])
    assert names._known_items.cache_info().currsize == 1
