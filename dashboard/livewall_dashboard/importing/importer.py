"""One file into the history: the story from reading to commit."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from livewall_dashboard.base.clock import parse_time
from livewall_dashboard.base.errors import Conflict, LivewallError
from livewall_dashboard.base.garbage import collected_seldom
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.recording import register_run
from livewall_dashboard.history.recording.model import IMPORTED
from livewall_dashboard.history.result_sets import complete_run
from livewall_dashboard.history.result_sets.complete_run import Change, Connection, Tally
from livewall_dashboard.history.result_sets.result_set import Attempt
from livewall_dashboard.history.result_sets.result_set_rows import attempt_rows
from livewall_dashboard.history.results import copy
from livewall_dashboard.history.results.names import Names
from livewall_dashboard.history.results.partitions import PartitionsAhead
from livewall_dashboard.history.results.status_number import STATUS_NUMBER
from livewall_dashboard.importing import foreign_runs, killed_runs, merged_attempts
from livewall_dashboard.importing.corrections import Corrections
from livewall_dashboard.importing.match_run import Target, key_of_file, match_run
from livewall_dashboard.importing.model import Output, PhaseLine, SuiteLine, TestLine, Unreadable
from livewall_dashboard.importing.numbered_tests import NumberedTests, beside
from livewall_dashboard.importing.outcome import Outcome
from livewall_dashboard.importing.read_file import read_build, read_file
from livewall_dashboard.importing.spill_file import SpillFile
from livewall_dashboard.importing.times import LONGEST, Clock
from livewall_dashboard.importing.wish import Wish
from livewall_dashboard.postgres.database import RECORDING_LOCK, conninfo, unavailable_when_away
from livewall_listener import wire

Utc = Callable[[str], str]

UNKNOWN = ""
"""The digest of a run whose end nobody knows: it equals none, so that the run is partial."""
MOST_AT_ONCE = 20_000
"""Tests of a new run that are sent where they stay: it takes part of a second. What is made with the run (a setup that
nobody knew, say) cannot be made by others meanwhile, so more go to a temporary table first.
"""
REMEMBERED = 2_000
"""Names of each kind: small files have the same over and over, a large one has each once."""
_GENERATOR = re.compile(r"\w+ (\S+) \(Python (\S+) on (\S+)\)")


@contextmanager
def importer_on(url: str, *, most: int | None = None) -> Iterator[Importer]:
    """An importer with connections of its own. `most`: bytes that a file may have, unpacked. Raises Unavailable."""
    with (
        unavailable_when_away(),
        psycopg.connect(conninfo(url), autocommit=True, row_factory=dict_row) as connection,
        psycopg.connect(conninfo(url), autocommit=True) as side,
    ):
        yield Importer(connection, side, most, url)


class Importer:
    """Imports files, each in one transaction. `connection` gives dicts, `side` tuples; both commit by themselves.

    Names are stored through `side` as they come: they are nobody's, and a transaction that held them would hold up a
    dashboard that meets the same ones.
    """

    def __init__(self, connection: Connection, side: psycopg.Connection[Any], most: int | None = None, url: str = ""):
        self._connection = connection
        self._side = side
        self._most = most
        self.url = url
        # Need not wait for the disk: what is committed after them brings them there.
        self._side.execute("SET synchronous_commit = off")
        self._names = Names(REMEMBERED)
        self._partitions = PartitionsAhead()
        self._has_staging_tables = False

    def run(self, path: Path, wish: Wish, now: datetime, parts: Sequence[Path] = ()) -> Outcome:
        """`parts`: the files of a build, for all of which `path` stands.

        Raises LivewallError; then nothing of the file is stored but names.
        """
        wish = wish.bound()
        with (
            collected_seldom(),
            beside(self._side, self._connection) as thread,
            # A file that nobody named a setup for may be of no run, which is known at its end.
            NumberedTests(thread, self._side, self._names, at_once=wish.setup is not None) as tests,
            SpillFile(SuiteLine) as suites,
            SpillFile(dict) as attempts,
        ):

            def take(line: TestLine | SuiteLine) -> None:
                if isinstance(line, TestLine):
                    tests.put(line)
                else:
                    suites.put(line, len(line.message[0]) + len(line.doc[0]) + len(line.longname))

            prepared = thread.submit(self._prepare)
            if parts:
                output = read_build(parts, take, wish.clock, self._most)
            else:
                output = read_file(path, take, wish.clock, self._most)
            prepared.result()
            if not output.start:
                raise Unreadable("It does not say when its root suite started.")
            if output.foreign is not None:
                wish = foreign_runs.name_run(output.foreign, wish)
            target = self._match(output, wish)
            if target is not None and foreign_runs.is_same_file(output.foreign, target):
                return foreign_runs.nothing_new(output, target)
            if target is None and wish.setup is None:
                raise Conflict(
                    f"No run of suite {output.name[:200]!r} that started at {output.start} is known. Name the run "
                    "with --run ID or, to store it as a new one, say on which setup it ran with --setup NAME."
                )
            with self._connection.transaction():
                return self._store(output, tests, suites, attempts, target, wish, now)

    def counts(self, key: str) -> dict[str, int]:
        """Of the tests that are stored of a run."""
        return self._connection.execute(QUERIES["counts_of_run"], [key]).fetchone() or {}

    def _match(self, output: Output, wish: Wish) -> Target | None:
        """The run the file is of. Raises LivewallError."""
        if output.foreign is not None:
            return foreign_runs.match_run(self._connection, wish)
        if output.cut_off:
            return killed_runs.match_run(self._connection, output, wish)
        found = match_run(self._connection, output, wish)
        return found or killed_runs.is_whole_by_now(self._connection, output, wish)

    def _store(
        self,
        output: Output,
        tests: NumberedTests,
        suites: SpillFile[SuiteLine],
        attempts: SpillFile[dict[str, Any]],
        target: Target | None,
        wish: Wish,
        now: datetime,
    ) -> Outcome:
        """In one transaction."""
        clock = target.clock if target else wish.clock.since(wish.clock.both(output.start)[0])
        corrections = Corrections(output.corrections)
        given = Tally()
        utc = clock.utc if output.is_put_together else clock.in_order()
        new = self._new_place(output, wish, clock, now) if target is None else None
        sent = self._test_rows(output, tests, attempts, corrections, clock, utc, given, new)
        complete_run.send_tests(self._connection, sent, at_once=new is not None)
        at = (new.run_id, new.no) if new else None
        for rows in attempts.batches():
            complete_run.send_attempts(self._connection, rows, at)
        for batch in suites.batches():
            rows = self._suite_rows(output, batch, corrections, clock, 0.0 if new else -LONGEST)
            complete_run.send_suites(self._connection, rows, at)
        if target is not None:
            if target.no is not None:
                complete_run.align_times(self._connection, target.run_id, target.no)
            self._check_may(target, output, force=wish.force)
            if target.no is None and self._has_all(target, force=wish.force):
                return Outcome(target.key, target.setup, output.tests, is_new=False, change=None)
        if new is None:
            complete_run.bound_durations(self._connection)
        place = new or self._place(output, target, wish, clock, now)
        change = self._complete(place, output, given, force=wish.force, now=now)
        note = f"It ends in the middle, in {output.cut_off}." if output.cut_off else foreign_runs.notice(output.foreign)
        is_partial = bool(output.cut_off) or foreign_runs.is_partial(output.foreign)
        is_new = target is None and change is not None  # somebody may have made it this very moment
        return Outcome(place.key, place.setup, output.tests, is_new, change, is_partial, note)

    def _complete(self, place: _Place, output: Output, given: Tally, *, force: bool, now: datetime) -> Change | None:
        """Fill, verify and seal one process; None where all of it was there."""
        if place.is_new:
            held, change = complete_run.NEW, Change(output.tests, output.suites)
        else:
            held = complete_run.lock_run(self._connection, place.run_id, place.no)
            change = complete_run.complete(self._connection, place.run_id, place.no)
        if change.is_nothing and held.verified:
            return None
        if held.verified and output.is_put_together and not (force or place.is_made_of_file):
            raise _differs_from_complete(place.key, place.setup)
        digest, stored = complete_run.digest_of_stored(self._connection, place.run_id, place.no, output.tests)
        if stored != given:
            raise LivewallError("What would be stored is not what the file holds; please report this.")
        passed, failed, skipped, *_ = given.counts
        end = wire.EndProcess(output.tests, passed, failed, skipped, digest, output.warnings, output.errors)
        if output.foreign is not None:
            end = foreign_runs.with_told(end, output.foreign)
        elif output.cut_off:
            end = dataclasses.replace(end, digest=UNKNOWN)
        if change.is_nothing and held.end == end:
            return None
        if held.end is not None and held.end.digest not in {UNKNOWN, digest} and not force:
            raise Conflict(
                f"Run {place.key} on {place.setup}: at its end its node counted {_counts(held.end)}; this file has "
                f"{_counts(end)}, or other messages. If the file is right all the same, --force stores it."
            )
        counted = (given.counts, digest)
        complete_run.close_process(
            self._connection,
            place.run_id,
            place.no,
            held.state,
            end,
            counted,
            name=output.name,
            whole=place.whole,
            at=now,
        )
        return change

    def _check_may(self, target: Target, output: Output, *, force: bool) -> None:
        """Raises Conflict for a run that goes on, or one of whose tests the file knows nothing."""
        held = complete_run.lock_run(self._connection, target.run_id, target.no or 0)
        if held.state == "running" and self._is_recorded():
            raise Conflict(
                f"Run {target.key} on {target.setup} still goes on: import its file when it has ended or was given up."
            )
        if output.cut_off and held.verified:
            raise killed_runs.known_otherwise(output, target.key, target.setup)
        if force:
            return
        unmatched = complete_run.count_unmatched_tests(self._connection, target.run_id, target.no)
        if output.is_merged and (unmatched or not target.is_made_of_file):
            raise Conflict(
                f"`rebot --merge` made it of several executions; run {target.key} on {target.setup} is one of them. "
                "--force stores it in its place; --setup NAME --run NEW-ID makes a run of its own of it."
            )
        if unmatched:
            tests = "test is" if unmatched == 1 else "tests are"
            raise Conflict(
                f"Of run {target.key} on {target.setup} {unmatched} {tests} stored that this file does not have, or "
                "has as others: it is of another run. If the file is right all the same, --force stores it."
            )

    def _has_all(self, target: Target, *, force: bool) -> bool:
        """Whether the run of several processes is complete as the file says. Raises Conflict where it is otherwise."""
        is_complete = complete_run.lock_run(self._connection, target.run_id, 0).is_complete
        differs = complete_run.run_differs(self._connection, target.run_id)
        if is_complete and differs and not force:
            raise _differs_from_complete(target.key, target.setup)
        return is_complete and not differs

    def _is_recorded(self) -> bool:
        """Whether a dashboard records: only then is anybody there to say that a run has ended."""
        row = self._connection.execute(QUERIES["is_recorded_now"], [RECORDING_LOCK]).fetchone()
        assert row is not None
        return bool(row["exists"])

    # ------------------------------------------------------------------ where to

    def _prepare(self) -> None:
        """Make what is not there yet, beside the reading of a file."""
        self._partitions.provide(self._connection)
        self._provide_staging_tables()

    def _provide_staging_tables(self) -> None:
        """Once for all files: making and dropping them costs Postgres as much as a small file does."""
        if not self._has_staging_tables:
            with self._connection.transaction():  # all or none, should this be given up in the middle
                complete_run.create_staging_tables(self._connection)
            self._has_staging_tables = True

    def _new_place(self, output: Output, wish: Wish, clock: Clock, now: datetime) -> _Place | None:
        """A run of which nothing is stored yet, for a file that is stored soon; else None."""
        if not 0 < output.tests <= MOST_AT_ONCE:
            return None
        place = self._place(output, None, wish, clock, now)
        if complete_run.holds_anything(self._connection, place.run_id, place.no):
            return None
        return dataclasses.replace(place, is_new=True)

    def _place(self, output: Output, target: Target | None, wish: Wish, clock: Clock, now: datetime) -> _Place:
        if target is not None and target.no is not None:
            return _Place(target.key, target.setup, target.run_id, target.no, is_made_of_file=target.is_made_of_file)
        info = _info(output, clock, wish)
        if target is not None:
            info = dataclasses.replace(info, pabot=True)
            key, setup = target.key, target.setup
        else:
            setup = wish.setup or ""
            key = wish.run or _key_of_file(output, setup, clock)
        registered = register_run.register(
            self._connection, key, setup, info, now, self._partitions.until, root_suite=output.name
        )
        self._partitions.note(registered.run_id)
        position = registered.position
        if position.setup != setup:  # somebody made it this very moment
            raise Conflict(f"Run {key} is of setup {position.setup}, not of {setup}.")
        return _Place(key, position.setup, registered.run_id, position.no, whole=target is not None)

    # ------------------------------------------------------------------ rows

    def _test_rows(
        self,
        output: Output,
        tests: NumberedTests,
        attempts: SpillFile[dict[str, Any]],
        corrections: Corrections,
        clock: Clock,
        utc: Utc,
        given: Tally,
        new: _Place | None,
    ) -> Iterator[complete_run.Tests]:
        """`new`: where they go at once; else run and process are given later, and durations looked at."""
        has_rebots_words = output.foreign is None and output.is_put_together
        run_id, no, shortest = (new.run_id, new.no, 0.0) if new else (0, 0, -LONGEST)
        seq = 0
        for batch, test_ids, tag_set_ids in tests.batches(output):
            rows: list[copy.Row] = []
            more: list[copy.More] = []
            for line in batch:
                status, message = corrections.test(line)
                number = STATUS_NUMBER[status]
                given.add(line.id, number, message, number)
                seq += 1
                rows.append((run_id, no, seq, number, message, _event(output, line, status, clock, utc, shortest)))
                told = attempt_rows(line.id, _attempts(line, has_rebots_words=has_rebots_words))
                for row in told:
                    attempts.put(row, len(row["message"] or ""))
                tries = max(line.tries, len(told))
                more.append((None, None, tries, None) if tries > 1 else copy.PLAIN)
            yield rows, test_ids, tag_set_ids, more

    def _suite_rows(
        self, output: Output, batch: list[SuiteLine], corrections: Corrections, clock: Clock, shortest: float
    ) -> list[dict[str, Any]]:
        """`shortest`: seconds that each took at least."""
        names = [(output.longname_of(line), line.name) for line in batch]
        numbers = self._names.suites.resolve(self._side, names)
        self._names.committed()
        return [
            {
                "id": line.id,
                "suite_id": number,
                "seq": line.no,
                "source": line.source,
                "doc": wire.clean(*line.doc),
                "metadata": line.metadata,
                "test_count": line.tests,
                "start_time": clock.utc(line.start or output.start),
                "status": corrections.suite(line),
                "message": wire.clean(*line.message),
                "elapsed_time": max(shortest, clock.elapsed(line.start, line.elapsed)),
                "setup": _phase(line.setup),
                "teardown": _phase(line.teardown),
            }
            for number, line in zip(numbers, batch, strict=True)
        ]


@dataclass(frozen=True)
class _Place:
    """A process that is there. `whole`: it stands for all others of its run. `is_made_of_file`: no node told of it.
    `is_new`: nothing of it was stored.
    """

    key: str
    setup: str
    run_id: int
    no: int
    whole: bool = False
    is_made_of_file: bool = False
    is_new: bool = False


def _key_of_file(output: Output, setup: str, clock: Clock) -> str:
    if output.cut_off:
        return killed_runs.key_of_file(output, setup)
    return key_of_file(output, setup, parse_time(clock.utc(output.start)))


def _differs_from_complete(key: str, setup: str) -> Conflict:
    return Conflict(
        f"Run {key} on {setup} is complete and verified; this file, put together by rebot or pabot, says otherwise. "
        "If the file is right all the same, --force stores it."
    )


def _event(output: Output, line: TestLine, status: str, clock: Clock, utc: Utc, shortest: float) -> wire.EndTest:
    """As its node would have told it. `shortest`: seconds that it took at least."""
    start, elapsed = utc(line.start or output.start), max(shortest, clock.elapsed(line.start, line.elapsed))
    longname, tags = output.longname_of(line), list(line.tags)
    return wire.EndTest(line.id, line.name, longname, status, "", start, elapsed, line.lineno, tags)


def _attempts(line: TestLine, *, has_rebots_words: bool) -> Sequence[Attempt]:
    """All tries of a test that was tried several times; rebot says so in its message."""
    text, beyond = line.message
    if has_rebots_words and not beyond:
        return merged_attempts.attempts_of(line.status, text)
    return line.attempts


def _phase(line: PhaseLine | None) -> dict[str, Any] | None:
    return {"name": line.name, "status": line.status, "elapsed_time": line.elapsed} if line else None


def _info(output: Output, clock: Clock, wish: Wish) -> wire.RunInfo:
    robot, python, platform = found.groups() if (found := _GENERATOR.match(output.generator)) else ("", "", "")
    return wire.RunInfo(
        process=IMPORTED,
        started_at=clock.utc(output.start),
        robot_version=robot,
        python_version=python,
        platform=platform,
        labels=dict(wish.labels),
        repository=wish.repository,
        commit=wish.commit,
        branch=wish.branch,
        suite=wish.suite,
    )


def _counts(end: wire.EndProcess) -> str:
    return f"{end.total} tests, {end.passed} passed, {end.failed} failed, {end.skipped} skipped"
