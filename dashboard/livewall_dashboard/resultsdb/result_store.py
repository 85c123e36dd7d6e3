"""Results, failures, summaries, links: what resultsdbpy's queries read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from livewall_dashboard.base.errors import BadRequest, NotFound
from livewall_dashboard.history.commits.known_commits import KnownCommits
from livewall_dashboard.history.result_sets import uploads
from livewall_dashboard.history.result_sets.uploads import Connection, Selection
from livewall_dashboard.history.results import expectation
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.resultsdb import commit_search, summary, tree
from livewall_dashboard.resultsdb.parameters import (
    FailuresQuery,
    ResultsQuery,
    SummaryQuery,
    TestsQuery,
    UrlsQuery,
)
from livewall_dashboard.resultsdb.selection import (
    Series,
    Wanted,
    flag_of,
    select,
    series_for,
    suites_of,
)

Json = dict[str, Any]
Row = Mapping[str, Any]


class ResultStore:
    """Raises `Unavailable` while Postgres is away. `clock`: the server's."""

    def __init__(self, database: Database, clock: Callable[[], datetime]):
        self._database = database
        self._clock = clock

    def tests(self, suite: str, query: TestsQuery) -> list[str]:
        """Names of tests that uploads of the suite had."""
        found: set[str] = set()
        with self._database.connection() as connection:
            for beginning in query.test or [""]:
                room = query.limit - len(found)
                if room > 0:
                    found.update(uploads.test_names(connection, suite, beginning, room))
        return sorted(found)

    def runs(self, suite: str, query: ResultsQuery) -> list[Json]:
        """By configuration and SDK."""
        with self._database.connection() as connection:
            series, selection = self._select(connection, suite, query, query.limit)
            rows = uploads.uploads(connection, selection)
        return _by_configuration(series, rows, _run, selection)

    def results(self, suite: str, test: str, query: ResultsQuery) -> list[Json]:
        """Of one test, by configuration and SDK."""
        with self._database.connection() as connection:
            series, selection = self._select(connection, suite, query, query.limit)
            rows = uploads.results_of_test(connection, test, selection)
        return _by_configuration(series, rows, _result, selection)

    def failures(self, suite: str, query: FailuresQuery) -> list[Any]:
        """Of each run, or the names alone. Raises NotFound where no run is asked for."""
        unexpected = flag_of(query.unexpected, default=True)
        with self._database.connection() as connection:
            series, selection = self._select(connection, suite, query, query.limit)
            rows = uploads.uploads(connection, selection)
            if not rows:
                raise NotFound("No test runs found with the specified criteria")
            runs = [row["run_id"] for row in rows]
            if flag_of(query.collapsed, default=True):
                return uploads.tests_with_failures(connection, runs, unexpected=unexpected)
            found = uploads.failures(connection, runs, unexpected=unexpected)
        failed: dict[int, Json] = {}
        for failure in found:
            failed.setdefault(failure["run_id"], {})[failure["longname"]] = _worst(failure, unexpected=unexpected)
        with_failures = [{**row, "tests": failed[row["run_id"]]} for row in rows if row["run_id"] in failed]
        return _by_configuration(series, with_failures, lambda row: {**row["tests"], **_place(row)}, selection)

    def urls(self, query: UrlsQuery) -> list[Json]:
        """Of builds, by suite and configuration."""
        answers: list[Json] = []
        with self._database.connection() as connection:
            for suite in suites_of(connection, query, query.suite, self._now()):
                series, selection = self._select(connection, suite, query, query.limit)
                rows = [row for row in uploads.uploads(connection, selection) if row["urls"] is not None]
                for found in _by_configuration(series, rows, lambda row: {**_place(row), **row["urls"]}, selection):
                    configuration = {**found["configuration"], "suite": suite}
                    answers.append({"configuration": configuration, "urls": found["results"]})
        return answers

    def summary(self, suite: str, test: str, query: SummaryQuery) -> Json:
        """How the test did near a commit. Raises BadRequest where there is nothing near it."""
        limit, now = query.limit + 1, self._now()
        with_expectations = flag_of(query.include_expectations, default=False)
        with self._database.connection() as connection:
            commits = KnownCommits(connection)
            point = commit_search.point_of(commits, query)
            before, after = commit_search.near(commits, (query.branch or [""])[0], point, limit)
            if not before and not after:
                raise BadRequest("No commits in specified range")
            series = series_for(connection, query, query.branch, [suite], now)
            selection = Selection(
                [each.id for each in series],
                Wanted(query, now).sdks,
                begin=(before or after)[0].uuid,
                end=(after or before)[-1].uuid,
                limit=limit * 4,
            )
            rows = uploads.results_of_test(connection, test, selection)
        weights = summary.weights(
            [commit.uuid for commit in before],
            [commit.uuid for commit in after],
            limit,
            point.uuid if point else None,
        )
        counted = [(_key(row, with_expectations=with_expectations), weights.get(row["uuid"], 0)) for row in rows]
        percents = summary.percents(counted)
        if not percents:
            raise BadRequest("No results for specified test and configuration in provided commit range")
        return summary.as_json(percents, with_expectations=with_expectations)

    def _select(
        self, connection: Connection, suite: str, query: ResultsQuery | FailuresQuery | UrlsQuery, limit: int
    ) -> tuple[list[Series], Selection]:
        now = self._now()
        series = series_for(connection, query, query.branch, [suite], now)
        return series, select(connection, query, series, limit, now)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _by_configuration(
    series: Sequence[Series], rows: Sequence[Row], write: Callable[[Row], Json], selection: Selection
) -> list[Json]:
    """Rows of each configuration and SDK, in order: by uuid, or by start where that is what was asked for."""
    configurations = {each.id: each.configuration for each in series}
    found: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["series_id"], row["sdk"]), []).append(row)
    answers = []
    for (number, sdk), of_one in sorted(found.items()):
        if selection.by_start:
            of_one.sort(key=lambda row: row["start_time"])
        made_on = replace(configurations[number], sdk=sdk or None)
        answers.append({"configuration": made_on.as_json(), "results": list(map(write, of_one))})
    return answers


def _place(row: Row) -> Json:
    return {"uuid": row["uuid"], "start_time": row["start_time"]}


def _run(row: Row) -> Json:
    return {**_place(row), "details": {"number_of_flaky_tests": row["flaky"]}, "stats": row["stats"]}


def _result(row: Row) -> Json:
    return {**tree.log_of(row), **_words(row), **_place(row)}


def _words(row: Row) -> dict[str, str]:
    actual = expectation.actual_of(row["status"], row["actual"])
    return {
        "actual": expectation.text_of(actual),
        "expected": expectation.text_of(row["expected"] or expectation.PASS),
    }


def _worst(failure: Row, *, unexpected: bool) -> str:
    words = failure["actual"]
    if unexpected:
        words = expectation.unexpected(words, failure["expected"] or expectation.PASS)
    return expectation.text_of(expectation.worst(words))


def _key(row: Row, *, with_expectations: bool) -> summary.Key:
    """A result counts once, by its worst status."""
    words = _words(row)
    status = expectation.text_of(expectation.worst(expectation.actual_of(row["status"], row["actual"]))).lower()
    if not with_expectations:
        return status, ""
    return status, "expected" if words["actual"] == words["expected"] else "unexpected"
