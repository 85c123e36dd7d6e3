"""Complete a run from a file: what a process's rows lack is added, what differs is repaired.

All of it in the caller's transaction. The file's rows come first, into temporary tables that nobody else sees or waits
for; then the run is locked, compared and completed, which is short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from psycopg.types.json import Json

from livewall_dashboard.base.errors import Conflict
from livewall_dashboard.base.run_status import State
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.recording import verify
from livewall_dashboard.history.recording.model import SEALED
from livewall_dashboard.history.recording.transaction import settle
from livewall_dashboard.history.results import copy
from livewall_dashboard.history.results.expectation import CountsAs
from livewall_listener import wire

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

AT_ONCE = 2_000
"""Tests in memory."""


@dataclass(slots=True)
class Tally:
    """Tests, one after the other, in sum: by what they count as (`CountsAs`) and content."""

    counts: list[int] = field(default_factory=lambda: [0] * len(CountsAs))
    content: int = 0

    def add(self, test_id: str, status: int, message: str, counts_as: int) -> None:
        self.counts[counts_as] += 1
        self.content += hash((test_id, status, message))


@dataclass(slots=True, frozen=True)
class Change:
    """What completing did: tests and suites added, mended (stored, but otherwise), removed (not in the file)."""

    tests_added: int
    suites_added: int
    tests_repaired: int = 0
    suites_repaired: int = 0
    tests_removed: int = 0
    suites_removed: int = 0

    @property
    def is_nothing(self) -> bool:
        return not any(getattr(self, name) for name in self.__slots__)


@dataclass(slots=True, frozen=True)
class LockedRun:
    """A run and a process of it, the run locked. `end`: what was told of the process at its end, where anything was.

    `is_complete`: whether the run is verified and has as many tests as pabot announced; `verified`: whether the process
    has ended with what was told.
    """

    state: State
    is_complete: bool
    verified: bool
    end: wire.EndProcess | None


NEW = LockedRun("running", is_complete=False, verified=False, end=None)
"""One that this transaction made, which nobody else sees."""


def create_staging_tables(connection: Connection) -> None:
    """Make the temporary tables, once on each connection; what is in them goes with the transaction."""
    connection.execute(QUERIES["create_imported"])
    connection.execute(QUERIES["create_imported_suites"])
    connection.execute(QUERIES["create_imported_attempts"])


Tests = tuple[Sequence[copy.Row], Sequence[int], Sequence[int], Sequence[copy.More]]
"""Some tests, the numbers of their names and of their tag sets, and what else there is of each."""


def send_tests(connection: Connection, tests: Iterable[Tests], *, at_once: bool = False) -> None:
    """`tests`: some at a time; run and process are given later. `at_once`: they are given, and hold nothing yet."""
    with connection.cursor().copy(QUERIES["copy_results_of_set" if at_once else "copy_imported"]) as stream:
        for some in tests:
            for piece in copy.encode_with_more(*some):
                stream.write(piece)


Place = tuple[int, int]
"""A process: the number of its run, and its own."""


def send_attempts(connection: Connection, rows: Sequence[Row], place: Place | None = None) -> None:
    """Rows as `attempt_rows` makes them. `place`: the process, which holds none yet; else it is given later."""
    if rows:
        query = "add_attempts" if place else "add_imported_attempts"
        connection.execute(QUERIES[query], [*(place or ()), Json(rows)])


def send_suites(connection: Connection, rows: Sequence[Row], place: Place | None = None) -> None:
    query = "add_suite_results" if place else "add_imported_suites"
    connection.execute(QUERIES[query], [*(place or ()), Json(rows)])


def lock_run(connection: Connection, run_id: int, no: int) -> LockedRun:
    """Lock the run until the transaction's end. Raises `Conflict` for one that was removed since it was found."""
    row = connection.execute(QUERIES["run_to_complete"], {"run_id": run_id, "no": no}).fetchone()
    if row is None:
        raise Conflict("Its run was removed this very moment, as it was older than such runs are kept.")
    end = wire.EndProcess(**row["end_event"]) if row["end_event"] else None
    is_complete = row["verification"] == "verified" and row["has_all"]
    return LockedRun(row["state"], is_complete, row["verified"], end)


def align_times(connection: Connection, run_id: int, no: int) -> None:
    """The file's times become those that are stored where they only differ because a clock was set meanwhile."""
    for query in ("align_results", "align_suites"):
        connection.execute(QUERIES[query], {"run_id": run_id, "no": no})


def bound_durations(connection: Connection) -> None:
    """What took less than nothing by the file took no time."""
    for query in ("bound_results", "bound_suites"):
        connection.execute(QUERIES[query])


def count_unmatched_tests(connection: Connection, run_id: int, no: int | None) -> int:
    """How many stored tests the file has not, or as other ones: of the process or, with None, of all processes."""
    return int(_only(connection, "unmatched_tests", {"run_id": run_id, "no": no}))


def run_differs(connection: Connection, run_id: int) -> bool:
    """Whether the tests of all its processes are not exactly the file's."""
    return bool(_only(connection, "run_differs", {"run_id": run_id}))


def holds_anything(connection: Connection, run_id: int, no: int) -> bool:
    """Whether anything of the process is stored."""
    return bool(_only(connection, "holds_anything", {"run_id": run_id, "no": no}))


def complete(connection: Connection, run_id: int, no: int) -> Change:
    """Make the process's rows the file's."""
    place = {"run_id": run_id, "no": no}

    def count(query: str) -> int:
        return connection.execute(QUERIES[query], place).rowcount

    if not holds_anything(connection, run_id, no):
        count("add_missing_attempts")
        return Change(tests_added=count("add_missing_results"), suites_added=count("add_missing_suites"))
    connection.execute(QUERIES["index_imported"])
    connection.execute(QUERIES["analyze_imported"])
    change = Change(
        tests_removed=count("remove_unmatched_results"),
        tests_repaired=count("repair_results"),
        tests_added=count("add_missing_results"),
        suites_removed=count("remove_unmatched_suites"),
        suites_repaired=count("repair_suites"),
        suites_added=count("add_missing_suites"),
    )
    if not change.is_nothing:
        # Numbers of events order the rows; those of a node's and of a file's do not go together.
        connection.execute(QUERIES["renumber_results"], place)
        connection.execute(QUERIES["renumber_suites"], place)
        connection.execute(QUERIES["remove_attempts"], place)
        connection.execute(QUERIES["add_missing_attempts"], place)
    return change


def digest_of_stored(connection: Connection, run_id: int, no: int, tests: int) -> tuple[str, Tally]:
    """The digest, and the sum, of the process's tests as Postgres holds them, about so many; read some at a time."""
    tally = Tally()

    def rows(stored: Iterable[tuple[str, int, str, int]]) -> Iterator[tuple[str, str, str]]:
        for test_id, status, message, counts_as in stored:
            tally.add(test_id, status, message, counts_as)
            yield test_id, wire.STATUSES[status], message

    place = {"run_id": run_id, "no": no}
    if tests <= AT_ONCE:
        with connection.cursor(row_factory=tuple_row) as cursor:
            return wire.digest_of_sorted(rows(cursor.execute(QUERIES["stored_in_order"], place))), tally
    with connection.cursor("stored", row_factory=tuple_row) as part:
        part.itersize = AT_ONCE
        return wire.digest_of_sorted(rows(part.execute(QUERIES["stored_in_order"], place))), tally


def close_process(
    connection: Connection,
    run_id: int,
    no: int,
    state: State,
    end: wire.EndProcess,
    stored: tuple[Sequence[int], str],
    *,
    name: str,
    whole: bool,
    at: datetime,
) -> None:
    """The process has ended with what is stored, and nothing its node still sends changes that.

    `state`: the run's, unless this was the last of its processes. `stored`: its tests by what they count as
    (`CountsAs`), and their digest; where `end` has others, it is partial. `name`: of the root suite. `whole`: the
    process stands for all others of the run. `at`: the server's clock.
    """
    place = {"run_id": run_id, "no": no, "sealed": SEALED}
    verify.store_verdict(connection, run_id, no, end, *stored, sealed=True)
    if whole:
        connection.execute(QUERIES["supersede_others"], place)
    if _only(connection, "note_import", {**place, "name": name}):
        state = "finished"
    # The same state before as after: files may be old, and come in any order, so nothing is learned from them of how
    # long tests take.
    settle(connection, {run_id: state}, {run_id: state}, {}, {run_id: at})


def _only(connection: Connection, query: str, values: Row) -> Any:
    row = connection.execute(QUERIES[query], values).fetchone()
    assert row is not None
    return next(iter(row.values()))
