"""What was recorded of a run, read back twice: as plain SQL over the schema, and page by page from the read API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.rows import dict_row

from .oracle import PhaseRow, Record, SuiteRow, TestRow

STATUSES = ("PASS", "FAIL", "SKIP", "NOT RUN")

RUN = """
    SELECT run.*, setup.name AS setup FROM run JOIN setup ON setup.id = run.setup_id WHERE run.key = %s
"""
PROCESSES = """
    SELECT * FROM process WHERE run_id = %s ORDER BY no
"""
SUITES = """
    SELECT suite_result.*, suite.longname, suite.name
    FROM suite_result JOIN suite ON suite.id = suite_result.suite_id
    WHERE run_id = %(run)s AND process_no = ANY(%(processes)s)
    ORDER BY process_no, string_to_array(translate(suite_result.id, 's', ''), '-')::int[]
"""
TESTS = """
    SELECT result.*, test.name, test.longname, tag_set.tags, coalesce(result.source, suite_result.source) AS source
    FROM result
    JOIN test ON test.id = result.test_id
    JOIN tag_set ON tag_set.id = result.tag_set_id
    JOIN suite_result ON suite_result.run_id = result.run_id AND suite_result.process_no = result.process_no
        AND suite_result.id = regexp_replace(result.id, '-[^-]*$', '')
    WHERE result.run_id = %(run)s AND result.process_no = ANY(%(processes)s)
    ORDER BY result.process_no, result.seq
"""
TOTALS = ("total", "passed", "failed", "skipped", "warnings", "errors")


class Database:
    """The tables of one database, as an administrator would query them."""

    def __init__(self, url: str) -> None:
        self._url = url

    def rows(self, query: str, *arguments: Any) -> list[dict[str, Any]]:
        with psycopg.connect(self._url, row_factory=dict_row) as connection:
            return connection.execute(query, arguments or None).fetchall()

    def run(self, key: str) -> dict[str, Any]:
        """The run's row; LookupError if there is none."""
        found = self.rows(RUN, key)
        if not found:
            raise LookupError(f"no run {key}")
        return found[0]

    def runs_of(self, setup: str) -> list[str]:
        """Keys of the setup's runs, oldest first."""
        query = "SELECT key FROM run JOIN setup ON setup.id = run.setup_id WHERE setup.name = %s ORDER BY run.id"
        return [row["key"] for row in self.rows(query, setup)]

    def processes(self, key: str) -> list[dict[str, Any]]:
        return self.rows(PROCESSES, self.run(key)["id"])

    def record(self, key: str, process: str | None = None) -> Record:
        """The run without superseded processes, or one process of it by its name."""
        with psycopg.connect(self._url, row_factory=dict_row) as connection:
            run = connection.execute(RUN, [key]).fetchone()
            if run is None:
                raise LookupError(f"no run {key}")
            processes = connection.execute(PROCESSES, [run["id"]]).fetchall()
            if process is None:
                chosen_processes, totals = [row for row in processes if not row["superseded"]], run
            else:
                (totals,) = chosen_processes = [row for row in processes if row["name"] == process]
            chosen = {"run": run["id"], "processes": [row["no"] for row in chosen_processes]}
            suites = connection.execute(SUITES, chosen).fetchall()
            tests = connection.execute(TESTS, chosen).fetchall()
            stored = connection.execute(
                "SELECT count(*) AS count FROM result WHERE run_id = %(run)s AND process_no = ANY(%(processes)s)",
                chosen,
            ).fetchone()
        assert stored and stored["count"] == len(tests), f"{stored} results stored, {len(tests)} with suite and tags"
        return Record(
            name=run["name"],
            status=run["status"] if process is None else suites[0]["status"],
            **{name: totals[name] for name in TOTALS},
            suites=[_suite_row(row) for row in suites],
            tests=[_test_row({**row, "status": STATUSES[row["status"]]}) for row in tests],
        )


def read_api(get: Callable[[str], Any], key: str, limit: int = 100) -> Record:
    """The run as the read API tells it; `get` returns the JSON at a path. Pages have `limit` rows."""
    base = f"/api/v1/runs/{quote(key, safe='')}"
    run = get(base)
    counts = run["counts"]
    assert counts.pop("expected_failures") == 0, "output.xml knows no expectations"
    return Record(
        name=run["name"],
        status=run["status"],
        **counts,
        suites=[_suite_row(row) for row in _pages(get, f"{base}/suites", "suites", limit)],
        tests=[_test_row(row) for row in _pages(get, f"{base}/tests", "tests", limit)],
    )


def _pages(get: Callable[[str], Any], path: str, name: str, limit: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    query = f"?limit={limit}"
    while True:
        page = get(path + query)
        assert len(page[name]) <= limit, f"{path}{query}: {len(page[name])} rows in a page of {limit}"
        rows += page[name]
        if page["next"] is None:
            return rows
        query = f"?limit={limit}&after={quote(str(page['next']), safe='')}"


def _suite_row(row: dict[str, Any]) -> SuiteRow:
    return SuiteRow(
        **{name: row[name] or "" for name in ("id", "name", "longname", "source", "doc", "status", "message")},
        metadata=row["metadata"] or {},
        start_time=_time(row["start_time"]),
        elapsed_time=row["elapsed_time"],
        setup=PhaseRow(**row["setup"]) if row["setup"] else None,
        teardown=PhaseRow(**row["teardown"]) if row["teardown"] else None,
    )


def _test_row(row: dict[str, Any]) -> TestRow:
    return TestRow(
        **{name: row[name] or "" for name in ("id", "name", "longname", "source", "status", "message")},
        lineno=row["lineno"] or 0,
        tags=tuple(row["tags"]),
        start_time=_time(row["start_time"]),
        elapsed_time=row["elapsed_time"],
    )


def _time(value: datetime | str) -> datetime:
    # Python 3.10 does not read the Z of ISO 8601.
    return value if isinstance(value, datetime) else datetime.fromisoformat(value.replace("Z", "+00:00"))
