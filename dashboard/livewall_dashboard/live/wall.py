"""The wall: every setup, its current or last run, and what changed since somebody looked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from livewall_dashboard.base.clock import UTC, offset_of
from livewall_dashboard.base.run_status import State, Verification
from livewall_dashboard.live.process import Counts, ProcessState
from livewall_dashboard.live.run import RunState
from livewall_dashboard.live.tile import Agent, tile
from livewall_listener import wire

PROBE_SETUP = "livewall-probe"
"""The setup of `livewall probe`'s runs: no screen shows it and no list holds it."""


@dataclass(frozen=True, slots=True)
class Setup:
    """A configured setup: where it stands on the wall. `jobs`: how many entries of Jenkins jobs it has."""

    name: str
    group: str = ""
    links: tuple[tuple[str, str], ...] = ()
    jobs: int = 0


FORGET_EACH = timedelta(minutes=1)
"""Time between two looks for setups that have not run for long."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """A run ended, was given up, or came back; the history has to know. `setup`: for the log."""

    run: str
    state: State
    at: datetime
    setup: str = field(default="", compare=False)


@dataclass(slots=True)
class _SetupState:
    setup: Setup
    order: int
    running: list[RunState] = field(default_factory=list)
    last: RunState | None = None

    @property
    def shown(self) -> RunState | None:
        """The newest run that is heard of.

        Neither a silent one, whose node may have died, nor one that a node kept and sends only now hides what began
        later.
        """
        if not self.running:
            return self.last
        newest = next((run for run in reversed(self.running) if run.is_live), self.running[-1])
        is_hidden = not newest.is_live and self.last is not None and self.last.started_at > newest.started_at
        return self.last if is_hidden else newest

    @property
    def news_at(self) -> datetime | None:
        return max((run.news_at for run in (*self.running, self.last) if run is not None), default=None)

    @property
    def others(self) -> int:
        """Runs that go on beside the one shown."""
        return sum(run is not self.shown and run.is_live for run in self.running)


class Wall:
    """Fed with registrations, events, samples and the time; answers with tiles. One caller at a time.

    `stale_after`, `abandon_after`: how long a running run may be silent. Both are reversible.
    """

    def __init__(self, stale_after: timedelta, abandon_after: timedelta) -> None:
        self._stale_after = stale_after
        self._abandon_after = abandon_after
        self._setups: dict[str, _SetupState] = {}
        self._runs: dict[str, RunState] = {}
        self._forgotten: set[str] = set()
        self._changed: set[str] = set()
        self._gone: set[str] = set()
        self._configured: set[str] = set()
        self._agents: Mapping[str, Agent] = {}
        self._next_order = 0
        self._forget_after: timedelta | None = None
        self._forgot_at = datetime.min.replace(tzinfo=UTC)
        self._listening_since = datetime.min.replace(tzinfo=UTC)

    # What is told to it

    def configure(self, setups: Sequence[Setup], forget_after: timedelta | None = None) -> None:
        """Take over the configured setups and their order; one that was never heard of and is no longer there goes.

        `forget_after`: how long others stay without a run; None: for ever.
        """
        configured = {setup.name for setup in setups}
        for name in self._configured - configured:
            if self._setups[name].shown is None:
                self._drop(name)
        self._configured = configured
        self._forget_after = forget_after
        self._forgot_at = datetime.min.replace(tzinfo=UTC)
        for order, setup in enumerate(setups):
            state = self._setups.setdefault(setup.name, _SetupState(setup, order))
            state.setup, state.order = setup, order
        for order, name in enumerate(sorted(set(self._setups) - configured), len(setups)):
            self._setups[name].setup, self._setups[name].order = Setup(name), order
        self._next_order = len(self._setups)
        self._changed.update(self._setups)

    def forget(self, setup: str, at: datetime) -> bool:
        """Somebody took it off the wall at that time; whether it goes.

        It stays while it is configured, a run goes on there, or there has been news of it since.
        """
        state = self._setups.get(setup)
        if state is None or setup in self._configured or state.running or (state.news_at or at) > at:
            return False
        self._drop(setup)
        return True

    def forget_runs(self, keys: Collection[str]) -> None:
        """The history has no such runs any more: a tile that shows one that is over shows nothing, or goes."""
        for name, state in list(self._setups.items()):
            if state.last is None or state.last.key not in keys:
                continue
            if state.running or name in self._configured:
                self._forget(state.last.key)
                state.last = None
                self._changed.add(name)
            else:
                self._drop(name)

    def register(
        self, key: str, setup: str, info: wire.RunInfo, received_at: datetime, started_at: datetime
    ) -> list[StateChange]:
        """A robot process says what it is about to do. Its run is new, known, or comes back."""
        run = self._runs.get(key)
        if run is None:
            run = RunState(key, setup, info, started_at, received_at)
            self._runs[key] = run
        else:
            run.info = info
        if info.process not in run.processes:
            run.add_process(ProcessState(info.process, info.slot, info.last_in_pool))
        changes = self._heard_of(run, received_at)
        if run.state == "finished":  # shown while nobody could store it; for the history it goes on again
            return [StateChange(run.key, "finished", run.ended_at or received_at, run.setup)]
        return changes + (self._abandon(run) if _has_died(run, info) else [])

    def resume(self, key: str, process: ProcessState) -> None:
        """Put a process back as it stood when its last event was stored."""
        self._runs[key].add_process(process)
        self._changed.add(self._runs[key].setup)

    def listen_from(self, at: datetime) -> None:
        """Nobody could be heard before: silence counts from here."""
        self._listening_since = at

    def restore(self, run: RunState) -> RunState:
        """Put back a run that was open when the dashboard stopped; its processes are added to it."""
        self._runs[run.key] = run
        setup = self._setup(run.setup)
        if run.state == "running":
            setup.running.append(run)
            setup.running.sort(key=lambda other: other.started_at)
        elif setup.last is None or setup.last.started_at <= run.started_at:
            setup.last = run
        self._changed.add(run.setup)
        return run

    def remember(self, run: RunState, summary: ProcessState) -> None:
        """A setup's last run, as the history has it: all its processes in one."""
        run.add_process(summary)
        self._setup(run.setup).last = run
        self._changed.add(run.setup)

    def replace(self, run: RunState, summary: ProcessState) -> None:
        """The history has more of a run that has ended than was told here: all its processes in one."""
        setup = self._setup(run.setup)
        known = self._forget(run.key) or self._last_of(run.key)
        if known is not None:
            run.log_url = known.log_url
            setup.running = [other for other in setup.running if other.key != run.key]
        if known is setup.last or setup.last is None or setup.last.started_at <= run.started_at:
            self.remember(run, summary)
        self._changed.add(run.setup)

    def apply(
        self, key: str, process: str, events: Iterable[wire.Event], sent_at: str, received_at: datetime
    ) -> list[StateChange]:
        """Events of a registered process, in order and not seen before."""
        run = self._runs[key]
        state = run.processes.get(process)
        if state is not None:  # None: another process has taken its slot
            state.offset = offset_of(sent_at, received_at)
            for event in events:
                state.apply(event, received_at)
        changes = self._heard_of(run, received_at)
        return changes + self._finish_if_over(run, received_at)

    def sample(self, key: str, process: str, now: wire.Now | None, received_at: datetime) -> list[StateChange]:
        """A sign of life between two events; of a run that has just ended, nobody wants one."""
        run, state = self._runs.get(key), self.process(key, process)
        if run is None or state is None or state.ended:
            return []
        if now is not None:
            state.sample(now, received_at)
        return self._heard_of(run, received_at)

    def announced(self, key: str, process: str) -> tuple[str, list[str]]:
        """The setup, and the announced tests whose durations nobody has looked up yet."""
        run, state = self._runs.get(key), self.process(key, process)
        return (run.setup, list(state.announced)) if run and state else ("", [])

    def expect(self, key: str, process: str, longnames: list[str], durations: Mapping[str, float]) -> None:
        """How long these announced tests of a process took in former runs, seconds by longname."""
        run, state = self._runs.get(key), self.process(key, process)
        if run and state:
            state.expect(longnames, durations)
            self._changed.add(run.setup)

    def set_verification(
        self,
        key: str,
        verification: Verification,
        missing: int = 0,
        missing_failures: int = 0,
        stored: Counts | None = None,
    ) -> None:
        """`missing`, `missing_failures`: what processes that ended counted and the history does not hold.

        `stored`: what it holds of the run, where that lacks results.
        """
        run = self._runs.get(key) or self._last_of(key)
        told = verification, missing, missing_failures, stored
        if run and (run.verification, run.unstored, run.missing_failures, run.stored) != told:
            run.verification, run.unstored, run.missing_failures, run.stored = told
            self._changed.add(run.setup)

    def set_log(self, key: str, url: str) -> None:
        """The run's log.html has arrived."""
        run = self._runs.get(key) or self._last_of(key)
        if run:
            run.log_url = url
            self._changed.add(run.setup)

    def show_agents(self, agents: Mapping[str, Agent]) -> bool:
        """Those that stand beside setups, by setup; whether a tile changes. They bring no setup onto the wall."""
        before, self._agents = self._agents, agents
        changed = {name for name in self._setups if before.get(name) != agents.get(name)}
        self._changed |= changed
        return bool(changed)

    def tick(self, now: datetime) -> list[StateChange]:
        """Time has passed: runs turn stale, are given up, or are over."""
        changes = []
        for run in list(self._runs.values()):
            changes += self._finish_if_over(run, now)
            if run.state != "running":
                continue
            silence = now - max(run.news_at, self._listening_since)
            if silence > self._abandon_after:
                changes += self._abandon(run)
            elif silence > self._stale_after and not run.stale:
                run.stale = True
                self._changed.add(run.setup)
        if self._forget_after is not None and now - self._forgot_at >= FORGET_EACH:
            self._forgot_at = now
            for name in list(self._setups):
                self.forget(name, now - self._forget_after)
        return changes

    # What is asked of it

    def take_forgotten(self) -> set[str]:
        """Runs that have left the wall since the last call, and are not back."""
        forgotten, self._forgotten = self._forgotten, set()
        return forgotten - self._runs.keys()

    def knows(self, key: str) -> bool:
        return key in self._runs

    def process(self, key: str, process: str) -> ProcessState | None:
        run = self._runs.get(key)
        return run.processes.get(process) if run else None

    def has_news_of(self, setup: str) -> bool:
        return setup in self._setups and self._setups[setup].shown is not None

    def shown_runs(self) -> list[str]:
        """The keys of the runs that are on the wall."""
        return [run.key for run in self._shown()]

    def tiles(self) -> list[dict[str, Any]]:
        """All setups, in their order."""
        return [self._tile(name) for name in sorted(self._setups, key=lambda name: self._setups[name].order)]

    def take_changes(self) -> tuple[list[dict[str, Any]], set[str]]:
        """The tiles that changed since the last call, and the names of setups that are gone."""
        changed, gone = [self._tile(name) for name in self._changed], self._gone
        self._changed, self._gone = set(), set()
        return changed, gone

    @property
    def changed(self) -> bool:
        return bool(self._changed or self._gone)

    @property
    def running(self) -> int:
        """Runs that are going on, for the metrics."""
        return sum(run.state == "running" for run in list(self._runs.values()))

    @property
    def silent(self) -> int:
        """Runs going on, as far as is known, of which there is no news."""
        return sum(run.state == "running" and run.stale for run in list(self._runs.values()))

    @property
    def failing(self) -> int:
        """Setups whose current or last run has a failure."""
        return sum(run.status == "FAIL" for run in self._shown())

    @property
    def incomplete(self) -> int:
        """Setups whose last run is over and has no status, because something of it is missing."""
        return sum(run.state != "running" and run.status is None for run in self._shown())

    # How it works

    def _shown(self) -> list[RunState]:
        return [state.shown for state in list(self._setups.values()) if state.shown is not None]

    def _setup(self, name: str) -> _SetupState:
        state = self._setups.get(name)
        if state is None:
            state = self._setups[name] = _SetupState(Setup(name), self._next_order)
            self._next_order += 1
        return state

    def _drop(self, setup: str) -> None:
        last = self._setups.pop(setup).last
        if last is not None:
            self._forget(last.key)
        self._gone.add(setup)
        self._changed.discard(setup)

    def _heard_of(self, run: RunState, at: datetime) -> list[StateChange]:
        """News of a run: it is running (again), unless all of it has ended."""
        run.news_at = max(run.news_at, at)
        run.stale = False
        setup = self._setup(run.setup)
        self._changed.add(run.setup)
        came_back = run.state != "running" and not run.has_ended
        if came_back:
            run.state, run.ended_at = "running", None
        if run.state == "running" and run not in setup.running:
            setup.running.append(run)
            setup.running.sort(key=lambda other: other.started_at)
        return [StateChange(run.key, "running", at, run.setup)] if came_back else []

    def _finish_if_over(self, run: RunState, now: datetime) -> list[StateChange]:
        if run.state == "finished" or not run.is_over(now):
            return []
        run.state, run.ended_at = "finished", run.last_end
        self._retire(run)
        return [StateChange(run.key, "finished", run.news_at, run.setup)]

    def _abandon(self, run: RunState) -> list[StateChange]:
        run.state, run.ended_at = "abandoned", run.news_at
        self._retire(run)
        return [StateChange(run.key, "abandoned", run.news_at, run.setup)]

    def _retire(self, run: RunState) -> None:
        setup = self._setups[run.setup]
        if run in setup.running:
            setup.running.remove(run)
        if setup.last is None or setup.last.started_at <= run.started_at:
            former, setup.last = setup.last, run
        else:
            former = run
        if former is not None and former is not setup.last:
            self._forget(former.key)
        run.stale = False
        self._changed.add(run.setup)

    def _forget(self, key: str) -> RunState | None:
        self._forgotten.add(key)
        return self._runs.pop(key, None)

    def _last_of(self, key: str) -> RunState | None:
        return next((s.last for s in self._setups.values() if s.last is not None and s.last.key == key), None)

    def _tile(self, name: str) -> dict[str, Any]:
        state = self._setups[name]
        return tile(
            name,
            group=state.setup.group,
            order=state.order,
            links=[{"title": title, "url": url} for title, url in state.setup.links],
            jobs=state.setup.jobs,
            run=state.shown,
            others=state.others,
            agent=self._agents.get(name),
        )


def _has_died(run: RunState, info: wire.RunInfo) -> bool:
    """Its node says that this process is gone, and no other goes on; of pabot's, others may still come."""
    others_ended = all(process.ended for process in run.processes.values() if process.name != info.process)
    return info.died and others_ended and not info.pabot and run.state == "running"
