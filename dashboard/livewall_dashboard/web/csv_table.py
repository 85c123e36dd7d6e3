"""Tables as CSV, for spreadsheets."""

from __future__ import annotations

import csv
import errno
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Response, request

from livewall_dashboard.web.operation import Answer
from livewall_dashboard.web.peer import has_hung_up
from livewall_dashboard.web.values import time_text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Row = TypeVar("Row")

MOST = 100_000
"""Rows of one answer."""
PAGE = 1000
PIECE = 60_000
"""Characters."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet would reckon with; the last ones are = + - @ of full width."""


def pages_of(
    read: Callable[[str | None, int], tuple[list[Row], str | None]], rows_at_once: int = PAGE
) -> Iterator[Row]:
    """The rows of a list, page by page, `MOST` of them. `read(cursor, limit)` gives a page; the first is read at once,
    so that what it raises is told as an error. Raises BrokenPipeError for a reader who has hung up: pages in which
    nothing is found are never sent, so that nobody else would notice.
    """
    return _go_on(read, read(None, rows_at_once), rows_at_once, request.environ)


def _go_on(
    read: Callable[[str | None, int], tuple[list[Row], str | None]],
    page: tuple[list[Row], str | None],
    rows_at_once: int,
    environ: WSGIEnvironment,
) -> Iterator[Row]:
    given = 0
    while True:
        rows, following = page
        yield from rows
        given += len(rows)
        if following is None or given >= MOST:
            return
        if has_hung_up(environ):
            raise BrokenPipeError(errno.EPIPE, "The reader has hung up")
        page = read(following, rows_at_once)


def csv_answer(line: str) -> Answer:
    """What a route of a table tells of itself. `line`: what each line is of."""
    return Answer(200, f"A line for each {line}.", str, "text/csv")


def csv_table(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    """A file to download of rows whose members have the names of the columns; what a row lacks is an empty cell."""
    return csv_response(name, columns, ([row.get(column) for column in columns] for row in rows))


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
    writer.writerow(map(_cell, columns))
    for row in rows:
        writer.writerow(map(_cell, row))
        if text.tell() > PIECE:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _cell(value: object) -> object:
    """A list or a mapping is told in one cell, a moment as the API tells it."""
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, Mapping):
        value = ", ".join(f"{name}={each}" for name, each in value.items())
    elif isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
