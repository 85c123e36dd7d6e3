"""Is what a process says it sent what Postgres holds?"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.recording.model import IMPORTED, SEALED
from livewall_dashboard.history.results.expectation import CountsAs
from livewall_listener import wire


def end_process(connection: psycopg.Connection[Any], run_id: int, no: int, end: wire.EndProcess) -> None:
    """Count the process's stored tests, compare counts and digest with the node's, and store the verdict."""
    rows = connection.execute(QUERIES["results_to_verify"], [run_id, no]).fetchall()
    counts = [0] * len(CountsAs)
    for _, status, _ in rows:
        counts[status] += 1
    digest = wire.digest_of((test_id, wire.STATUSES[status], message) for test_id, status, message in rows)
    if store_verdict(connection, run_id, no, end, counts, digest):
        _replace_file(connection, run_id, no)


def _replace_file(connection: psycopg.Connection[Any], run_id: int, no: int) -> None:
    """A run that an import made of a file gives way to the same run when its node reports it after all."""
    twins = connection.execute(QUERIES["twins"], {"run_id": run_id, "no": no, "imported": IMPORTED}).fetchall()
    if twins:
        ids = [twin for (twin,) in twins]
        for query in ("remove_results", "remove_suites", "remove_attempts_of_runs", "remove_runs"):
            connection.execute(QUERIES[query], [ids])


def store_verdict(
    connection: psycopg.Connection[Any],
    run_id: int,
    no: int,
    end: wire.EndProcess,
    counts: Sequence[int],
    digest: str,
    *,
    sealed: bool = False,
) -> bool:
    """`counts`: stored tests by what they count as (`CountsAs`), `digest`: of them. `sealed`: nothing that its node
    still sends changes that. -> whether `end` says the same.
    """
    passed, failed, skipped, _, expected_failures = counts
    stored = (sum(counts), passed, failed, skipped)
    equal = stored == (end.total, end.passed, end.failed, end.skipped) and digest == end.digest
    connection.execute(
        QUERIES["end_process"],
        {
            "run_id": run_id,
            "no": no,
            "verified": equal,
            "end_event": Jsonb(
                {member.name: getattr(end, member.name) for member in dataclasses.fields(wire.EndProcess)}
            ),
            "total": sum(counts),
            "passed": passed,
            "failed": failed,
            "skipped": skipped,
            "expected_failures": expected_failures,
            "warnings": end.warnings,
            "errors": end.errors,
            "sealed": SEALED if sealed else None,
        },
    )
    return equal
