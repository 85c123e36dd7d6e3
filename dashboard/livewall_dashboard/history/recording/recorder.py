"""The one writer of results: events of all runs into Postgres, many in one transaction.

A thread takes everything that waits, commits it, tells who waits for it, and takes what gathered meanwhile: a calm wall
commits each event at once, a busy one thousands together.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg
from psycopg import errors as pg

from livewall_dashboard.access.tokens import Token
from livewall_dashboard.base.errors import Gap, Invalid, Misconfigured, NotFound
from livewall_dashboard.base.run_status import State
from livewall_dashboard.history.recording import model, register_run, restore_state, writer_connection
from livewall_dashboard.history.recording.batch import Result, Taken, store
from livewall_dashboard.history.recording.model import SEALED, Delivery, Position, ProcessKey, StateChange
from livewall_dashboard.history.recording.pending import Pending
from livewall_dashboard.history.recording.processes import Process, Processes
from livewall_dashboard.history.recording.put_off import PutOffRuns
from livewall_dashboard.history.recording.transaction import settle_again
from livewall_dashboard.history.recording.trouble import Trouble
from livewall_dashboard.history.recording.waiters import Waiters
from livewall_dashboard.history.results.names import Names
from livewall_dashboard.postgres.database import Database, NoAnswer, Writer, unavailable
from livewall_listener import wire

log = logging.getLogger(__name__)

GATHER = 0.004
"""Seconds between a commit and the next: enough for the nodes that were just answered to send again."""
SHORTEST_RETRY, LONGEST_RETRY = 0.1, 2.0
"""Seconds between attempts to reach Postgres again."""
LOCK_PATIENCE = 5.0
"""Seconds to wait at start for the lock of a predecessor that was killed just now."""
IDLE = 5.0
"""Seconds without work after which to look whether Postgres is still there."""
SHORTEST_PATIENCE, LONGEST_PATIENCE = 8.0, 120.0
"""Seconds a statement may take. Twice as many after each that took longer, lest a slow disk never gets to store what a
large run brought; what is wrong is told after the first.
"""
SLOW = 8.0
"""Seconds that everything takes to be stored, after which that is told."""
MOST_PENDING_BYTES = 64 * 1024 * 1024
"""Of the requests whose events wait for Postgres."""


class Recorder:
    """Writes what is submitted and says how far it got.

    `lock` guards the wall's state and what is pending here: `submit` and `submit_state` are called with it held,
    `wait_committed`, `start` and `stop` without, the rest either way. `snapshot(run, process)` is called with it held
    and returns the wall's state of a process as JSON-ready data: it is stored in one transaction with the events it
    reflects. `on_commit(received_at, events)` hears of stored events, by their moment, `on_stored` of runs.
    """

    def __init__(
        self,
        database: Database,
        *,
        lock: threading.Lock,
        snapshot: Callable[[str, str], dict[str, Any] | None],
        on_commit: Callable[[datetime, int], None] | None = None,
        on_stored: Callable[[Collection[str]], object] = len,
        max_pending: int = 50_000,
        max_pending_bytes: int = MOST_PENDING_BYTES,
    ):
        self._database = database
        self._lock = lock
        self._snapshot = snapshot
        self._on_commit = on_commit
        self._on_stored = on_stored
        self._max_pending = max_pending
        self._max_pending_bytes = max_pending_bytes
        self._pending = Pending()
        self._processes = Processes()
        self._names = Names()
        self._waiters = Waiters()
        self._put_off = PutOffRuns()
        self._writer: Writer | None = None
        self._former: writer_connection.Session | None = None
        self._patience = SHORTEST_PATIENCE
        self._storing_since: float | None = None
        self._available = False
        self._trouble = Trouble()
        self._partitions_until = 0
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    # ------------------------------------------------------------------ state

    @property
    def available(self) -> bool:
        """Whether Postgres is there."""
        return self._available

    def takes(self, run: str) -> bool:
        """Whether events of this run can be submitted now, as far as Postgres is concerned."""
        return self._available and not self._put_off.has_to_wait(run)

    @property
    def has_outage(self) -> bool:
        """Whether nothing is stored of anybody."""
        return not self._available or self._trouble.is_told or self._is_slow

    @property
    def _is_slow(self) -> bool:
        since = self._storing_since
        return since is not None and time.monotonic() - since > SLOW

    @property
    def trouble(self) -> str:
        """Why not everything is recorded, for people; "" while all is well."""
        if self._thread is not None and not self._thread.is_alive() and not self._stopping.is_set():
            return "The recorder has ended; restart the wall"
        if not self._available or self._trouble.is_told:
            return self._trouble.reason
        if self._is_slow:
            return f"Postgres has been storing the same results for more than {SLOW:.0f} s"
        return self._put_off.trouble

    @property
    def runs_put_off(self) -> int:
        """Runs of which nothing can be stored, while others are."""
        return len(self._put_off)

    @property
    def pending(self) -> int:
        """Events in memory that are not yet stored."""
        return len(self._pending)

    def committed(self, run: str, process: str) -> int:
        """The last event of the process that is stored; 0 for an unknown one."""
        known = self._processes.get((run, process))
        return known.stored if known else 0

    # ------------------------------------------------------------------ in

    def register(
        self, run: str, setup: str, info: wire.RunInfo, received_at: datetime, writer: Token | None = None
    ) -> Position:
        """Create or update the run and its process; must come before its events. The same again changes nothing.

        `writer`: the token shown, None where nobody is asked for one. Raises `Unavailable`, `Forbidden`, and `Invalid`
        for what Postgres cannot hold.
        """
        position, known = self._register(run, setup, info, received_at, writer)
        if known.stored > position.last_seq:  # committed between our look and now: it may have been the end
            position, known = self._register(run, setup, info, received_at, writer)
        if known.stored > position.last_seq:
            return replace(position, last_seq=known.stored, live=None)
        return position

    def _register(
        self, run: str, setup: str, info: wire.RunInfo, received_at: datetime, writer: Token | None
    ) -> tuple[Position, Process]:
        with self._database.connection() as connection, connection.transaction():
            registered = register_run.register(
                connection, run, setup, info, received_at, self._partitions_until, writer
            )
        self._partitions_until = max(self._partitions_until, registered.partitions_until)
        position = registered.position
        known = self._processes.remember((run, info.process), registered.run_id, position.no, position.last_seq)
        known.setup = position.setup
        if position.last_seq == SEALED:  # an output.xml gave its results since
            known.stored = known.taken = SEALED
        return position, known

    def submit(self, delivery: Delivery, size: int = 0) -> None:
        """Take events of one process for the next commit; those it has are passed over. Called with the lock held.

        `size`: the bytes they came in, about what they take in memory.

        Raises `Unavailable` when Postgres is away, the run is put off or too much is pending, `NotFound` for a process
        to be registered first, `Gap` (with `expected_seq`) when events are missing before these, `Invalid` for a
        process one of whose events cannot be stored.
        """
        events = len(delivery.events)
        if not self._available:
            raise unavailable("The database is away")
        if events and self._put_off.has_to_wait(delivery.run):
            raise unavailable("This run cannot be stored right now")
        if self.pending and (
            self.pending + events > self._max_pending or self._pending.size + size > self._max_pending_bytes
        ):
            raise unavailable("The recorder has too much to do")
        if events:
            self._take_in(delivery, size)
        if not self._work.is_set():  # most find it so, and it is cleared under the lock
            self._work.set()

    def _take_in(self, delivery: Delivery, size: int) -> None:
        process = self._processes.get(delivery.key)
        if process is None:
            raise NotFound(f"Process {delivery.process} of run {delivery.run} is not known; register it first.")
        if process.refused:
            raise Invalid(f"An event of this process cannot be stored: {process.refused}")
        known = process.taken - delivery.first_seq + 1
        if known < 0:
            raise Gap("Events are missing before these.", detail={"expected_seq": process.taken + 1})
        if known < len(delivery.events):
            process.taken = delivery.last_seq
            self._pending.add(delivery.part(known) if known else delivery, size)

    def submit_state(self, run: str, state: State, at: datetime) -> None:
        """Take a run's new state, to be stored after what was submitted before. Called with the lock held.

        Never refused: while Postgres is away the latest of each run is kept.
        """
        self._pending.add_change(StateChange(run, state, at))
        self._work.set()

    def wait_committed(self, run: str, process: str, seq: int, timeout: float) -> int:
        """Wait until event `seq` is stored, at most `timeout` seconds; returns the last event stored.

        Returns at once when there is nothing to wait for: Postgres is away, or the event is not on its way.
        """
        key = (run, process)
        known = self._processes.get(key)
        if known is None:
            return 0
        waiter = self._waiters.add(key, seq)
        # Looked at after the waiter was added, lest the commit slips in between.
        if self._available and known.stored < seq <= known.taken and not known.refused:
            waiter.wait(timeout)
        self._waiters.remove(key, waiter)
        return known.stored

    # ------------------------------------------------------------------ out, after a restart

    def open_runs(self, run: str | None = None) -> list[model.OpenRun]:
        """Runs that run, or were abandoned within a day: with the state of the wall at their last stored event.

        With `run` that one alone, if it is open.
        """
        with self._database.connection() as connection:
            runs, numbers = restore_state.open_runs(connection, run)
        for one in runs:
            for process in one.processes:
                known = self._processes.remember(
                    (one.run, process.name), numbers[one.run], process.no, process.last_seq
                )
                known.setup = one.setup
        return runs

    def last_runs(self, configured: Sequence[str] = (), since: datetime | None = None) -> list[model.LastRun]:
        """The latest ended run of each setup that is on the wall; arguments as `reading.last_runs` has them."""
        with self._database.connection() as connection:
            return restore_state.last_runs(connection, configured, since)

    # ------------------------------------------------------------------ the thread

    def start(self) -> None:
        """Take the database's recording lock and begin. Where Postgres is away, go on trying.

        Raises `Misconfigured` when another dashboard records into this database.
        """
        deadline = time.monotonic() + LOCK_PATIENCE
        while True:
            try:
                self._connect()
                break
            except Misconfigured:
                if time.monotonic() > deadline:
                    raise
                time.sleep(SHORTEST_RETRY)
            except psycopg.Error as error:
                self._trouble.note(error)
                break
        self._thread = threading.Thread(target=self._run, name="livewall-recorder", daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Store what is pending, as far as `timeout` seconds suffice, and give the lock back."""
        self._stopping.set()
        self._work.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        retry = SHORTEST_RETRY
        while True:
            try:
                if self._writer is None:
                    if self._stopping.is_set():
                        return
                    self._connect()
                if self._store_pending():
                    retry = SHORTEST_RETRY
                    self._stopping.wait(GATHER)
                elif self._stopping.is_set():
                    break
                elif not self._work.wait(IDLE):
                    self._database.offload(writer_connection.check, self._writer)
                    self._trouble.end()
            except Exception as error:
                self._lose(error)
                self._stopping.wait(retry)
                retry = min(retry * 2, LONGEST_RETRY)
        self._available = False
        self._waiters.wake_all()
        self._disconnect()

    def _store_pending(self) -> bool:
        """One commit of all that waits; False where nothing did."""
        with self._lock:
            self._work.clear()
            taken, changes = self._take()
            suspects = []
            if self.runs_put_off:
                waiting = {each.key[0] for each in taken} | {each.run for each in changes}
                suspects = self._put_off.to_try(waiting)
        if not taken and not changes:
            return False
        writer = self._writer
        assert writer is not None
        self._storing_since = time.monotonic()
        result = self._database.offload(store, writer, self._names, taken, changes, suspects)
        self._storing_since = None
        if result.put_off:
            holder = self._database.offload(writer_connection.holder_of_locks, writer)
            result.put_off = {run: reason or holder for run, reason in result.put_off.items()}
        if result.stored or result.changed:
            self._patience = SHORTEST_PATIENCE
            self._trouble.end()
        self._settle(result)
        if self._on_commit is not None:
            for delivery in [delivery for each in taken for delivery in each.deliveries]:
                events = min(delivery.last_seq, self._processes[delivery.key].stored) - delivery.first_seq + 1
                if events > 0:
                    self._on_commit(delivery.received_at, events)
        self._on_stored({run for run, _ in result.stored} | result.changed)
        if result.strayed:
            self._find_again(result.strayed)
        return True

    def _settle(self, result: Result) -> None:
        """What was stored counts as stored; what was not is refused, or put off until its node sends it again."""
        with self._lock:
            self._pending.settle(result.put_off.keys() - result.changed)
            for key, seq in result.stored.items():
                self._processes[key].stored = seq
            for key, reason in result.refused.items():
                self._refuse(key, reason)
            self._put_off.add(result.put_off)
            let_go = self._let_go(result.put_off.keys()) if result.put_off else []
            self._put_off.remove(({run for run, _ in result.stored} | result.changed) - result.put_off.keys())
        for key, seq in result.stored.items():
            self._waiters.wake(key, seq)
        for key in [*result.refused, *let_go]:
            self._waiters.wake_process(key)
        for run, reason in result.dropped.items():
            log.error("The new state of the run cannot be stored: %s", reason, extra={"run": run})

    def _take(self) -> tuple[list[Taken], list[StateChange]]:
        by_process, changes = self._pending.take(self._put_off.has_to_wait)
        taken = []
        for key, deliveries in by_process.items():
            process = self._processes[key]
            taken.append(Taken(key, process.run_id, process.no, process.stored, deliveries, self._snapshot(*key)))
        return taken, changes

    def _let_go(self, runs: Collection[str]) -> list[ProcessKey]:
        """Forget what is pending of these runs: it was not acknowledged, and stays on the nodes."""
        self._pending.forget(lambda key: key[0] in runs)
        return self._processes.take_back(runs)

    def _refuse(self, key: ProcessKey, reason: str) -> None:
        process = self._processes[key]
        process.refused = reason
        process.take_back()
        self._pending.forget(key.__eq__)
        about = {"run": key[0], "setup": process.setup}
        log.error("Process %r: event %d cannot be stored: %s", key[1], process.stored + 1, reason, extra=about)

    def _find_again(self, keys: Sequence[ProcessKey]) -> None:
        """Somebody else moved these processes' cursors: go on from where they are."""
        log.error("Another writer moved %d processes in the database; going on from where it left them.", len(keys))
        writer = self._writer
        assert writer is not None
        places = [(process.run_id, process.no) for process in map(self._processes.__getitem__, keys)]
        stored = self._database.offload(writer_connection.positions, writer, places)
        with self._lock:
            strayed = set(keys)
            self._pending.forget(strayed.__contains__)
            self._processes.adopt(stored)
        for key in keys:
            self._waiters.wake_process(key)

    def _lose(self, error: Exception) -> None:
        """Postgres is away: what is pending was never acknowledged and is forgotten; new states of runs are kept."""
        holder = self._holder_of_locks() if isinstance(error, pg.LockNotAvailable) else ""
        self._trouble.note(error, holder)
        if isinstance(error, (NoAnswer, pg.QueryCanceled)):
            self._patience = min(self._patience * 2, LONGEST_PATIENCE)
        self._storing_since = None
        with self._lock:
            self._available = False
            self._pending.lose()
            self._processes.take_back()
        self._waiters.wake_all()
        self._disconnect()

    # ------------------------------------------------------------------ the connection

    def _connect(self) -> None:
        """Raises psycopg.Error, or `Misconfigured` when another dashboard has the lock."""
        writer = self._database.connect_writer(self._patience)
        try:
            self._former = self._database.offload(writer_connection.take_lock, writer, self._former)
            with suppress(pg.LockNotAvailable):  # nobody else waits for an old run; the next start tries again
                self._database.offload(settle_again, writer)
            stored = self._database.offload(writer_connection.positions, writer, self._processes.places())
        except BaseException:
            self._database.offload(writer.close)
            raise
        with self._lock:
            self._names.forget()
            self._processes.adopt(stored)
            self._put_off.resume()
            self._writer = writer
            self._available = True
        if not self._trouble.is_told:
            log.info("Recording.")

    def _disconnect(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            self._database.offload(writer.close)

    def _holder_of_locks(self) -> str:
        try:
            return str(self._database.offload(writer_connection.holder_of_locks, self._writer))
        except psycopg.Error:
            return ""
