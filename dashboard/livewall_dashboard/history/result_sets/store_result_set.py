"""Store a result set: one run of one process, whole and verified at once, or nothing of it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row, tuple_row

from livewall_dashboard.access.tokens import Token
from livewall_dashboard.base.clock import iso
from livewall_dashboard.base.errors import Conflict, Invalid, LivewallError
from livewall_dashboard.history.commits import run_commits
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.recording import register_run
from livewall_dashboard.history.result_sets import complete_run
from livewall_dashboard.history.result_sets.bulk_writers import BulkWriter, BulkWriters
from livewall_dashboard.history.result_sets.result_set import ResultSet, StoredSet
from livewall_dashboard.history.result_sets.result_set_rows import ResultSetRows
from livewall_dashboard.history.results import copy
from livewall_dashboard.history.results.expectation import CountsAs
from livewall_dashboard.history.results.names import Names
from livewall_dashboard.history.results.partitions import PartitionsAhead
from livewall_dashboard.postgres.database import Database, unavailable_when_away
from livewall_listener import wire

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

PACKING = 3
"""Of gzip's nine levels: quick, and JSON shrinks to a tenth."""
UNKNOWN = ""
"""The digest of a set that lacks results: it equals none, so that the run is partial."""


class ResultSets:
    """Where features hand over the result sets they have read. `on_stored` gets the key of each run that is stored."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime], on_stored: Callable[[str], None]):
        self._database = database
        self._writers = BulkWriters(database)
        self._clock = clock
        self._on_stored = on_stored
        self._partitions = PartitionsAhead()

    def store(
        self,
        result_set: ResultSet,
        writer: Token | None = None,
        also: Callable[[Connection, int], object] | None = None,
    ) -> StoredSet:
        """Returns when it is stored. The same again, by its key, takes the former one's place.

        `also(connection, run_id)` stores what a feature has beside it, in the same transaction.

        `writer`: the token shown, None where nobody is asked for one. Raises `Conflict` where the key is that of a run
        of another setup, or of one that its node reported; `Forbidden` where `writer` may not write to the setup;
        `Invalid` for what cannot be stored; `Unavailable`. Then nothing is stored.
        """
        with unavailable_when_away(), self._writers.lend() as bulk:
            stored: StoredSet = self._database.offload(self._store, bulk, result_set, writer, also)
        self._on_stored(result_set.key)
        return stored

    def close(self) -> None:
        """At the end: the connections that are kept go."""
        self._writers.close()

    def _store(
        self,
        bulk: BulkWriter,
        result_set: ResultSet,
        writer: Token | None,
        also: Callable[[Connection, int], object] | None,
    ) -> StoredSet:
        connection: psycopg.Connection[Any] = bulk.connection
        try:
            rows = ResultSetRows(result_set)
            numbers = _Numbers(connection, bulk.names, rows)
            connection.row_factory = dict_row
            self._partitions.provide(connection)
            packed = None if result_set.raw is None else gzip.compress(result_set.raw, PACKING, mtime=0)
            with connection.transaction():
                stored = self._store_run(connection, result_set, writer)
                if not stored.is_new:
                    _remove_former(connection, stored.run_id)
                run_commits.link_told(connection, stored.run_id, result_set.commits)
                _send(connection, stored.run_id, rows, numbers)
                if packed is not None:
                    connection.execute(QUERIES["keep_raw_upload"], [stored.run_id, packed])
                if also is not None:
                    also(connection, stored.run_id)
                self._close(connection, stored.run_id, result_set, rows)
        except (ValueError, psycopg.DataError, psycopg.errors.ProgramLimitExceeded) as error:
            raise Invalid(f"The results cannot be stored: {str(error).strip()}") from error
        return stored

    def _store_run(self, connection: Connection, result_set: ResultSet, writer: Token | None) -> StoredSet:
        known = connection.execute(QUERIES["run_of_set"], [result_set.key]).fetchone()
        _check_may_replace(known, result_set)
        registered = register_run.register(
            connection,
            result_set.key,
            result_set.setup,
            _info(result_set, writer),
            self._clock(),
            self._partitions.until,
            writer,
            _name(result_set),
            is_whole_set=True,
        )
        self._partitions.note(registered.run_id)
        if registered.position.setup != result_set.setup:  # somebody made it this very moment
            raise _of_another_setup(result_set, registered.position.setup)
        return StoredSet(registered.run_id, is_new=registered.position.last_seq == 0)

    def _close(self, connection: Connection, run_id: int, result_set: ResultSet, rows: ResultSetRows) -> None:
        digest, counts = _stored(connection, run_id)
        if (digest, counts) != (rows.digest, rows.counts):
            raise LivewallError("What would be stored is not what was sent; please report this.")
        end = wire.EndProcess(
            sum(counts),
            counts[CountsAs.PASSED],
            counts[CountsAs.FAILED],
            counts[CountsAs.SKIPPED],
            digest if result_set.is_whole else UNKNOWN,
            result_set.warnings,
            result_set.errors,
        )
        complete_run.close_process(
            connection,
            run_id,
            0,
            "running",
            end,
            (counts, digest),
            name=_name(result_set),
            whole=False,
            at=self._clock(),
        )


class _Numbers:
    """The numbers of a set's names. They are nobody's, and committed as they come, lest others wait for them."""

    def __init__(self, connection: psycopg.Connection[Any], names: Names, rows: ResultSetRows):
        connection.row_factory = tuple_row
        self.suites = names.suites.resolve(connection, rows.suite_names)
        self.tests = names.tests.resolve(connection, rows.test_names)
        self.tag_sets = names.tag_sets.resolve(connection, rows.tag_sets)
        names.committed()


def _check_may_replace(known: Row | None, result_set: ResultSet) -> None:
    """Raises Conflict."""
    if known is None:
        return
    if known["setup"] != result_set.setup:
        raise _of_another_setup(result_set, known["setup"])
    if known["processes"] != [result_set.process]:
        raise Conflict(f"Run {result_set.key} was reported by its node; results that are uploaded cannot replace it.")


def _of_another_setup(result_set: ResultSet, setup: str) -> Conflict:
    return Conflict(f"Run {result_set.key} is of setup {setup}, not of {result_set.setup}.")


def _name(result_set: ResultSet) -> str:
    """Of the root suite, as it is stored."""
    return wire.clean_name(result_set.root.name)[: wire.MAX_NAME]


def _info(result_set: ResultSet, writer: Token | None) -> wire.RunInfo:
    """What is uploaded with a job's token is a run of that job."""
    commit = result_set.commits[0] if result_set.commits else None
    return wire.RunInfo(
        process=result_set.process,
        setup=result_set.setup,
        host=result_set.host,
        started_at=iso(result_set.started_at) or "",
        platform=result_set.platform,
        labels=dict(result_set.labels),
        repository=commit.repository if commit else "",
        commit=commit.hash if commit else "",
        branch=result_set.branch or (commit.branch if commit else ""),
        build=result_set.build,
        suite=result_set.suite,
        job=str(writer.job_id) if writer and writer.job_id else "",
    )


def _remove_former(connection: Connection, run_id: int) -> None:
    for query in ("remove_results_of_run", "remove_suites_of_run", "remove_attempts_of_run"):
        connection.execute(QUERIES[query], [run_id])


def _send(connection: Connection, run_id: int, rows: ResultSetRows, numbers: _Numbers) -> None:
    tests, tag_sets = iter(numbers.tests), iter(numbers.tag_sets)
    with connection.cursor().copy(QUERIES["copy_results_of_set"]) as stream:
        for some, more in rows.tests(run_id):
            for piece in copy.encode_with_more(some, tests, tag_sets, more):
                stream.write(piece)
    suites = [{**suite, "suite_id": number} for suite, number in zip(rows.suites(), numbers.suites, strict=True)]
    complete_run.send_suites(connection, suites, (run_id, 0))
    complete_run.send_attempts(connection, rows.attempts, (run_id, 0))


def _stored(connection: Connection, run_id: int) -> tuple[str, list[int]]:
    """The digest of the set's tests as Postgres holds them, and what they count as."""
    row = connection.execute(QUERIES["digest_of_set"], [run_id]).fetchone()
    assert row is not None
    return row["digest"], row["counts"]
