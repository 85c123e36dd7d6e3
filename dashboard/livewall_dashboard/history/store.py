"""All reading of the history. Rows are dicts with the API's names; times are aware datetimes, durations seconds.

A run that still runs reads like one that ended. Processes that were superseded (pabot repeated them) do not show.
Raises `Unavailable` while Postgres is away.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from livewall_dashboard.base.errors import BadRequest, NotFound
from livewall_dashboard.history import cursor
from livewall_dashboard.history.axis import Axis, Order
from livewall_dashboard.history.identity import test_names
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.resources import Status
from livewall_dashboard.history.results.names import as_array, digests_of_longname, digests_of_longnames
from livewall_dashboard.history.results.result_words import OUTCOMES, Outcome, in_words
from livewall_dashboard.history.results.status_number import STATUS_NUMBER
from livewall_dashboard.history.retention import pins
from livewall_dashboard.history.runs import run_list, test_history
from livewall_dashboard.history.runs.run_list import RunFilter
from livewall_dashboard.history.runs.suites import with_counts
from livewall_dashboard.history.runs.test_history import SetupsOfTest
from livewall_dashboard.postgres.database import Database

Row = dict[str, Any]
Page = tuple[list[Row], "str | None"]
"""Rows, and the cursor of the next page or None."""

MAX_LIMIT = 1000


class Store:
    """What the pages and the API read."""

    def __init__(self, database: Database):
        self._database = database

    def runs(self, before: str | None = None, limit: int = 50, **wanted: Any) -> Page:
        """Runs, the latest first. `wanted`: of `RunFilter`."""
        with self._database.connection() as connection:
            return run_list.in_order(connection, RunFilter(**wanted), before, _limit(limit))

    def run(self, key: str) -> Row:
        """Raises `NotFound`."""
        with self._database.connection() as connection:
            query = QUERIES["runs"].format(conditions=QUERIES["runs_of_key"])
            row = connection.execute(query, {"key": key, "limit": 1}).fetchone()
            if row is None:
                raise _no_run(key)
            processes = connection.execute(QUERIES["processes_of_one"], [row["run_id"]]).fetchall()
            (shown,) = run_list.with_commits(connection, [row])
            pin = pins.pin_of(connection, row["run_id"])
        return {**shown, "process_list": processes, "pin": pin}

    def pin(self, key: str, by: str) -> Row:
        """Keep the run for ever; -> its pin. Raises `NotFound`."""
        with self._database.connection() as connection:
            run_id = _run_id(connection, key)
            pins.pin(connection, key, by)
            return pins.pin_of(connection, run_id) or {}

    def release(self, key: str) -> None:
        """The rules of retention hold for the run again. Raises `NotFound`."""
        with self._database.connection() as connection:
            _run_id(connection, key)
            pins.release(connection, key)

    def runs_gone(self, keys: Iterable[str]) -> set[str]:
        """Of these runs, those that the history does not have."""
        with self._database.connection() as connection:
            return {row["key"] for row in connection.execute(QUERIES["runs_gone"], [list(keys)]).fetchall()}

    def suites(self, key: str, after: str | None = None, limit: int = 100) -> Page:
        """Suites of a run in the order they started. `counts` are those of a suite with its children."""
        process_no, seq = cursor.decode(after, int, int) if after is not None else (-1, -1)
        with self._database.connection() as connection:
            run_id = _run_id(connection, key)
            values = {"run_id": run_id, "process_no": process_no, "seq": seq, "limit": _limit(limit) + 1}
            rows = connection.execute(QUERIES["suites"], values).fetchall()
            tallies = connection.execute(QUERIES["tests_by_suite"], [run_id]).fetchall()
        return _page(with_counts(rows, tallies), limit, _place)

    def tests(
        self,
        key: str,
        *,
        status: Status | None = None,
        outcome: Outcome | None = None,
        attempts: int = 1,
        tag: str | None = None,
        q: str | None = None,
        longname: str | None = None,
        suite: str | None = None,
        folder: str | None = None,
        process: str | None = None,
        test: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> Page:
        """Tests of a run in the order they ended.

        `outcome`: what they count as; `attempts`: tried at least so often. `tag` matches as Robot Framework's do (case,
        spaces and underscores aside), `q` is a text in longname or message, `suite` a suite's id (with its children),
        `folder` a suite's longname (likewise), `process` a process's name, `test` a test's id.
        """
        values: Row = {}
        if status is not None:
            values["status"] = STATUS_NUMBER[status]
        if outcome is not None:
            values["outcome"] = OUTCOMES[outcome]
        if attempts > 1:
            values["attempts"] = attempts
        if tag is not None:
            values["tag"] = tag.lower().replace(" ", "").replace("_", "")
        if q is not None:
            values["q"] = q
        if longname is not None:
            values["digests"] = as_array(digests_of_longname(longname))
        if suite is not None:
            values["suite"] = suite
        if folder is not None:
            values["folder"] = folder
        if process is not None:
            values["process"] = process
        if test is not None:
            values["test"] = test
        given = [QUERIES[f"tests_of_{name}"] for name in values]
        if after is not None:
            values["process_no"], values["seq"] = cursor.decode(after, int, int)
            given.append(QUERIES["tests_after"])
        query = QUERIES["tests"].format(conditions=sql.SQL(" AND ").join([sql.SQL("true"), *given]))
        with self._database.connection() as connection:
            values["run_id"] = _run_id(connection, key)
            rows = connection.execute(query, {**values, "limit": _limit(limit) + 1}).fetchall()
        return _page(rows, limit, _place, in_words)

    def attempts(
        self,
        key: str,
        test: str | None = None,
        process: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> Page:
        """Attempts of a run's tests that were tried several times, in the order the tests ended. `test`: an id."""
        process_no, seq, no = cursor.decode(after, int, int, int) if after is not None else (-1, -1, -1)
        with self._database.connection() as connection:
            values = {"run_id": _run_id(connection, key), "test": test, "process": process, "limit": _limit(limit) + 1}
            values |= {"process_no": process_no, "seq": seq, "no": no}
            rows = connection.execute(QUERIES["attempts"], values).fetchall()
        return _page(rows, limit, lambda row: (*_place(row), row["no"]))

    def test_history(
        self,
        longname: str,
        setup: str | None = None,
        branch: str | None = None,
        after: str | None = None,
        limit: int = 100,
        order: Order = "start",
        repository: str | None = None,
        label: str | None = None,
    ) -> Page:
        """One test over `limit` runs, the latest first in this order. Empty for a test nobody ran."""
        filters, axis = _given(setup=setup, branch=branch), Axis(order, repository, label)
        with self._database.connection() as connection:
            return test_history.of_test(connection, longname, filters, axis, after, _limit(limit))

    def names_of_test(self, longname: str) -> list[Row]:
        """Its other longnames, and why they are one test: `{longname, by, because, since, undo}`."""
        with self._database.connection() as connection:
            return test_names.names(connection, longname)

    def setups_of_test(
        self,
        longname: str,
        setup: str | None = None,
        branch: str | None = None,
        after: str | None = None,
        limit: int = 50,
        latest: int = 40,
    ) -> SetupsOfTest:
        """The setups that a test ran on, that with the latest run first, with its results in their `latest` runs."""
        filters = _given(setup=setup, branch=branch)
        with self._database.connection() as connection:
            return test_history.setups_of_test(connection, longname, filters, after, _limit(limit), latest)

    def labels(self, values: int = 50) -> list[Row]:
        """Labels of the latest 10,000 runs by name, each with the latest of its `values`."""
        with self._database.connection() as connection:
            return connection.execute(QUERIES["labels"], {"values": values}).fetchall()

    def setups(self) -> list[Row]:
        """Setups of which there are runs, by name, with the latest one."""
        with self._database.connection() as connection:
            return connection.execute(QUERIES["setups"]).fetchall()

    def recently_forgotten(self) -> dict[str, datetime]:
        """Setups that `livewall forget` took off the wall in the last ten minutes, and when."""
        with self._database.connection() as connection:
            rows = connection.execute(QUERIES["recently_forgotten"]).fetchall()
        return {row["name"]: row["forgotten_at"] for row in rows}

    def expected_durations(self, setup: str, longnames: Iterable[str]) -> dict[str, float]:
        """Seconds each of these tests takes on the setup or, where it never ran there, on others; unknown ones not."""
        wanted = set(longnames)
        with self._database.connection() as connection:
            found = _durations(
                connection.execute(QUERIES["durations_on_setup"], [digests_of_longnames(wanted), setup]).fetchall()
            )
            rest = wanted - found.keys()
            if rest:
                rows = connection.execute(QUERIES["durations_anywhere"], [digests_of_longnames(rest)]).fetchall()
                found.update(_durations(rows))
        return found

    def artifacts(self, key: str) -> list[Row]:
        """Files of a run, by name. Raises `NotFound`."""
        with self._database.connection() as connection:
            return connection.execute(QUERIES["artifacts"], [_run_id(connection, key)]).fetchall()

    def run_of_build(self, url: str) -> str | None:
        """Id of the latest run that this CI build started."""
        with self._database.connection() as connection:
            row = connection.execute(QUERIES["run_of_build"], [url, url]).fetchone()
        return None if row is None else str(row["key"])

    def runs_of_builds(self, urls: Iterable[str]) -> list[Row]:
        """Runs that CI builds with these addresses started, in the order they began; `run_id` is for the next query."""
        whole = list(urls)
        values = {"urls": whole, "beginnings": [url[:500] for url in whole]}
        with self._database.connection() as connection:
            return connection.execute(QUERIES["runs_of_builds"], values).fetchall()

    def failures_of_runs(self, runs: Iterable[int]) -> dict[int, list[Row]]:
        """The first 5 failed tests of each run: `{id, process, longname, message, since}`, by the run's `run_id`.

        `since`: the first run `{run, build, commit, started_at}` of the streak of failures of that test on that setup
        that this run is part of.
        """
        found: dict[int, list[Row]] = {}
        with self._database.connection() as connection:
            for row in connection.execute(QUERIES["failures_of_runs"], [list(runs)]).fetchall():
                found.setdefault(row.pop("run_id"), []).append(row)
        return found

    def recent_imports(self) -> list[tuple[str, datetime]]:
        """Runs that `livewall import` completed in the last ten minutes, and when."""
        with self._database.connection() as connection:
            return [
                (row["key"], row["imported_at"]) for row in connection.execute(QUERIES["recent_imports"]).fetchall()
            ]

    def run_tags(self, key: str) -> list[Row]:
        """Tags of a run's tests by name, each `{tag, counts}`. Raises `NotFound`."""
        with self._database.connection() as connection:
            rows = connection.execute(QUERIES["run_tags"], [_run_id(connection, key)]).fetchall()
        return [{"tag": row.pop("tag"), "counts": row} for row in rows]


def _run_id(connection: psycopg.Connection[Row], key: str) -> int:
    row = connection.execute(QUERIES["run_id"], [key]).fetchone()
    if row is None:
        raise _no_run(key)
    return int(row["id"])


def _no_run(key: str) -> NotFound:
    return NotFound(f"There is no run {key[:200]!r}.")


def _limit(limit: int) -> int:
    if not 1 <= limit <= MAX_LIMIT:
        raise BadRequest(f"limit is a number from 1 to {MAX_LIMIT}.")
    return limit


def _page(rows: list[Row], limit: int, place: Any, shape: Any = None) -> Page:
    """`rows` has one more than asked for where there is a next page."""
    following = cursor.encode(place(rows[limit - 1])) if len(rows) > limit else None
    shown = [shape(row) if shape else row for row in rows[:limit]]
    for row in shown:
        row.pop("process_no", None)
        row.pop("seq", None)
    return shown, following


def _given(**filters: str | None) -> dict[str, str]:
    return {name: value for name, value in filters.items() if value is not None}


def _place(row: Row) -> tuple[int, int]:
    return row["process_no"], row["seq"]


def _durations(rows: list[Row]) -> dict[str, float]:
    return {row["longname"]: row["elapsed_time"] for row in rows}
