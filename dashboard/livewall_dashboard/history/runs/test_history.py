"""One test over runs, the latest first on an axis; and the setups it ran on, each with its latest runs.

A longname may be that of several tests, and a test may run twice in a run: limits count runs, whose results all show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from livewall_dashboard.base.run_status import COUNTS
from livewall_dashboard.history import cursor
from livewall_dashboard.history.axis import Axis
from livewall_dashboard.history.commits import commit_list
from livewall_dashboard.history.identity import test_names
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.results.names import digests_of_longnames
from livewall_dashboard.history.results.result_words import in_words

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

NEWEST = 500
"""Runs of a test, those with the highest numbers, that are looked at for the latest of a setup or a branch, or for a
further page; all others where these are not enough.
"""


@dataclass(frozen=True, slots=True)
class SetupsOfTest:
    """`counts`: of all results, also of setups on further pages; `setups`: `{setup, counts, history}`."""

    counts: dict[str, int]
    setups: list[Row]
    next: str | None


def of_test(
    connection: Connection, longname: str, filters: Mapping[str, str], axis: Axis, after: str | None, limit: int
) -> tuple[list[Row], str | None]:
    """The results of `limit` runs, and the cursor of the next ones or None. `filters`: `setup`, `branch`.

    Runs that have no place on the axis are left out; those at one place are in the order in which they started.
    """
    values: Row = {**filters, "tests": tests_of(connection, [longname]), "limit": limit + 1}
    values |= {"repository": axis.repository, "label": axis.label, "by_start": axis.order == "start"}
    given = [QUERIES[f"history_of_{name}"] for name in filters]
    if after is not None:
        values["place"], values["sorted_at"], values["id"] = cursor.decode(after, str, datetime, int)
        given.append(QUERIES["history_after"])
    is_first_of_all = after is None and not filters and axis.order == "start"
    values["newest"] = 2 * values["limit"] if is_first_of_all else max(NEWEST, 2 * values["limit"])
    found = _runs(connection, "newest_runs_of_test", given, axis, values)
    if not (found and found[0]["is_enough"]):
        found = _runs(connection, "runs_of_test", given, axis, values)
    last = found[limit - 1] if len(found) > limit else None
    following = cursor.encode((last["place"], last["sorted_at"], last["id"])) if last else None
    rows = _results(connection, values["tests"], [row["id"] for row in found[:limit]])
    if axis.order == "commit":
        known = commit_list.of_runs(connection, [row["id"] for row in found[:limit]], axis.repository)
        rows = [{**row, "repository_commit": known[row["run"]]} for row in rows]
    return rows, following


def setups_of_test(
    connection: Connection, longname: str, filters: Mapping[str, str], after: str | None, limit: int, latest: int
) -> SetupsOfTest:
    """`limit` setups that have results, that with the latest run first; of each the results of `latest` runs."""
    values: Row = {**filters, "tests": tests_of(connection, [longname])}
    given = [QUERIES[f"history_of_{name}"] for name in filters]
    found = connection.execute(_where("setups_of_test", given), values).fetchall()
    counts = {name: sum(row[name] for row in found) for name in COUNTS}
    if after is not None:
        place = cursor.decode(after, datetime, int)
        found = [row for row in found if [row["last"], row["setup_id"]] < place]
    page = found[:limit]
    following = cursor.encode((page[-1]["last"], page[-1]["setup_id"])) if len(found) > limit else None
    values |= {"setups": [row["setup_id"] for row in page], "latest": latest}
    runs = connection.execute(_where("latest_runs_of_test", given), values).fetchall()
    history: dict[str, list[Row]] = {row["setup"]: [] for row in page}
    for row in _results(connection, values["tests"], [run["id"] for run in runs]):
        history[row["setup"]].append(row)
    setups = [
        {"setup": row["setup"], "counts": {name: row[name] for name in COUNTS}, "history": history[row["setup"]]}
        for row in page
    ]
    return SetupsOfTest(counts, setups, following)


def tests_of(connection: Connection, longnames: Sequence[str]) -> list[int]:
    """The numbers of the tests that have, or had, one of these longnames."""
    digests = digests_of_longnames(longnames)
    rows = connection.execute(QUERIES["tests_of_longname"], {"digests": digests}).fetchall()
    if rows:
        return [row["id"] for row in rows]
    # Of a name that nothing ran under: what was renamed to it.
    return [number for longname in longnames for number in test_names.numbers(connection, longname)]


def _runs(
    connection: Connection, query: str, given: Iterable[sql.Composable], axis: Axis, values: Mapping[str, Any]
) -> list[Row]:
    return connection.execute(_where(query, given, axis=QUERIES[f"axis_of_{axis.order}"]), values).fetchall()


def _where(query: str, conditions: Iterable[sql.Composable], **parts: sql.Composable) -> sql.Composed:
    return QUERIES[query].format(conditions=sql.SQL(" AND ").join([sql.SQL("true"), *conditions]), **parts)


def _results(connection: Connection, tests: list[int], runs: list[int]) -> list[Row]:
    rows = connection.execute(QUERIES["test_in_runs"], {"tests": tests, "runs": runs}).fetchall()
    return list(map(in_words, rows))
