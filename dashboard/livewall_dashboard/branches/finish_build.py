"""Makes runs and a result of what the job of a build has left."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from livewall_dashboard.artifacts.model import Owner, is_name
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.errors import NotFound, Unavailable
from livewall_dashboard.base.offload import Offload
from livewall_dashboard.branches.build_job import BuildOrder
from livewall_dashboard.branches.build_run import key_of, labels_of, result_set_of
from livewall_dashboard.branches.html_store import HtmlStore, KeptFolder
from livewall_dashboard.branches.job_artifacts import JobArtifacts, is_of_robot, pack_html, unpack
from livewall_dashboard.branches.job_log import JobLog, step_text
from livewall_dashboard.branches.job_store import BuildJobStore, Finish
from livewall_dashboard.branches.jobs import Jobs, JobState
from livewall_dashboard.branches.reading import ImportFiles
from livewall_dashboard.branches.verdict import StepResult, Verdict, verdict_of
from livewall_dashboard.history.result_sets.store_result_set import ResultSets
from livewall_dashboard.postgres.database import Row

BLOCK = 256 * 1024
MOST_NAMED = 20
"""Files of results that become runs by the number of the build; of more, equal ones of two builds are one run."""


class BuildFinisher:
    """`folder`: where files lie meanwhile; nothing stays there. `run_of(key)`: a run, or NotFound."""

    def __init__(
        self,
        store: BuildJobStore,
        jobs: Jobs,
        html: HtmlStore,
        result_sets: ResultSets,
        artifacts: ArtifactStore,
        import_files: ImportFiles,
        run_of: Callable[[str], Row],
        *,
        folder: Path,
        offload: Offload,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._html = html
        self._result_sets = result_sets
        self._artifacts = artifacts
        self._import_files = import_files
        self._run_of = run_of
        self._folder = folder
        self._offload = offload
        self._clock = clock

    def tidy(self) -> None:
        """What a killed predecessor left."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def finish(self, log: JobLog, state: JobState) -> Finish:
        """All of it may be done twice. Raises Unavailable, and what the history has against it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True) as folder:
                left = self._left(state, Path(folder))
                finish = self._finish(log, state, left)
                self._keep_html(log, state, left, Path(folder, "html"))
                return finish
        except OSError as error:
            raise Unavailable(f"The wall's disk takes no results: {error.strerror or error}.") from error

    def _left(self, state: JobState, folder: Path) -> JobArtifacts:
        archive = self._jobs.artifacts(state.id)
        if archive is None:
            return JobArtifacts()
        with archive:
            found: JobArtifacts = self._offload(unpack, archive, folder)
        return found

    def _finish(self, log: JobLog, state: JobState, left: JobArtifacts) -> Finish:
        order = log.order
        steps = log.finish(left.marks)
        self._store.note_findings(order.number, [step.as_row() for step in steps])
        key = key_of(order.number, state.id)
        imported = self._imported(order, key, left)
        runs = list(dict.fromkeys([*self._jobs.runs(state.id), *imported]))
        verdict = verdict_of(
            steps,
            trouble=log.trouble,
            end_reason=state.end_reason or left.trouble,
            failed_runs=self._failed(runs),
            is_cut=log.is_cut,
        )
        own = self._own_run(order, key, steps, state, left, verdict)
        self._store.link_runs(order.number, [own, *runs], own)
        return Finish(
            order.number,
            verdict.result,
            verdict.reason,
            warnings=sum(step.findings.warnings for step in steps if step.findings),
            errors=sum(step.findings.errors for step in steps if step.findings),
            started_at=state.started_at,
            ended_at=state.ended_at,
        )

    def _keep_html(self, log: JobLog, state: JobState, left: JobArtifacts, target: Path) -> None:
        """The pages that steps have written, such as of coverage."""
        good = [folder.path for folder in left.html if not folder.trouble]
        archive = self._jobs.artifacts(state.id) if good else None
        files, coverage = [], dict[str, float]()
        if archive is not None:
            with archive, target.open("wb") as packed:
                files, coverage = self._offload(pack_html, archive, good, packed)
        folders = [
            KeptFolder(each.path, log.step_of(each.path.split("/")[0]), coverage.get(each.path), each.trouble)
            for each in left.html
        ]
        self._html.keep(log.order.number, target, files, folders)

    def _imported(self, order: BuildOrder, key: str, left: JobArtifacts) -> list[str]:
        if not left.results:
            return []
        files = []
        for number, (path, name) in enumerate(left.results, 1):
            names_itself = is_of_robot(path) or number > MOST_NAMED
            files.append((path, name, None if names_itself else f"{key}-{number}"))
        return self._import_files(files, setup=order.setup, branch=order.bundle, labels=labels_of(order))

    def _own_run(
        self,
        order: BuildOrder,
        key: str,
        steps: list[StepResult],
        state: JobState,
        left: JobArtifacts,
        verdict: Verdict,
    ) -> str:
        """The run of its logs -> its key."""
        now = self._clock()
        started_at, ended_at = state.started_at or now, state.ended_at or now
        result_set = result_set_of(order, key, steps, started_at, ended_at, state.agent or "", verdict)
        stored = self._result_sets.store(result_set)
        owner = Owner.run(stored.run_id)
        for step in steps:
            name = f"{step.name}.log"
            if step.findings is not None and is_name(name):
                blocks = step_text(self._jobs, state.id, order.number, step.no)
                self._artifacts.put(owner, name, blocks, packed=False)
        for path, name in left.kept:
            self._artifacts.put(owner, name, _blocks(path), packed=False)
        return result_set.key

    def _failed(self, runs: list[str]) -> Mapping[str, int]:
        """By run, how many of its tests failed, where some did."""
        found = {}
        for run in runs:
            try:
                found[run] = int(self._run_of(run)["counts"]["failed"])
            except NotFound:
                continue
        return {run: failed for run, failed in found.items() if failed}


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
