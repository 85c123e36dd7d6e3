"""Tests of a file with the numbers of their names, which Postgres looks up while the ones before are on their way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg

from livewall_dashboard.history.results.names import Names
from livewall_dashboard.importing.model import Output, TestLine

CANCEL_WITHIN = 3.0
"""Seconds."""

Numbers = tuple[list[int], list[int]]
"""Of some tests' names, and of their tag sets."""


def numbered(
    side: psycopg.Connection[Any], names: Names, output: Output, batches: Iterable[list[TestLine]]
) -> Iterator[tuple[list[TestLine], list[int], list[int]]]:
    """Each batch with its `Numbers`. Until the last is taken, `side` and `names` are used by a thread."""

    def look_up(batch: list[TestLine]) -> Numbers:
        pairs, tag_sets = [(output.longname_of(line), line.name) for line in batch], [line.tags for line in batch]
        numbers = names.tests.resolve(side, pairs), names.tag_sets.resolve(side, tag_sets)
        names.forget()  # a file names a test once, and there may be millions
        return numbers

    with ThreadPoolExecutor(1) as beside:
        begun = ((batch, beside.submit(look_up, batch)) for batch in batches)
        try:
            ahead = next(begun, None)
            while ahead:
                (batch, numbers), ahead = ahead, next(begun, None)
                yield batch, *numbers.result()
        except BaseException:
            with suppress(psycopg.Error):  # whoever ends this does not wait for what hangs in Postgres
                side.cancel_safe(timeout=CANCEL_WITHIN)
            raise
