"""Runs and events from nodes: ordered, de-duplicated, shown, stored, acknowledged."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from datetime import datetime

from livewall_dashboard.access.tokens import Token
from livewall_dashboard.base.clock import offset_of, parse_time
from livewall_dashboard.base.errors import Gap, LivewallError, NotFound, Unavailable
from livewall_dashboard.history.recording.model import SEALED, Delivery, LastRun, OpenProcess, OpenRun
from livewall_dashboard.history.recording.ownership import belongs_to_another
from livewall_dashboard.history.recording.recorder import Recorder
from livewall_dashboard.ingest.backlog import Backlog
from livewall_dashboard.ingest.event_structs import kind_of
from livewall_dashboard.lab import Lab
from livewall_dashboard.live import Setup, StateChange, Wall
from livewall_dashboard.live.process import Counts, Failure, ProcessState
from livewall_dashboard.live.run import RunState
from livewall_listener import wire

COMMIT_TIMEOUT = 5.0
"""Seconds a request waits for its events to be stored before the node is asked to come back."""
RETRY_AFTER = 1

_TOLD = {
    "running": "Heard of again",
    "finished": "Ended",
    "abandoned": "Given up: there is no news of it, until there is some",
}

log = logging.getLogger(__name__)


class Intake:
    """One for the whole dashboard. `lock` guards the wall, how far it has come, and the recorder's queue.

    They change together, so that a stored snapshot of a process agrees with the last event stored with it.
    How far a process has come is known twice: here, for the wall (`live_seq`), and in the recorder, for Postgres. The
    wall is ahead while Postgres is away.
    `lab()` is the lab as it is configured now. `on_plan(run, process)` hears that tests were announced; `on_change()`
    that the wall has something new; `on_end(run)` that a process's last event is stored. `token_is_good(id)` says
    whether a token that is not shown now would be taken.
    """

    def __init__(
        self,
        wall: Wall,
        recorder: Recorder,
        *,
        lock: threading.Lock,
        clock: Callable[[], datetime],
        lab: Callable[[], Lab],
        on_plan: Callable[[str, str], None],
        on_change: Callable[[], None],
        on_end: Callable[[str], None],
        token_is_good: Callable[[int], bool] = lambda _: True,
    ) -> None:
        self._wall = wall
        self._recorder = recorder
        self._lock = lock
        self._clock = clock
        self._lab = lab
        self._on_plan = on_plan
        self._on_change = on_change
        self._on_end = on_end
        self._token_is_good = token_is_good
        self._live_seq: dict[str, dict[str, int]] = {}  # by run and process
        self.backlog = Backlog()
        self._owners: dict[str, int | None] = {}
        """The token each run on the wall belongs to, so that no batch needs a query."""
        self._wall.configure(_setups(lab()), lab().forget_after)

    def create(self, run: str, info: wire.RunInfo, sender: str, writer: Token | None = None) -> int:
        """A process registers (again) with its run. -> the last event of it that is stored.

        `sender` is the address the request came from; `writer` the token it shows, None where nobody is asked for one.
        Raises Unavailable while Postgres is away, and Forbidden for a run that is another's.
        """
        received_at = self._clock()
        lab = self._lab()
        setup = info.setup or lab.setup_of(info.host, [*info.addresses, sender]) or info.host or sender
        info = replace(info, labels={**lab.labels_of(setup), **info.labels})
        position = self._recorder.register(run, setup, info, received_at, writer)
        goes_on = self._recorder.open_runs(run) if position.no and not self._wall.knows(run) else []
        with self._lock:
            if position.last_seq == SEALED or (position.ended and not self._wall.knows(run)):
                return position.last_seq  # it was all here before: the node only missed to hear so
            if not self._wall.knows(run):
                self._forget_ended()  # how far it came counts for a picture that is gone
                for over in goes_on:  # the run was over: its earlier processes are part of the picture
                    self._restore_run(over)
            self._owners[run] = position.token_id
            info = replace(info, labels=position.labels)
            self._record(self._wall.register(run, position.setup, info, received_at, _started_at(info, received_at)))
            self.backlog.register(run, info.process, info.host or sender)
            live_seq = self._live_seq.setdefault(run, {})
            if info.process not in live_seq:
                log.info("Process %r begins", info.process, extra={"run": run, "setup": position.setup})
                live_seq[info.process] = position.last_seq
                if position.live:
                    live_seq[info.process] = position.live["live_seq"]
                    state = ProcessState.from_snapshot(info.process, info.slot, position.live)
                    state.last_in_pool = info.last_in_pool
                    self._wall.resume(run, state)
        self._on_change()
        return position.last_seq

    def accept(self, run: str, batch: wire.Batch, size: int = 0, writer: Token | None = None) -> int:
        """-> everything up to this number is stored. `size`: the bytes the batch came in; `writer` as in `create`.

        Raises NotFound for a process that has not registered, Gap when events are missing before the batch,
        Unavailable, with `seen_upto`, when it is on the wall but could not be stored yet, and Forbidden for a run that
        is another's.
        """
        self._check_writer(run, writer)
        received_at = self._clock()
        last_seq = batch.first_seq + len(batch.events) - 1
        with self._lock:
            if batch.process not in self._live_seq.get(run, ()) or not self._wall.knows(run):
                raise NotFound(
                    f"Run {run} has no process {batch.process} here: PUT /api/v1/runs/{run} first.",
                    detail={"run": run, "process": batch.process},
                )
            is_queued = self._queue(run, batch, received_at, size)
            self._record(self._show(run, batch, received_at))
            seen_upto = self._live_seq[run][batch.process]
        self._on_change()
        committed = self._recorder.wait_committed(run, batch.process, last_seq, COMMIT_TIMEOUT if is_queued else 0)
        if committed < last_seq:
            if is_queued and not batch.events:  # a heartbeat tells that Postgres is back and has a gap to fill
                raise _gap(batch, committed)
            raise Unavailable(
                "The history does not take the events right now: keep them and go on sending after seen_upto.",
                detail={"seen_upto": seen_upto, "ack_upto": committed},
                headers={"Retry-After": str(RETRY_AFTER)},
            )
        if wire.EndProcess.kind in map(kind_of, batch.events):
            self._on_end(run)
        return committed

    def tick(self) -> None:
        """Time has passed."""
        with self._lock:
            changes = self._wall.tick(self._clock())
            self._record(changes)
            self._forget_ended()
        if changes or self._wall.changed:
            self._on_change()

    def snapshot(self, run: str, process: str) -> dict[str, object] | None:
        """For the recorder, which holds the lock: how the process stands, stored beside its last event."""
        state, live_seq = self._wall.process(run, process), self._live_seq.get(run, {}).get(process)
        if state is None or live_seq is None:
            return None
        return {**state.as_snapshot(), "live_seq": live_seq}

    def restore(self) -> None:
        """After a start: put back the open runs, and the last run of every other setup, from the history."""
        with self._lock:
            self._wall.listen_from(self._clock())
            for last in self._last_runs():
                self._wall.remember(_ended_run(last), _summary(last))
            for open_run in self._recorder.open_runs():
                self._restore_run(open_run)
        self._on_change()

    def take_over(self, runs: set[str]) -> None:
        """These runs were completed behind our back: the wall shows them as they are in the history."""
        completed = [last for last in self._last_runs() if last.run in runs]
        with self._lock:
            for last in completed:
                self._wall.replace(_ended_run(last), _summary(last))
            self._forget_ended()
        self._on_change()

    def configure(self, lab: Lab) -> None:
        """The configuration has changed: whoever is to be on the wall by it comes with their last run."""
        with self._lock:
            self._wall.configure(_setups(lab), lab.forget_after)
        try:
            self._recall()
        except LivewallError as error:  # the next change or start knows
            log.warning("What setups ran before cannot be looked up: %s", error.message)
        self._on_change()

    def forget_setups(self, forgotten: Mapping[str, datetime]) -> None:
        """Somebody took these setups off the wall, each at a time."""
        with self._lock:
            for setup, at in forgotten.items():
                if self._wall.forget(setup, at):
                    log.info("Forgotten: its tile is gone until it reports again", extra={"setup": setup})
            self._forget_ended()
        self._on_change()

    def forget_runs(self, keys: Collection[str]) -> None:
        """These runs are gone from the history."""
        with self._lock:
            self._wall.forget_runs(keys)
            self._forget_ended()
        self._on_change()

    def _recall(self) -> None:
        last_runs = self._last_runs()
        with self._lock:
            for last in last_runs:
                if not self._wall.has_news_of(last.setup):
                    self._wall.remember(_ended_run(last), _summary(last))

    def _last_runs(self) -> list[LastRun]:
        lab = self._lab()
        since = None if lab.forget_after is None else self._clock() - lab.forget_after
        return self._recorder.last_runs([setup.name for setup in lab.setups], since)

    def _restore_run(self, stored: OpenRun) -> None:
        self._owners[stored.run] = stored.token_id
        run = self._wall.restore(
            RunState(
                stored.run,
                stored.setup,
                stored.info,
                min(stored.sorted_at, stored.last_news_at),
                stored.last_news_at,
                stored.state,
                ended_at=None if stored.state == "running" else stored.last_news_at,
                verification=stored.verification,
                unstored=sum(process.missing for process in stored.processes if not process.superseded),
                missing_failures=stored.missing_failures,
            )
        )
        for process in stored.processes:
            live_seq = process.last_seq
            if not process.superseded:
                state = _let_go(process)
                if process.live:
                    state = ProcessState.from_snapshot(process.name, process.slot, process.live)
                    live_seq = process.live["live_seq"]
                state.last_in_pool = process.info.last_in_pool
                run.add_process(state)
            self._live_seq.setdefault(stored.run, {})[process.name] = live_seq
            self.backlog.register(stored.run, process.name, process.info.host)

    def _queue(self, run: str, batch: wire.Batch, received_at: datetime, size: int) -> bool:
        """Hand the events to the recorder, which knows those it has; False while Postgres or this run there is away."""
        try:
            self._recorder.submit(Delivery(run, batch.process, batch.first_seq, batch.events, received_at), size)
        except Unavailable:
            if self._recorder.takes(run):
                raise  # it has too much to do: let the node wait
            seen = self._live_seq[run][batch.process]
            if batch.first_seq > seen + 1:
                raise _gap(batch, seen) from None
            return False
        return True

    def _show(self, run: str, batch: wire.Batch, received_at: datetime) -> list[StateChange]:
        live_seq = self._live_seq[run]
        fresh = batch.events[max(0, live_seq[batch.process] + 1 - batch.first_seq) :]
        self.backlog.note(run, batch, fresh)
        changes = []
        if fresh:
            live_seq[batch.process] = batch.first_seq + len(batch.events) - 1
            changes = self._wall.apply(run, batch.process, fresh, batch.sent_at, received_at)
            if wire.Plan.kind in map(kind_of, fresh):
                self._on_plan(run, batch.process)
        return changes + self._wall.sample(run, batch.process, batch.now, received_at)

    def _check_writer(self, run: str, writer: Token | None) -> None:
        owner = self._owners.get(run)
        if writer is None or owner == writer.id:
            return
        if owner is not None and self._token_is_good(owner):
            raise belongs_to_another(run)
        # A registration decides whether it may go on with the run, and makes the run its own.
        raise NotFound(f"Run {run} is not this token's yet: PUT /api/v1/runs/{run} first.", detail={"run": run})

    def _record(self, changes: list[StateChange]) -> None:
        for change in changes:
            self._recorder.submit_state(change.run, change.state, change.at)
            level = logging.WARNING if change.state == "abandoned" else logging.INFO
            log.log(level, _TOLD[change.state], extra={"run": change.run, "setup": change.setup})

    def _forget_ended(self) -> None:
        """What goes with each run that the wall has let go of, however many it knows."""
        forgotten = self._wall.take_forgotten()
        for run in forgotten:
            self._live_seq.pop(run, None)
            self._owners.pop(run, None)
        self.backlog.forget(forgotten)


def _setups(lab: Lab) -> list[Setup]:
    return [Setup(setup.name, setup.group, setup.links, len(setup.jobs)) for setup in lab.setups]


def _let_go(process: OpenProcess) -> ProcessState:
    """A process of which the history has the sums alone."""
    return ProcessState(
        process.name,
        process.slot,
        counts=Counts(**process.counts),
        warnings=process.warnings,
        errors=process.errors,
        lost=process.lost,
        ended=process.ended,
    )


def _gap(batch: wire.Batch, seen: int) -> Gap:
    return Gap(
        f"Events from {seen + 1} to {batch.first_seq - 1} of process {batch.process} are missing here.",
        detail={"expected_seq": seen + 1},
    )


def _started_at(info: wire.RunInfo, received_at: datetime) -> datetime:
    """When the run started, by our clock."""
    if not info.started_at:
        return received_at
    return min(parse_time(info.started_at) + offset_of(info.sent_at, received_at), received_at)


def _summary(last: LastRun) -> ProcessState:
    """All processes of the run in one: what is stored of them."""
    return ProcessState(
        "",
        counts=Counts(**last.counts),
        failures=[Failure(**asdict(failure)) for failure in last.failures],
        root=last.name,
        warnings=last.warnings,
        errors=last.errors,
        lost=last.lost,
        ended=True,
    )


def _ended_run(last: LastRun) -> RunState:
    ended_at = None
    if last.ended_at is not None:  # both by the node's clock: their difference is right on ours
        ended_at = last.sorted_at + (last.ended_at - last.started_at)
    return RunState(
        last.run,
        last.setup,
        replace(last.info, total=0),  # `missing` has what was announced and never came
        last.sorted_at,
        last.last_news_at,
        last.state,
        ended_at=ended_at,
        verification=last.verification,
        unstored=last.missing,
        missing_failures=last.missing_failures,
    )
