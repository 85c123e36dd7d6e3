"""What a result counts as is the same in SQL."""

from __future__ import annotations

from livewall_dashboard.history.results.expectation import counts_as
from support.history_lab import Lab


def test_sql_and_python_agree(lab: Lab) -> None:
    rows = lab.rows("""
        SELECT status, actual, expected, result_counts_as(status::int2, actual::int2, expected::int2) AS counts_as
        FROM generate_series(0, 3) status,
             (SELECT generate_series(1, 511, 3) UNION SELECT NULL) a (actual),
             (SELECT generate_series(1, 511, 5) UNION SELECT NULL) e (expected)""")
    assert len(rows) > 70_000
    assert [row for row in rows if row["counts_as"] != counts_as(row["status"], row["actual"], row["expected"])] == []
