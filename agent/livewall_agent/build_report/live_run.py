"""Shows a build on the wall while it goes on: a run whose suites are the steps, with the last line that they said.

What is told is the beginning of what the report says better: that takes its place, as one run.
"""

from __future__ import annotations

import dataclasses
import re
import time
import uuid
from collections import deque
from datetime import datetime, timezone

from livewall_agent.build_report.masking import mask
from livewall_agent.build_report.source import Source
from livewall_agent.build_report.wall import Wall
from livewall_agent.reportwire import PROCESS, project_and_version
from livewall_listener import identity, wire
from livewall_listener.notices import Notices
from livewall_listener.report import Report
from livewall_listener.sampler import Sample

ROOT = "s1"
LAST_LINES = 20
"""Of a step that failed, until its report says what it failed of."""
_LONGEST = 400
"""Characters of a line that are shown."""
_HELD = 64 * 1024
"""Bytes of a line without an end that are kept."""
_RESULT = re.compile(r"(PASS|FAIL|SKIP|XFAIL|XPASS|ERROR): (\S.{0,499})")
_COUNTS_AS = {"PASS": "PASS", "SKIP": "SKIP", "XFAIL": "SKIP"}
"""What a wall is told of a test before the report: what failed as expected has no word of its own there."""
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|[\x00-\x08\x0b-\x1f\x7f]")


def new_key() -> str:
    return f"build-{uuid.uuid4()}"


class LastLines:
    """The last lines of what is fed in pieces, as people read them, without secrets."""

    def __init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=LAST_LINES)
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """-> the lines that have become whole."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        self._rest = self._rest[-_HELD:]
        lines = [text for line in whole if (text := _plain(line))]
        self.lines.extend(lines)
        return lines

    @property
    def last(self) -> str:
        return _plain(self._rest) or (self.lines[-1] if self.lines else "")


class LiveRun:
    """Hears of the steps, and tells the wall; where that is away, the spool."""

    def __init__(self, wall: Wall, key: str, source: Source, commit: str, branch: str, began: float, notices: Notices):
        self.key = key
        self._project, version = project_and_version(source.basename)
        self._source = mask(source.text.encode()).decode()
        self._results: list[tuple[str, str, str]] = []
        self._counts = dict.fromkeys(wire.STATUSES, 0)
        self._steps = 0
        self._step = self._command = ""
        self._lines = LastLines()
        self._began = self._said_at = 0.0
        self._start = ""
        given = wall.given
        info = identity.run_info(given, wall.environment, None, robot_version="", now=_utc(began))
        info = dataclasses.replace(
            info, process=PROCESS, suite=self._project, branch=branch,
            repository=self._project, commit=commit or version, root="", origin="",
        )  # fmt: skip
        self._report = Report(given, wall.environment, key, info, notices, self._look)
        self._notices = notices
        self._report.start()
        self._report.put(self._suite(ROOT, self._project, _utc(began)))

    def begin(self, step: str, command: str) -> None:
        self._steps += 1
        self._step, self._command = step, mask(command.encode()).decode()
        self._lines = LastLines()
        self._began = self._said_at = time.monotonic()
        self._start = _utc(time.time())
        self._report.put(self._suite(self._suite_id, step, self._start))
        self._show_command()

    def output(self, data: bytes) -> None:
        self._said_at = time.monotonic()
        for line in self._lines.feed(data):
            found = _RESULT.match(line) if self._step == "make-check" else None
            if found:
                self._end_test(found[2].strip(), _COUNTS_AS.get(found[1], "FAIL"), line)
                self._show_command()

    def end(self, *, is_ok: bool) -> None:
        if not is_ok and not (self._step == "make-check" and self._counts["FAIL"]):
            self._end_test("", "FAIL", "\n".join(self._lines.lines))
        message = "" if is_ok else self._lines.last
        self._end_suite(self._suite_id, "PASS" if is_ok else "FAIL", message, time.monotonic() - self._began)
        self._step = ""
        self._notices.tell()

    def close(self, took: float, interrupted: str = "") -> None:
        """The build is over: waits until the wall knows, as long as a listener does."""
        if self._step:
            self._lines.feed(f"{interrupted}\n".encode())
            self.end(is_ok=False)
        self._end_suite(ROOT, "FAIL" if self._counts["FAIL"] else "PASS", interrupted, took)
        passed, failed, skipped, _ = self._counts.values()
        total = len(self._results)
        self._report.put(wire.EndProcess(total, passed, failed, skipped, wire.digest_of(self._results)))
        self._report.close()
        self._notices.tell()

    @property
    def _suite_id(self) -> str:
        return f"{ROOT}-s{self._steps}"

    def _suite(self, suite_id: str, name: str, start: str) -> wire.StartSuite:
        source = self._source if suite_id == ROOT else ""
        return wire.StartSuite(suite_id, name, name, start, len(self._results), 0, wire.clean(source))

    def _show_command(self) -> None:
        """What a step runs is shown as a running test, for as long as it runs; it is none."""
        name = wire.clean_name(self._command)[:_LONGEST]
        self._report.put(wire.StartTest(f"{self._suite_id}-t0", name, f"{self._project}.{self._step}", self._start))

    def _end_test(self, name: str, status: str, message: str) -> None:
        """`name`: "" for the step itself."""
        test_id = f"{self._suite_id}-t{len(self._results) + 1}"
        longname = f"{self._project}.{self._step}" + (f".{name}" if name else "")
        message = wire.clean(message) if status != "PASS" else ""
        self._results.append((test_id, status, message))
        self._counts[status] += 1
        name = name or self._step
        self._report.put(wire.EndTest(test_id, name, longname, status, message, self._start, 0.0))

    def _end_suite(self, suite_id: str, status: str, message: str, took: float) -> None:
        self._report.put(wire.EndSuite(suite_id, status, wire.clean(message), took, len(self._results)))

    def _look(self) -> Sample | None:
        """For another thread."""
        line, now = self._lines.last, time.monotonic()
        if not self._step or not line:
            return None
        return wire.Now([line], now - self._said_at), now - self._began


def _plain(line: bytes) -> str:
    """What is seen of a line after its last carriage return."""
    text = mask(line[-_HELD:]).decode("utf-8", "replace").rstrip()
    return wire.clean_name(_ANSI.sub("", text.rpartition("\r")[2])).strip()[:_LONGEST]


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="microseconds")
