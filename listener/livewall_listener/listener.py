"""Robot Framework's listener API, version 3: suites, tests, files and the end, and nothing that is called more often.

Nothing here may hurt the run: an error of ours is one warning, and a hook only makes an event and hands it over.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from robot.version import get_version

from livewall_listener import context, convert, identity, pabot, settings, wire
from livewall_listener.ledger import Ledger
from livewall_listener.notices import Notices
from livewall_listener.phases import Phases
from livewall_listener.report import Report


class Listener:
    """`robot --listener livewall_listener.Listener[:http://wall:8000][:setup=vm1]...`, or by environment variables."""

    ROBOT_LISTENER_API_VERSION = 3
    ROBOT_LISTENER_PRIORITY = -1000
    """Last of all, so that what other listeners change is seen."""

    def __init__(self, *arguments: str):
        self._notices = Notices(context.warn)
        self._settings = settings.read(arguments, os.environ)
        self._ledger = Ledger()
        self._phases = Phases()
        self._report: Report | None = None
        self._errors: context.CollectedErrors | None = None
        if self._settings.problems:
            self._notices.add("arguments", "; ".join(self._settings.problems))
        if not self._settings.url and not self._settings.problems:
            self._notices.add("url", "no wall is given, nothing is reported: set LIVEWALL_URL=http://wall:8000")
        self._notices.tell()

    def start_suite(self, data: Any, result: Any) -> None:
        try:
            if not self._ledger.started and self._settings.url:
                self._begin(data)
            if self._report:
                for event in self._ledger.start_suite(data, result):
                    self._report.put(event)
                self._phases.start_suite(data, time.monotonic())
            self._notices.tell()
        except Exception as error:
            self._failed(error)

    def end_suite(self, data: Any, result: Any) -> None:
        try:
            if self._report:
                setup, teardown = self._phases.end_suite(data, result, time.monotonic())
                changed = teardown is not None and teardown.status != "PASS"
                for event in self._ledger.end_suite(result, setup=setup, teardown=teardown, tests_changed=changed):
                    self._report.put(event)
            self._notices.tell()
        except Exception as error:
            self._failed(error)

    def start_test(self, data: Any, result: Any) -> None:
        try:
            if self._report:
                for event in self._ledger.start_test(result):
                    self._report.put(event)
                self._phases.start_test(time.monotonic())
            self._notices.tell()
        except Exception as error:
            self._failed(error)

    def end_test(self, data: Any, result: Any) -> None:
        try:
            if self._report:
                self._report.put(self._ledger.end_test(result))
                self._phases.end_test(time.monotonic())
            self._notices.tell()
        except Exception as error:
            self._failed(error)

    def output_file(self, path: Path | None) -> None:
        self._file("output", path)

    def log_file(self, path: Path) -> None:
        self._file("log", path)

    def report_file(self, path: Path) -> None:
        self._file("report", path)

    def close(self) -> None:
        try:
            if self._report:
                errors = self._errors
                counts = (errors.count("WARN"), errors.count("ERROR")) if errors else (0, 0)
                for event in self._ledger.end_process(warnings=counts[0], errors=counts[1]):
                    self._report.put(event)
                self._report.close()
            self._notices.tell()
        except Exception as error:
            self._failed(error)

    def _begin(self, root: Any) -> None:
        """The first suite starts: now Robot Framework's variables can be read, pabot's among them."""
        host = identity.host_name()
        own_tests = [test.longname for test in root.all_tests]
        process = pabot.detect(context.variable, host, own_tests, Path.cwd())
        info = identity.run_info(
            self._settings, os.environ, process, robot_version=get_version(), now=convert.utc(None)
        )
        run_id = identity.run_id(self._settings, process)
        self._errors = context.CollectedErrors()
        report = Report(self._settings, os.environ, run_id, info, self._notices)
        report.start()
        self._report = report

    def _file(self, kind: str, path: Path | None) -> None:
        """A result file is complete."""

    def _failed(self, error: Exception) -> None:
        self._notices.add("error", f"reporting failed, please tell the authors: {type(error).__name__}: {error}")
        self._notices.tell()
