"""Result rows in COPY's text format: faster than the binary one, for Postgres parses in C what Python has as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from livewall_listener import wire

CHUNK = 500
"""Rows a piece: about 60 kB."""

Row = tuple[int, int, int, int, str, wire.EndTest]
"""run_id, process_no, seq, status, message, and the event."""


More = tuple["int | None", "int | None", "int | None", "str | None"]
"""expected, actual, attempts, and extra as JSON."""

PLAIN: More = (None, None, None, None)
"""Of a result of which there is no more to say."""


def encode(rows: Iterable[Row], test_ids: Iterable[int], tag_set_ids: Iterable[int]) -> Iterator[bytes]:
    """Pieces for `Copy.write`, in the order of the columns of the query `copy_results`.

    Raises UnicodeEncodeError (a ValueError) for a lone surrogate.
    """
    return _pieces(map(_line, rows, test_ids, tag_set_ids))


def encode_with_more(
    rows: Iterable[Row], test_ids: Iterable[int], tag_set_ids: Iterable[int], more: Iterable[More]
) -> Iterator[bytes]:
    """The same with the columns that are empty for what a node tells."""
    return _pieces(map(_line_with_more, rows, test_ids, tag_set_ids, more))


def _pieces(lines: Iterator[str]) -> Iterator[bytes]:
    while piece := list(islice(lines, CHUNK)):
        piece.append("")
        yield "\n".join(piece).encode()


def _line(row: Row, test_id: int, tag_set_id: int) -> str:
    run_id, process_no, seq, status, message, event = row
    return (
        f"{run_id}\t{test_id}\t{event.start_time}\t{event.elapsed_time!r}\t{tag_set_id}\t{seq}\t"
        f"{event.lineno or _NULL}\t{process_no}\t{status}\t{_escaped(event.id)}\t"
        f"{_escaped(message) if message else _NULL}\t{_escaped(event.source) if event.source else _NULL}"
    )


def _line_with_more(row: Row, test_id: int, tag_set_id: int, more: More) -> str:
    if more is PLAIN:
        return f"{_line(row, test_id, tag_set_id)}\t{_NULL}\t{_NULL}\t{_NULL}\t{_NULL}"
    *numbers, extra = more
    texts = [_NULL if number is None else str(number) for number in numbers]
    texts.append(_NULL if extra is None else _escaped(extra))
    return "\t".join([_line(row, test_id, tag_set_id), *texts])


_NULL = "\\N"


def _escaped(text: str) -> str:
    if text.isprintable() and "\\" not in text:
        return text
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
