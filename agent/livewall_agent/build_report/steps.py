"""Runs the steps of a build, one after the other, until one fails; tells a `Hearer` what they say as they say it."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from livewall_agent.build_report.options import BuildOptions, words_of

_PIECE = 64 * 1024
_LOOK = 0.2
_HELD_OPEN = 2.0
"""Seconds that output of what a step left behind is waited for, once the step itself has ended."""


class Hearer(Protocol):
    def begin(self, step: str, command: str) -> None: ...
    def output(self, data: bytes) -> None: ...
    def end(self, *, is_ok: bool) -> None: ...


@dataclass(frozen=True)
class Step:
    """`command`: without a shell around it."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True)
class Took:
    """A step that was run, and for how many seconds."""

    name: str
    seconds: float
    is_ok: bool


def plan(folder: Path, options: BuildOptions, *, is_git: bool) -> Iterator[Step]:
    """The steps that there are to be, found out as they come: bootstrap makes configure. Raises Misconfigured."""
    bootstrap = _bootstrap(folder, is_git=is_git)
    if bootstrap:
        yield Step("bootstrap", bootstrap)
    yield Step("configure", ["./configure", *words_of(options.configure)])
    yield Step("make", ["make", *words_of(options.make)])
    yield Step("make-check", ["make", "check", "VERBOSE=yes", *words_of(options.check)])


def _bootstrap(folder: Path, *, is_git: bool) -> list[str]:
    has_configure = (folder / "configure").exists()
    if (folder / "bootstrap").is_file() and (is_git or not has_configure):
        return ["./bootstrap"]
    if has_configure:
        return []
    if (folder / "autogen.sh").is_file():
        return ["./autogen.sh"]
    return ["autoreconf", "-fi"] if any((folder / name).is_file() for name in ("configure.ac", "configure.in")) else []


def run(steps: Iterator[Step], folder: Path, logs: Path, environment: Mapping[str, str], hearer: Hearer) -> list[Took]:
    """Each with its log in `logs`, and a file .ok where it succeeded; nothing that they started is left running."""
    took: list[Took] = []
    for step in steps:
        hearer.begin(step.name, " ".join(step.command))
        began = time.monotonic()
        with (logs / f"{step.name}.log").open("wb", buffering=0) as log:
            is_ok = _run_one(step.command, folder, environment, log, hearer) == 0
        if is_ok:
            (logs / f"{step.name}.ok").touch()
        took.append(Took(step.name, time.monotonic() - began, is_ok))
        hearer.end(is_ok=is_ok)
        if not is_ok:
            break
    return took


def status_of(took: Sequence[Took]) -> str:
    """As `logs/status` has it: ok, or which step failed."""
    return next((f"{step.name} failed" for step in took if not step.is_ok), "ok")


def _run_one(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], log: IO[bytes], hearer: Hearer
) -> int:
    """The shell says what it cannot start, in words that readers of logs know. Whatever it began is ended."""
    process = subprocess.Popen(
        ["/bin/sh", "-c", '"$@"', "sh", *command], cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    with process:
        try:
            _copy_output(process, log, hearer)
            return process.wait()
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def _copy_output(process: subprocess.Popen[bytes], log: IO[bytes], hearer: Hearer) -> None:
    """To its end, or until what the step left behind has been quiet for a while."""
    assert process.stdout is not None
    descriptor, give_up_at = process.stdout.fileno(), None
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while give_up_at is None or time.monotonic() < give_up_at:
            if selector.select(_LOOK):
                data = os.read(descriptor, _PIECE)
                if not data:
                    return
                _write(log, data)
                hearer.output(data)
            elif process.poll() is not None and give_up_at is None:
                give_up_at = time.monotonic() + _HELD_OPEN


def _write(log: IO[bytes], data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[log.write(rest) :]
