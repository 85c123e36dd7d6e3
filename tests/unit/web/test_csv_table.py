"""Cells of CSV: no formula, whatever was named so, and one cell for what is several."""

from __future__ import annotations

import csv
import socket
from datetime import datetime, timezone

import pytest
from flask import Flask

from livewall_dashboard.web.csv_table import PIECE, csv_lines, csv_table, pages_of


def table(columns: list[str], *rows: list[object]) -> list[list[str]]:
    return list(csv.reader("".join(csv_lines(columns, rows)).splitlines(keepends=True)))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_what_a_spreadsheet_would_reckon_with_is_text(start: str) -> None:
    formula = f"{start}cmd|' /C calc'!A0"
    assert table([formula], [formula], [[formula, "b"]]) == [[f"'{formula}"], [f"'{formula}"], [f"'{formula}, b"]]


def test_numbers_stay_numbers_and_several_things_are_one_cell() -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
    row = [-1.5, None, ["a", "b"], {"os": "x", "arch": "y"}, moment, 'say "no",\ntwice']
    assert table(["a"], row)[1] == [
        "-1.5", "", "a, b", "os=x, arch=y", "2026-03-01T12:00:00+00:00", 'say "no",\ntwice'
    ]  # fmt: skip


def test_a_large_table_comes_in_pieces() -> None:
    pieces = csv_lines(["name"], (["x" * 100] for _ in range(3000)))
    assert all(len(piece) < PIECE + 200 for piece in pieces)


def test_a_reader_who_hangs_up_ends_the_reading() -> None:
    asked: list[str | None] = []

    def read(after: str | None, limit: int) -> tuple[list[int], str | None]:
        asked.append(after)
        return [], "more"  # nothing is found, and so nothing is sent

    reader, line = socket.socketpair()
    with Flask(__name__).test_request_context(environ_overrides={"gunicorn.socket": line}):
        rows = pages_of(read)
        reader.close()
    with line, pytest.raises(BrokenPipeError):
        next(rows)
    assert asked == [None]


def test_rows_are_told_by_the_names_of_the_columns() -> None:
    reply = csv_table("t.csv", ["a", "b"], [{"b": 1, "c": 2}])
    assert reply.get_data(as_text=True) == "a,b\r\n,1\r\n"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="t.csv"'
