"""One instance: run as long as it is wanted, started again when it ends by itself, and gone without a trace."""

from __future__ import annotations

import json
import logging
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any

from livewall_agent import environment, health
from livewall_agent.instance_folder import InstanceFolder
from livewall_agent.instancewire import FAILED, GONE, MOST_MESSAGE, RUNNING, STARTING, STOPPED, STOPPING
from livewall_agent.isolation import Isolation, environment_of
from livewall_agent.rotating_log import read_end
from livewall_agent.settings import Settings

GRACE = 10.0
"""Seconds between SIGTERM and SIGKILL."""
STEADY = 60.0
"""One that has run for so many seconds has not ended in a row with those before."""
MOST_ENDS = 4
"""It has failed when it ended so many times in a row before it answered; or `MOST_RESTARTS` times after it did."""
MOST_RESTARTS = 12
LONGEST_PAUSE = 60.0
AGAIN_AFTER = 5.0
"""Seconds until a folder that could not be used, as on a full disk, is looked at again."""
ASK_EACH, ASK_AGAIN = 20.0, 5.0
"""Seconds between two questions to one that runs: as a rule, and while it is unhealthy."""
CLEANUPS = 3
"""So many times a cleanup that fails is tried."""
_SETTLE = 0.2
"""Seconds after which one that answered still has to be there: somebody else may have answered on its port."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Life:
    """What it was from a start to an end. `failure`: why it is not to be started again, "" where it may be; `how`: it
    ended; `healthy_for`: seconds from its first good answer on, None without one.
    """

    failure: str
    how: str
    healthy_for: float | None


class Instance:
    """`want` returns at once, and may come from any thread; what comes of it is seen in its members.

    It has a thread only while it runs or goes. `changed()`: called when its members are other than before.
    """

    def __init__(
        self, settings: Settings, house: Isolation, folder: InstanceFolder, changed: Callable[[], object]
    ) -> None:
        self.folder = folder
        self.order = folder.order
        self.state, self.message = STOPPED, ""
        self.port: int | None = None
        self.exit_code: int | None = None
        self.restarts = self.tried = 0
        self.unhealthy_since: float | None = None
        """By `time.monotonic`: since then it runs and does not answer well."""
        self.is_gone = False
        self._settings = settings
        self._house = house
        self._changed = changed
        self._wanted, self._wakes = STOPPED, 0
        self._unwanted, self._ending = Event(), Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._cleans_up = self._was_stopped = False
        self._thread: Thread | None = None
        self._lock = Lock()

    def want(self, wanted: str, wakes: int = 0) -> None:
        """Running, stopped or gone. One that has failed is started again when `wakes` has grown since its start."""
        with self._lock:
            self._wanted, self._wakes = wanted, wakes
            if wanted == RUNNING:
                self._unwanted.clear()
            else:
                self._unwanted.set()
                self._stop_running()
            if self._thread is None and self._next_thing() is not None and not self._ending.is_set():
                self._thread = Thread(target=self._work, name=f"instance-{self.order.number}", daemon=True)
                self._thread.start()

    def end(self) -> None:
        """The agent ends: what runs is stopped, and nothing is begun."""
        self._ending.set()
        self.want(STOPPED, self._wakes)

    def join(self, timeout: float | None = None) -> None:
        thread = self._thread
        if thread is not None:
            thread.join(timeout)

    @property
    def is_settled(self) -> bool:
        return self._thread is None or self.state == RUNNING == self._wanted

    # ------------------------------------------------------------------ its thread

    def _work(self) -> None:
        while True:
            with self._lock:
                thing = None if self._ending.is_set() else self._next_thing()
                if thing is None:
                    self._thread = None
                    break
            try:
                thing()
            except OSError as error:
                self._note(FAILED, f"its folder cannot be used: {error}")
                self._ending.wait(AGAIN_AFTER)
        self._changed()

    def _next_thing(self) -> Callable[[], None] | None:
        if self._wanted == GONE:
            return None if self.is_gone else self._go
        if self._wanted == RUNNING and (self.state != FAILED or self._wakes > self.tried):
            return self._run
        return None

    def _run(self) -> None:
        """Until it is not wanted any more, or has failed."""
        self.tried, self.restarts, ends = self._wakes, 0, 0
        while not self._unwanted.is_set():
            self._note(STARTING, self.message if ends else "")
            life = self._live()
            if life.failure:
                self._note(FAILED, life.failure)
                return
            if self._was_stopped:  # it may be wanted again by now
                continue
            ends = 1 if life.healthy_for and life.healthy_for > STEADY else ends + 1
            self.restarts += 1
            if ends >= (MOST_ENDS if life.healthy_for is None else MOST_RESTARTS):
                self._note(FAILED, self._with_last_line(f"{life.how}, {ends} times in a row"))
                return
            pause = min(LONGEST_PAUSE, 0.5 * 2**ends)
            self._note(STARTING, self._with_last_line(f"{life.how}, and is started again after {pause:g} s"))
            self._unwanted.wait(pause)
        self._note(STOPPED)

    def _live(self) -> _Life:
        port = health.free_port()
        with self._started("run", self.order.command, {"PORT": str(port)}) as process:
            self.port = port
            trouble, hangs, answered_at = self._await_answer(process, port), "", time.monotonic()
            if not trouble and self._note_running():
                hangs = self._watch(process, port)
            healthy_for = None if trouble else (self.unhealthy_since or time.monotonic()) - answered_at
            if (trouble or hangs or self._was_stopped) and process.poll() is None:
                self._note(STOPPING, hangs)
                self._stop_process()
            code, excess = _end_of(process)
            self.exit_code = self.exit_code if self._was_stopped else code
        self.port = self.unhealthy_since = None
        failure = excess or (trouble if self.exit_code is None and not self._was_stopped else "")
        how = hangs or f"it ended with {self.exit_code}"
        return _Life(self._with_last_line(failure) if failure else "", how, healthy_for)

    def _await_answer(self, process: subprocess.Popen[bytes], port: int) -> str:
        """-> why it does not answer, "" once it does."""
        give_up, pause, trouble = time.monotonic() + self.order.timeout, 0.05, "it was not asked"
        while process.poll() is None and not self._unwanted.wait(pause):
            trouble = health.trouble(port, self.order.health)
            if not trouble:
                self._unwanted.wait(_SETTLE)
                return "" if process.poll() is None else "it has ended"
            if time.monotonic() > give_up:
                return f"{trouble} within {self.order.timeout:g} s"
            pause = min(1.0, pause * 1.5)
        return trouble

    def _watch(self, process: subprocess.Popen[bytes], port: int) -> str:
        """Until it ends, or was unhealthy for as long as it may take to start -> why it is ended then, else ""."""
        assert process.stdout
        answers, end = health.Health(), select.poll()
        end.register(process.stdout)
        while not end.poll(1000 * (ASK_AGAIN if answers.trouble else ASK_EACH)):
            asked_at = time.monotonic()
            answers.note(health.trouble(port, self.order.health), asked_at)
            self.unhealthy_since = answers.unhealthy_since
            if why := answers.why_end_it(time.monotonic(), self.order.timeout):
                return why
            if answers.trouble or self.message:
                then = f"; it is started again when that lasts for {self.order.timeout:g} s"
                self._note_running(answers.trouble and answers.trouble + then)
        return ""

    def _go(self) -> None:
        """With its cleanup, which is run again where somebody ended it."""
        if self.order.cleanup and not self._clean_up():
            return
        if not self.folder.remove():
            log.warning("%s cannot be removed: files of another user are left in it", self.folder.path)
        self.is_gone = True

    def _clean_up(self) -> bool:
        """-> whether that is over, well or not."""
        self._note(STOPPED, "its cleanup runs")
        for number in range(CLEANUPS):
            if self._ending.wait(5.0 * number):
                return False
            with self._started("cleanup", self.order.cleanup, {}) as process:
                try:
                    process.wait(self._settings.limits.cleanup_timeout)
                except subprocess.TimeoutExpired:
                    self._stop_process()
                code, _ = _end_of(process)
            if code == 0:
                return True
            log.warning("The cleanup of instance %d ended with %s", self.order.number, code)
        return not self._ending.is_set()

    # ------------------------------------------------------------------ its processes

    @contextmanager
    def _started(self, name: str, command: str, more: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        """The process above all of its. Raises OSError."""
        own = environment_of(self._settings.user, os.environ)
        told = environment.of_instance(self._settings, self.order.variables, folder=self.folder.path, own=own)
        limits = self._settings.limits
        order = {
            "command": self.folder.script(name, command), "environment": {**told, **more}, "grace": GRACE,
            "folder": str(self.folder.path), "log": str(self.folder.log), "memory": limits.memory, "disk": limits.disk,
        }  # fmt: skip
        with (
            self.folder.locked() as lock,
            subprocess.Popen(
                [*self._house.prefix, sys.executable, "-m", "livewall_agent.instance_process"],
                cwd="/",
                env=told,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for the agent
                pass_fds=(lock,),
            ) as process,
        ):
            assert process.stdin
            with suppress(BrokenPipeError):  # it has ended, as will be seen
                process.stdin.write(json.dumps(order).encode() + b"\n")
                process.stdin.flush()
            with self._lock:
                self._process, self._cleans_up, self._was_stopped = process, name == "cleanup", False
                if self._unwanted.is_set():
                    self._stop_running()
            try:
                yield process
            finally:
                self._stop_process()
                self._process = None

    def _stop_running(self) -> None:
        """But not the cleanup of what is to be gone, unless the agent ends."""
        if self._process is not None and (not self._cleans_up or self._ending.is_set()):
            if not self._cleans_up:
                self.state, self._was_stopped = STOPPING, True
            self._stop_process()

    def _stop_process(self) -> None:
        """Its input ends, and so does all of it."""
        process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError, ValueError):
                process.stdin.close()

    def _note(self, state: str, message: str = "") -> None:
        with self._lock:
            self.state, self.message = state, message[:MOST_MESSAGE]
        self._changed()

    def _note_running(self, message: str = "") -> bool:
        """-> whether it was not stopped meanwhile: then that stays so."""
        with self._lock:
            if self._was_stopped:
                return False
            self.state, self.message = RUNNING, message[:MOST_MESSAGE]
        self._changed()
        return True

    def _with_last_line(self, text: str) -> str:
        lines = [line.strip() for line in read_end(self.folder.log, 2000).splitlines() if line.strip()]
        return f"{text}: {lines[-1]}" if lines else text


def _end_of(process: subprocess.Popen[bytes]) -> tuple[int | None, str]:
    """Waits for it -> the command's exit code, None where that was ended, and what it used too much of."""
    assert process.stdout
    data = process.stdout.read()
    process.wait()
    with suppress(ValueError):
        told: dict[str, Any] = json.loads(data)
        return told["code"], told["excess"]
    return process.returncode, ""  # the process above it was killed
