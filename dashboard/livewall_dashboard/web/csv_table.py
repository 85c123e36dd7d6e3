"""Tables as CSV, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from flask import Response

Row = TypeVar("Row")

MOST = 100_000
"""Rows of one answer."""
PAGE = 1000
PIECE = 60_000
"""Characters."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would reckon with."""


def pages_of(read: Callable[[str | None, int], tuple[list[Row], str | None]]) -> Iterator[Row]:
    """The rows of a list, page by page, `MOST` of them. `read(cursor, limit)` gives a page; the first is read at once,
    so that what it raises is told as an error.
    """
    return _go_on(read, read(None, PAGE))


def _go_on(
    read: Callable[[str | None, int], tuple[list[Row], str | None]], page: tuple[list[Row], str | None]
) -> Iterator[Row]:
    given = 0
    while True:
        rows, following = page
        yield from rows
        given += len(rows)
        if following is None or given >= MOST:
            return
        page = read(following, PAGE)


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> Response:
    """A file to download, written as it is read. What a spreadsheet would take for a formula begins with '."""
    response = Response(csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def csv_lines(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The text, some 60 kB at a time."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(map(_plain, row))
        if text.tell() > PIECE:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _plain(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
