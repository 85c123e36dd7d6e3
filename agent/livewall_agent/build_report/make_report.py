"""Makes a report: fetch the sources, run the steps, collect what they said, pack it."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from livewall_agent.build_report import collect, facts, steps
from livewall_agent.build_report.live_run import LiveRun, new_key
from livewall_agent.build_report.options import BuildOptions
from livewall_agent.build_report.source import CannotBuild, Source, fetch
from livewall_agent.build_report.steps import Took
from livewall_agent.build_report.wall import Wall
from livewall_agent.reportwire import CI_FILE, COMMIT_FILE, END_FILE, RUN_FILE, SUFFIX
from livewall_listener.notices import Notices


@dataclass(frozen=True)
class Built:
    """`status`: ok, or "<step> failed". `run`: the key under which it was shown, "" where it was not."""

    status: str
    logs: Path
    tarball: Path
    run: str


def make_report(
    source: Source, options: BuildOptions, wall: Wall | None, environment: Mapping[str, str], notices: Notices
) -> Built:
    """`wall`: where it is shown; None: nowhere. Raises CannotBuild and others that say why nothing was built."""
    folder = _new_folder(source)
    logs = folder / "logs"
    try:
        logs.mkdir()
        place, commit = fetch(source, folder, options.branch, environment)
        began = float(int(time.time()))  # as reports have it, so that the run begins when its report says
        _note_begin(logs, source, options, folder, environment, began, commit)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    environment = {**environment, **dict(options.environment)}
    live = LiveRun(wall, new_key(), source, commit, options.branch, began, notices) if wall else None
    if wall and live:
        _write(logs / RUN_FILE, f"RUN: {live.key}\n" + (f"SETUP: {wall.given.setup}\n" if wall.given.setup else ""))
    took = _run(live, place, logs, environment, options, is_git=source.kind == "git")
    status = steps.status_of(took)
    _note_end(logs, status, took)
    collect.collect(place, logs, next((step.name for step in took if not step.is_ok), ""))
    collect.mask_all(logs)
    tarball = folder / f"{source.basename}{SUFFIX}"
    collect.pack(logs, tarball)
    if status == "ok":
        shutil.rmtree(place, ignore_errors=True)  # of a failed one people want to see more
    return Built(status, logs, tarball, live.key if live else "")


class _Told:
    """What the steps say goes to the terminal, and to whoever shows it."""

    def __init__(self, live: LiveRun | None):
        self._live = live

    def begin(self, step: str, command: str) -> None:
        if self._live:
            self._live.begin(step, command)

    def output(self, data: bytes) -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        if self._live:
            self._live.output(data)

    def end(self, *, is_ok: bool) -> None:
        if self._live:
            self._live.end(is_ok=is_ok)


def _run(
    live: LiveRun | None,
    place: Path,
    logs: Path,
    environment: Mapping[str, str],
    options: BuildOptions,
    *,
    is_git: bool,
) -> list[Took]:
    began = time.monotonic()
    interrupted = "interrupted"
    try:
        took = steps.run(steps.plan(place, options, is_git=is_git), place, logs, environment, _Told(live))
        interrupted = ""
        return took
    finally:
        if live:
            live.close(time.monotonic() - began, interrupted)


def _new_folder(source: Source) -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix=f"{source.basename}."))
    except OSError as error:
        raise CannotBuild(
            f"there is no room to build in {tempfile.gettempdir()}: {error.strerror}; set TMPDIR"
        ) from None


def _note_begin(
    logs: Path,
    source: Source,
    options: BuildOptions,
    folder: Path,
    environment: Mapping[str, str],
    began: float,
    commit: str,
) -> None:
    _write(logs / "timestamp.start.txt", facts.timestamp("START", began))
    _write(logs / "versions.txt", facts.versions(environment))
    _write(logs / "environment.txt", facts.environment_of(folder, environment))
    _write(logs / "input.txt", facts.given(source, options))
    if commit:
        _write(logs / COMMIT_FILE, f"{commit}\n")
    if ci_build := facts.ci_build(environment):
        _write(logs / CI_FILE, ci_build)


def _note_end(logs: Path, status: str, took: Sequence[Took]) -> None:
    _write(logs / "status", f"{status}\n")
    seconds = "".join(f"SECONDS-{step.name}: {step.seconds:.3f}\n" for step in took)
    _write(logs / END_FILE, facts.timestamp("END", time.time()) + seconds)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="replace")
