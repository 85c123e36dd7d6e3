"""The process above a job's processes: runs the phases, hands on what they say, and leaves nothing behind.

It is a program of its own, `python -m livewall_agent.job_process`, and knows no server and no secret. On standard
input come, as lines of JSON, the order, `{"go": true}` as the answer to the first `begin`, and later perhaps
`{"stop": "why"}`, `{"extend": seconds}` or `{"release": true}`; at its end, which is the end of the agent, the job ends
too. On standard output go lines of JSON: `begin` and `end` of phases, `out` (text), `lent`, and `finished`.
"""

from __future__ import annotations

import codecs
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from livewall_agent import processes
from livewall_agent.jobwire import CLEANUP, KILLED, REFUSED
from livewall_agent.phases import Step, is_run_after
from livewall_agent.process_limits import Usage, bound_files, line_of

_PIECE = 65536
_TURN = 0.2
_NOT_STARTED = 127


def main() -> None:
    """Never more than one job a process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the agent's
    control = sys.stdin.fileno()
    line = line_of(control)
    if not line:
        return  # the agent was killed before it could say what to do
    job = JobProcess(json.loads(line), control, sys.stdout.fileno())
    try:
        job.run()
    finally:
        job.end()


class JobProcess:
    """One job. `order`: `steps`, `environment`, `folder`, `limits` (seconds and bytes; null for none)."""

    def __init__(self, order: dict[str, Any], control: int, answers: int) -> None:
        self._steps = [Step(**step) for step in order["steps"]]
        self._environment: dict[str, str] = order["environment"]
        self._folder = Path(order["folder"])
        self._limits: dict[str, float | None] = order["limits"]
        self._answers = answers
        self._control = control
        self._statuses: dict[str, int] = {}
        self._dead: dict[int, int] = {}
        self._stopped = ""
        self._shell = shutil.which("bash") or "/bin/sh"
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._output, self._writing = os.pipe()
        os.set_blocking(self._output, False)
        self._usage = Usage(self._folder, self._limits["memory"], self._limits["disk"])
        self._selector = self._listen()
        self._in_cleanup = self._orphaned = self._may_go = self._is_released = False
        self._extension = 0.0
        self._begun = self._heard = self._phase_begun = time.monotonic()

    def run(self) -> None:
        if not processes.is_first():
            processes.adopt_orphans()
        bound_files(self._limits["disk"])
        if not self._is_let_go():
            return
        for step in self._steps:
            if step.phase == CLEANUP and self._stopped:
                self._end_processes()
            if self._orphaned:
                return
            if is_run_after(step.phase, self._statuses, ended=bool(self._stopped)):
                self._phase(step)

    def end(self) -> None:
        """Whatever is left of the job."""
        self._end_processes()
        left = processes.kill_all()
        self._take_output()
        self._tell(out=self._decoder.decode(b"", final=True))
        self._tell(finished=True, stopped=self._stopped, left=left)

    def _is_let_go(self) -> bool:
        """Says that the first phase begins, and waits: nothing is run before others know that it may have been."""
        first = self._steps[0]
        self._tell(begin=first.phase, skipped=first.is_skipped)
        while not (self._may_go or self._stopped or self._orphaned):
            self._turn(_TURN)
        self._begun = time.monotonic()
        return self._may_go

    # ------------------------------------------------------------------ phases

    def _phase(self, step: Step) -> None:
        if step is not self._steps[0]:
            self._tell(begin=step.phase, skipped=step.is_skipped)
        if step.is_skipped:
            return
        self._say(step.refused)
        status = REFUSED if step.refused else 0
        self._begin_clocks(step)
        for number, command in enumerate(step.commands, 1):
            status = self._command(step.phase, number, command)
            if status:
                break
        if step.lent and not status:
            self._say("the rig is held for the job that this one is part of")
            self._tell(lent=True)
            status = self._wait(step.phase, lambda: 0 if self._is_released else None)
        if step.hold:
            self._say(f"the rig is held for {step.hold:g} s")
            status = self._wait(step.phase, lambda: 0 if time.monotonic() >= self._held_until(step) else None)
        self._take_output()
        self._statuses[step.phase] = status
        self._tell(end=step.phase, status=status)

    def _held_until(self, step: Step) -> float:
        return self._phase_begun + step.hold + self._extension

    def _begin_clocks(self, step: Step) -> None:
        now = time.monotonic()
        self._heard = self._phase_begun = now
        self._in_cleanup = step.phase == CLEANUP

    def _command(self, phase: str, number: int, command: str) -> int:
        try:
            child = self._start(phase, number, command)
        except (OSError, ValueError) as error:
            self._say(f"the {phase} phase could not be started: {error}")
            return _NOT_STARTED
        return self._wait(phase, lambda: self._dead.pop(child, None))

    def _start(self, phase: str, number: int, command: str) -> int:
        """As a file: a command may be longer than an argument can be."""
        script = self._folder / "commands" / f"{phase}-{number}.sh"
        script.parent.mkdir(exist_ok=True)
        script.write_text(f"{command}\n", encoding="utf-8", errors="surrogateescape")
        child = subprocess.Popen(
            [self._shell, str(script)],
            cwd=self._folder / "work",
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._writing,
            stderr=self._writing,
            start_new_session=True,
        )
        child.returncode = 0  # `processes.reap` waits for it
        return child.pid

    def _wait(self, phase: str, look: Callable[[], int | None]) -> int:
        """Until `look` gives a status, or there is a reason to end it."""
        while True:
            status = look()
            if status is not None:
                return status
            self._turn(_TURN)
            reason = self._reason_to_end(phase)
            if reason:
                self._stop(reason)
                self._say(f"{reason}; the {phase} phase is ended")
                self._end_processes()
                return KILLED

    def _reason_to_end(self, phase: str) -> str:
        now, limits = time.monotonic(), self._limits
        if self._orphaned:
            return "the agent has ended"
        if phase == CLEANUP:
            over = limits["cleanup"] and now - self._phase_begun > limits["cleanup"]
            return f"cleanup takes longer than {limits['cleanup']:g} s" if over else ""
        if self._stopped:
            return self._stopped
        if phase == "test" and limits["output"] and now - self._heard > limits["output"]:
            return f"output timeout: nothing was written for {limits['output']:g} s"
        if phase != "reserve" and limits["global"] and now - self._begun > limits["global"]:
            return f"global timeout: the job has taken {limits['global']:g} s"
        return self._usage.excess()

    # ------------------------------------------------------------------ the world

    def _turn(self, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            key.data()
        self._dead.update(processes.reap())

    def _listen(self) -> selectors.BaseSelector:
        selector = selectors.DefaultSelector()
        selector.register(self._output, selectors.EVENT_READ, self._take_output)
        selector.register(self._control, selectors.EVENT_READ, self._take_order)
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._stop("the agent was told to end"))
        selector.register(reading, selectors.EVENT_READ, lambda: os.read(reading, _PIECE))
        return selector

    def _take_order(self) -> None:
        line = line_of(self._control)
        if line:
            self._obey(json.loads(line))
            return
        self._selector.unregister(self._control)
        self._orphaned = True

    def _obey(self, order: dict[str, Any]) -> None:
        if "stop" in order:
            self._stop(order["stop"])
        elif "extend" in order:
            self._extend(order["extend"])
        elif "release" in order:
            self._is_released = True
        else:
            self._may_go = True

    def _extend(self, seconds: float) -> None:
        self._extension = seconds
        self._say(f"the rig is held for {seconds:g} s more")

    def _stop(self, reason: str) -> None:
        """Cleanup is run to its end, or to that of its time."""
        if not self._in_cleanup:
            self._stopped = self._stopped or reason

    def _take_output(self) -> None:
        """All that there is."""
        with suppress(BlockingIOError):
            while data := os.read(self._output, _PIECE):
                self._heard = time.monotonic()
                text = self._decoder.decode(data)
                if text:
                    self._tell(out=text)
                if len(data) < _PIECE:
                    return

    def _say(self, text: str) -> None:
        if text:
            self._take_output()
            self._tell(out=f"livewall-agent: {text}\n")

    def _tell(self, **what: Any) -> None:
        data = memoryview(json.dumps(what).encode() + b"\n")
        with suppress(BrokenPipeError):
            while data:
                data = data[os.write(self._answers, data) :]

    def _end_processes(self) -> None:
        """Politely, then by force; what they still say is heard."""
        processes.signal_all(signal.SIGTERM)
        give_up = time.monotonic() + (self._limits["grace"] or 0)
        while processes.of_job() and time.monotonic() < give_up:
            self._turn(0.05)
        processes.kill_all()
        self._turn(0)


if __name__ == "__main__":
    main()
