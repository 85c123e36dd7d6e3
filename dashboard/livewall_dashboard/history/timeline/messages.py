"""What a test failed with, each reason once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.runs import run_list, test_history
from livewall_dashboard.history.runs.run_list import RunFilter
from livewall_dashboard.history.timeline import model
from livewall_dashboard.history.timeline.message_pattern import pattern_of
from livewall_dashboard.web.values import time_text

Row = dict[str, Any]

MOST_FAILURES = 2000
"""The latest, of which messages are grouped."""
MOST_CHARACTERS = 20_000
"""Of a message that is told."""


def read(connection: psycopg.Connection[Row], longname: str, wanted: RunFilter) -> list[model.MessageGroup]:
    """The messages of the latest failures, the most frequent reason first. Raises BadRequest."""
    conditions, values = run_list.conditions_of(wanted)
    query = QUERIES["failures_of_timeline"].format(conditions=conditions)
    values |= {"tests": test_history.tests_of(connection, [longname]), "most": MOST_FAILURES}
    return grouped(connection.execute(query, values).fetchall())


def grouped(rows: Iterable[Row]) -> list[model.MessageGroup]:
    """`rows`: the latest failure first."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(pattern_of(row["message"]), []).append(row)
    groups = sorted(found.values(), key=len, reverse=True)
    return [_group(each) for each in groups]


def _group(rows: list[Row]) -> model.MessageGroup:
    return model.MessageGroup(
        message=rows[0]["message"][:MOST_CHARACTERS],
        count=len(rows),
        setups=sorted({row["setup"] for row in rows}),
        first=_failure(rows[-1]),
        last=_failure(rows[0]),
    )


def _failure(row: Row) -> model.FailureOfTest:
    return model.FailureOfTest(row["run"], row["process"], row["id"], row["setup"], time_text(row["started_at"]))
