"""Which phases of a job are run, by which commands: decided before the first begins. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from livewall_agent.jobwire import ALWAYS, CLEANUP, PHASES, Job


@dataclass(frozen=True)
class Step:
    """A phase as it will be run. `refused` says why it fails without being run; `hold`: seconds to wait afterwards.

    `lent`: afterwards the rig is another job's, until that has ended.
    """

    phase: str
    commands: tuple[str, ...] = ()
    refused: str = ""
    hold: float = 0.0
    lent: bool = False

    @property
    def is_skipped(self) -> bool:
        return not self.commands and not self.refused and not self.hold and not self.lent


def plan(job: Job, own: Mapping[str, tuple[str, ...]], allowed: frozenset[str]) -> list[Step]:
    """`own`: the agent's commands, which go before the job's; `allowed`: phases whose commands jobs may bring."""
    return [_step(job, phase, own.get(phase, ()), allowed) for phase in PHASES]


def _step(job: Job, phase: str, own: tuple[str, ...], allowed: frozenset[str]) -> Step:
    lent = phase == "allocate" and job.is_lent
    if own:
        return Step(phase, own if phase in ALWAYS or job.data(phase) is not None else (), lent=lent)
    brought = job.commands(phase)
    if brought is None:
        return Step(phase, hold=job.reserved_for if phase == "reserve" else 0.0, lent=lent)
    if phase not in allowed:
        return Step(phase, refused=f"this agent takes no commands for the {phase} phase from jobs")
    return Step(phase, brought, lent=lent)


def is_run_after(phase: str, statuses: Mapping[str, int], *, ended: bool) -> bool:
    """Whether a phase is run after what came before it; `ended`: the job was cancelled or its time is over."""
    if phase == CLEANUP:
        return True
    return not ended and not any(status for before, status in statuses.items() if before != "test")


def exit_code(statuses: Mapping[str, int], *, wanted_test: bool) -> int:
    """Of a job as a whole: the first phase that failed; 1 where a test was wanted and none was run."""
    failed = next((statuses[phase] for phase in PHASES if statuses.get(phase)), 0)
    return failed or int(wanted_test and "test" not in statuses)
