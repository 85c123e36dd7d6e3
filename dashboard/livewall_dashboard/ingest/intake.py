"""Runs and events from nodes: ordered, de-duplicated, shown, stored, acknowledged."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from livewall_dashboard.clock import offset_of, parse_time
from livewall_dashboard.errors import Gap, NotFound, Unavailable
from livewall_dashboard.history.model import Entry, LastRun, OpenRun
from livewall_dashboard.history.recorder import Recorder
from livewall_dashboard.live import StateChange, Wall
from livewall_dashboard.live.process import Counts, Failure, ProcessState
from livewall_dashboard.live.run import RunState
from livewall_listener import wire

COMMIT_TIMEOUT = 5.0
"""Seconds a request waits for its events to be stored before the node is asked to come back."""
RETRY_AFTER = 1

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Cursor:
    """How far a process has come: `live_seq` on the wall, `queued_seq` on the way to Postgres.

    `generation` is the recorder's at the time of queueing: when Postgres goes away the recorder forgets its queue and
    begins another generation, and what was queued counts no more.
    """

    live_seq: int
    queued_seq: int
    generation: int


class Intake:
    """One for the whole dashboard. `lock` guards the wall, the cursors and the recorder's queue.

    They change together, so that a stored snapshot of a process agrees with the last event stored with it.
    `on_plan(run, process)` hears that tests were announced; `on_change()` that the wall has something new.
    """

    def __init__(
        self,
        wall: Wall,
        recorder: Recorder,
        *,
        lock: threading.Lock,
        clock: Callable[[], datetime],
        find_setup: Callable[[str, list[str]], str | None],
        on_plan: Callable[[str, str], None],
        on_change: Callable[[], None],
    ) -> None:
        self._wall = wall
        self._recorder = recorder
        self._lock = lock
        self._clock = clock
        self._find_setup = find_setup
        self._on_plan = on_plan
        self._on_change = on_change
        self._cursors: dict[tuple[str, str], _Cursor] = {}
        self._unrecorded: dict[str, StateChange] = {}
        self._generation = recorder.generation

    def create(self, run: str, info: wire.RunInfo, sender: str) -> int:
        """A process registers (again) with its run. -> the last event of it that is stored.

        `sender` is the address the request came from. Raises Unavailable while Postgres is away.
        """
        received_at = self._clock()
        setup = info.setup or self._find_setup(info.host, [*info.addresses, sender]) or info.host or sender
        position = self._recorder.register(run, setup, info, received_at)
        with self._lock:
            self._wall.register(run, setup, info, received_at, _started_at(info, received_at))
            cursor = self._cursors.get((run, info.process))
            if cursor is None:
                live_seq = position.last_seq
                if position.live:
                    live_seq = position.live["live_seq"]
                    state = ProcessState.from_snapshot(info.process, info.slot, position.live)
                    self._wall.resume(run, state)
                self._cursors[run, info.process] = _Cursor(live_seq, position.last_seq, self._recorder.generation)
        self._on_change()
        return position.last_seq

    def accept(self, run: str, batch: wire.Batch) -> int:
        """-> everything up to this number is stored.

        Raises NotFound for a process that has not registered, Gap when events are missing before the batch, and
        Unavailable, with `seen_upto`, when it is on the wall but could not be stored yet.
        """
        received_at = self._clock()
        with self._lock:
            cursor = self._cursors.get((run, batch.process))
            if cursor is None or not self._wall.knows(run):
                raise NotFound(
                    f"Run {run} has no process {batch.process} here: PUT /api/v1/runs/{run} first.",
                    detail={"run": run, "process": batch.process},
                )
            last_seq = batch.first_seq + len(batch.events) - 1
            self._require_no_gap(run, batch, cursor)
            stored = self._queue(run, batch, cursor, received_at)
            changes = self._show(run, batch, cursor, received_at)
            self._note(changes)
        self._on_change()
        committed = self._recorder.wait_committed(run, batch.process, last_seq, COMMIT_TIMEOUT if stored else 0)
        if committed < last_seq:
            raise Unavailable(
                "Postgres does not take the events right now: keep them and go on sending after seen_upto.",
                detail={"seen_upto": cursor.live_seq, "ack_upto": committed},
                headers={"Retry-After": str(RETRY_AFTER)},
            )
        return committed

    def tick(self) -> None:
        """Time has passed."""
        with self._lock:
            changes = self._wall.tick(self._clock())
            self._note(changes)
            self._forget_ended()
        if changes or self._wall.changed:
            self._on_change()

    def snapshot(self, run: str, process: str) -> dict[str, object] | None:
        """For the recorder, which holds the lock: how the process stands, stored beside its last event."""
        state, cursor = self._wall.process(run, process), self._cursors.get((run, process))
        if state is None or cursor is None:
            return None
        return {**state.as_snapshot(), "live_seq": cursor.live_seq}

    def restore(self) -> None:
        """After a start: put back the open runs, and the last run of every other setup, from the history."""
        with self._lock:
            for last in self._recorder.last_runs():
                summary = ProcessState(
                    "",
                    counts=Counts(**last.counts),
                    failures=[Failure(**asdict(failure)) for failure in last.failures],
                    root=last.name,
                    warnings=last.warnings,
                    errors=last.errors,
                    lost=last.lost,
                    ended=True,
                )
                self._wall.remember(_ended_run(last), summary)
            for open_run in self._recorder.open_runs():
                self._restore_run(open_run)
        self._on_change()

    def _restore_run(self, stored: OpenRun) -> None:
        run = self._wall.restore(
            RunState(
                stored.run,
                stored.setup,
                stored.info,
                _started_at(stored.info, stored.received_at),
                stored.last_news_at,
                stored.state,
                ended_at=None if stored.state == "running" else stored.last_news_at,
            )
        )
        for process in stored.processes:
            live_seq = process.last_seq
            if not process.superseded:
                state = ProcessState(process.name, process.slot, ended=process.ended)
                if process.live:
                    state = ProcessState.from_snapshot(process.name, process.slot, process.live)
                    live_seq = process.live["live_seq"]
                state.last_in_pool = process.info.last_in_pool
                run.add_process(state)
            self._cursors[stored.run, process.name] = _Cursor(live_seq, process.last_seq, self._recorder.generation)

    def _require_no_gap(self, run: str, batch: wire.Batch, cursor: _Cursor) -> None:
        if cursor.generation != self._recorder.generation:
            cursor.generation = self._recorder.generation
            cursor.queued_seq = self._recorder.committed(run, batch.process)
        seen = cursor.queued_seq if self._recorder.available else max(cursor.live_seq, cursor.queued_seq)
        if batch.first_seq > seen + 1:
            raise Gap(
                f"Events from {seen + 1} to {batch.first_seq - 1} of process {batch.process} are missing here.",
                detail={"expected_seq": seen + 1},
            )

    def _queue(self, run: str, batch: wire.Batch, cursor: _Cursor, received_at: datetime) -> bool:
        """Hand to the recorder what it does not have; False while Postgres is away. Raises Unavailable when full."""
        if not self._recorder.available:
            return False
        first = max(batch.first_seq, cursor.queued_seq + 1)
        fresh = batch.events[first - batch.first_seq :]
        if fresh:
            self._recorder.submit(
                [Entry(run, batch.process, seq, event, received_at) for seq, event in enumerate(fresh, first)]
            )
            cursor.queued_seq = first + len(fresh) - 1
        return True

    def _show(self, run: str, batch: wire.Batch, cursor: _Cursor, received_at: datetime) -> list[StateChange]:
        fresh = batch.events[max(0, cursor.live_seq + 1 - batch.first_seq) :]
        changes = []
        if fresh:
            cursor.live_seq = batch.first_seq + len(batch.events) - 1
            changes = self._wall.apply(run, batch.process, fresh, batch.sent_at, received_at)
            if any(isinstance(event, wire.Plan) for event in fresh):
                self._on_plan(run, batch.process)
        return changes + self._wall.sample(run, batch.process, batch.now, received_at)

    def _note(self, changes: list[StateChange]) -> None:
        """Runs whose state the history has yet to learn; the last word counts."""
        for change in changes:
            self._unrecorded[change.run] = change
        if self._generation != self._recorder.generation:  # the recorder forgot its queue, and states with it
            self._generation = self._recorder.generation
            self._unrecorded = {change.run: change for change in self._wall.states()} | self._unrecorded
        if self._recorder.available:
            for run in [run for run in self._unrecorded if self._is_queued(run)]:
                change = self._unrecorded.pop(run)
                self._recorder.submit_state(change.run, change.state, change.at)

    def _is_queued(self, run: str) -> bool:
        """Everything the wall shows of the run is on its way to Postgres, so that its end may follow."""
        return all(
            cursor.queued_seq >= cursor.live_seq and cursor.generation == self._recorder.generation
            for (key, _), cursor in self._cursors.items()
            if key == run
        )

    def _forget_ended(self) -> None:
        for key in [key for key in self._cursors if not self._wall.knows(key[0])]:
            del self._cursors[key]


def _started_at(info: wire.RunInfo, received_at: datetime) -> datetime:
    """When the run started, by our clock."""
    if not info.started_at:
        return received_at
    return min(parse_time(info.started_at) + offset_of(info.sent_at, received_at), received_at)


def _ended_run(last: LastRun) -> RunState:
    ended_at = None
    if last.ended_at is not None:  # both by the node's clock: their difference is right on ours
        ended_at = last.sorted_at + (last.ended_at - last.started_at)
    return RunState(
        last.run,
        last.setup,
        last.info,
        last.sorted_at,
        last.last_news_at,
        last.state,
        ended_at=ended_at,
        verification=last.verification,
    )
