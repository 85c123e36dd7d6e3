"""Reads the output of a build's job while it comes: which step is at work, and what each of them says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from livewall_dashboard.base.offload import Offload
from livewall_dashboard.branches.build_job import BuildOrder, token_of
from livewall_dashboard.branches.jobs import Jobs
from livewall_dashboard.branches.reading import ReadStep, StepReader
from livewall_dashboard.branches.step_output import StepOutput, StepState
from livewall_dashboard.branches.verdict import StepResult


class JobLog:
    """Of one job of one build. `finish` it once; afterwards it says the same again."""

    def __init__(self, order: BuildOrder, job: UUID, read_step: ReadStep, offload: Offload) -> None:
        self.order = order
        self.job = job
        self._offload = offload
        self._read_step = read_step
        self._readers: dict[int, StepReader] = {}
        self._output = StepOutput(token_of(order.number), self._take)
        self._after = -1
        self._finished: list[StepResult] | None = None

    def catch_up(self, jobs: Jobs) -> bool:
        """Whether there was anything new."""
        is_new = False
        while True:
            last, piece = jobs.output(self.job, self._after)
            if last == self._after:
                return is_new
            self._after, is_new = last, True
            self._offload(self._output.feed, piece)

    @property
    def trouble(self) -> str:
        return self._output.trouble

    def step_of(self, folder: str) -> int:
        """The step that has written a folder among the artifacts; the last that was begun, where none says so."""
        begun = [no for no in range(1, len(self.order.steps) + 1) if self._state(no).status != "waiting"]
        no = self._output.folders.get(folder, 0)
        return no if no in begun else max(begun, default=1)

    @property
    def is_cut(self) -> bool:
        """Whether not all that the job has written is known, once it is finished."""
        return self._output.is_cut

    def states(self) -> list[dict[str, Any]]:
        """Of all steps, as rows."""
        return [
            {"no": no, "status": state.status, "exit_code": state.exit_code, "elapsed_time": state.elapsed_time}
            for no, state in ((no, self._state(no)) for no in range(1, len(self.order.steps) + 1))
        ]

    def finish(self, marks: bytes) -> list[StepResult]:
        """`marks`: the lines between steps as the job has left them in a file."""
        if self._finished is None:
            self._output.take_marks(marks)
            self._output.finish()
            self._finished = list(self._offload(self._results))
        return self._finished

    def _results(self) -> list[StepResult]:
        found = []
        for no, step in enumerate(self.order.steps, 1):
            state, reader = self._state(no), self._readers.get(no)
            findings = reader.finish(failed=state.status != "ok") if reader else None
            found.append(StepResult(no, step["name"], float(step["timeout"]), state, findings))
        return found

    def _state(self, no: int) -> StepState:
        return self._output.states.get(no) or StepState()

    def _take(self, no: int, piece: bytes) -> None:
        if 1 <= no <= len(self.order.steps):
            if no not in self._readers:
                self._readers[no] = self._read_step(self.order.steps[no - 1]["name"])
            self._readers[no].feed(piece)


def step_text(jobs: Jobs, job: UUID, number: int, step: int) -> Iterator[bytes]:
    """What a step of a build has written so far, in pieces."""
    pieces: list[bytes] = []
    output = StepOutput(token_of(number), lambda no, piece: pieces.append(piece) if no == step else None)
    after = -1
    while True:
        last, piece = jobs.output(job, after)
        if last == after:
            break
        after = last
        output.feed(piece)
        yield from pieces
        pieces.clear()
    output.finish()
    yield from pieces
