"""Robot Framework's listener API, version 3: suites, tests, files and the end, and nothing that is called more often.

Nothing here may hurt the run: an error of ours is one warning, and a hook only makes events and hands them over.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, Callable

from robot.version import get_version

from livewall_listener import clock, context, convert, identity, pabot, settings
from livewall_listener.ledger import Ledger
from livewall_listener.notices import Notices
from livewall_listener.phases import Phases
from livewall_listener.report import Report

_Hook = Callable[..., None]


def _harmless(hook: _Hook) -> _Hook:
    """Whatever goes wrong inside stays inside, except for what Robot Framework itself throws at a running keyword."""

    @wraps(hook)
    def call(self: Listener, *arguments: Any) -> None:
        try:
            hook(self, *arguments)
            self.notices.tell()
        except context.TIMEOUTS:
            raise
        except Exception as error:
            self.notices.add("error", f"this listener failed, please report it: {type(error).__name__}: {error}")
            with suppress(Exception):
                self.notices.tell()

    return call


class Listener:
    """`robot --listener livewall_listener.Listener[:http://wall:8000][:setup=vm1]...`, or by environment variables."""

    ROBOT_LISTENER_API_VERSION = 3
    ROBOT_LISTENER_PRIORITY = -1000
    """Last of all, so that what other listeners change is seen."""

    def __init__(self, *arguments: str):
        self.notices = Notices(context.warn)
        self._settings = settings.read(arguments, os.environ)
        self._ledger = Ledger()
        self._phases = Phases()
        self._report: Report | None = None
        self._errors: context.CollectedErrors | None = None
        problems = list(self._settings.problems)
        if not self._settings.url:
            problems.append("without the URL of a wall nothing is reported: set LIVEWALL_URL=http://wall:8000")
        if problems:
            self.notices.add("settings", "; ".join(problems))
        self.notices.tell()

    @_harmless
    def start_suite(self, data: Any, result: Any) -> None:
        if self._settings.url and result.parent is None:
            self._begin(data)
        if self._report:
            for event in self._ledger.start_suite(data, result):
                self._report.put(event)
            self._phases.start_suite(clock.monotonic())

    @_harmless
    def end_suite(self, data: Any, result: Any) -> None:
        if self._report:
            setup, teardown = self._phases.end_suite(data, result, clock.monotonic())
            changed = teardown is not None and teardown.status != "PASS"
            for event in self._ledger.end_suite(result, setup=setup, teardown=teardown, tests_changed=changed):
                self._report.put(event)
            if result.parent is None:
                self._report.note_trouble()

    @_harmless
    def start_test(self, data: Any, result: Any) -> None:
        if self._report:
            for event in self._ledger.start_test(result):
                self._report.put(event)
            self._phases.start_test(clock.monotonic())

    @_harmless
    def end_test(self, data: Any, result: Any) -> None:
        if self._report:
            self._report.put(self._ledger.end_test(result))
            self._phases.end_test(clock.monotonic())

    @_harmless
    def output_file(self, path: Path | None) -> None:
        self._upload("output", path)

    @_harmless
    def log_file(self, path: Path) -> None:
        self._upload("log", path)

    @_harmless
    def report_file(self, path: Path) -> None:
        self._upload("report", path)

    @_harmless
    def close(self) -> None:
        if self._report:
            errors = self._errors or context.CollectedErrors()
            for event in self._ledger.end_process(warnings=errors.count("WARN"), errors=errors.count("ERROR")):
                self._report.put(event)
            self._report.close()

    def _begin(self, root: Any) -> None:
        """The first suite starts: now Robot Framework's variables can be read, pabot's among them."""
        process = pabot.detect(
            context.variable, identity.host_name(), lambda: [test.longname for test in root.all_tests], Path()
        )
        info = identity.run_info(
            self._settings, os.environ, process, robot_version=get_version(), now=convert.utc(None)
        )
        self._errors = context.CollectedErrors()
        report = Report(self._settings, os.environ, identity.run_id(self._settings, process), info, self.notices)
        report.start()
        self._report = report

    def _upload(self, kind: str, path: Path | str | None) -> None:
        if self._report and path and str(path).upper() != "NONE":
            self._report.upload(kind, Path(path))
