"""Robot Framework's listener API, version 3: where the user's arguments arrive, and who tells that a run is ours.

What the run does is told by `RunLogger`. Nothing here may hurt the run: an error of ours is one warning.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from robot.version import get_version

from livewall_listener import context, convert, identity, pabot, settings
from livewall_listener.notices import Notices
from livewall_listener.open_report import open_report
from livewall_listener.run_logger import RunLogger, harmless
from livewall_listener.sampler import Sample


class Listener:
    """`robot --listener livewall_listener.Listener[:http://wall:8000][:setup=vm1]...`, or by environment variables."""

    ROBOT_LISTENER_API_VERSION = 3
    ROBOT_LISTENER_PRIORITY = -1000
    """Last of all, so that what other listeners change is seen."""

    def __init__(self, *arguments: str):
        self.notices = Notices(context.warn)
        self._settings = settings.read(arguments, os.environ)
        self._logger = RunLogger(self._settings.url, self.notices)
        if self._settings.url:
            self._register()
        problems = list(self._settings.problems)
        if not self._settings.url:
            problems.append("without the URL of a wall nothing is reported: set LIVEWALL_URL=http://wall:8000")
        if problems:
            self.notices.add("settings", "; ".join(problems))
        self.notices.tell()

    @harmless
    def start_suite(self, data: Any, result: Any) -> None:
        if result.parent is None:
            if self._settings.url and not self._logger.is_reporting:
                self._begin(data, result)
        else:
            self._logger.start_suite(data, result)
        self._logger.announce()

    def output_file(self, path: Path | None) -> None:
        self._logger.take_file("output", path)

    def log_file(self, path: Path) -> None:
        self._logger.take_file("log", path)

    def report_file(self, path: Path) -> None:
        self._logger.take_file("report", path)

    def close(self) -> None:
        self._logger.close()

    def _register(self) -> None:
        """Where Robot Framework has no such loggers any more, the hooks of a listener see nearly the same."""
        if not self._logger.register():
            for name in ("end_suite", "start_test", "end_test"):
                setattr(self, name, getattr(self._logger, name))

    def _begin(self, root: Any, result: Any) -> None:
        """The first suite starts: now Robot Framework's variables can be read, pabot's among them."""
        if self._logger.is_second(result):
            wall = settings.redacted(self._settings.url)
            self.notices.add("twice", f"the listener is given twice for {wall}: the first one reports this run")
            return
        self._register()
        process = pabot.detect(
            context.variable, identity.host_name(), lambda: [test.longname for test in root.all_tests], Path()
        )
        info = identity.run_info(
            self._settings,
            os.environ,
            process,
            robot_version=get_version(),
            now=convert.utc(None),
            source=_source(root),
        )
        run_id = identity.run_id(self._settings, process)
        report = open_report(self._settings, os.environ, run_id, info, self.notices, _look)
        report.start()
        self._logger.begin(root, result, report)


def _look() -> Sample | None:
    return context.sample(datetime.now())  # noqa: DTZ005  # as Robot Framework's own times


def _source(root: Any) -> str:
    """The file or folder of the root suite or, where that is made of several, of the first of them."""
    return str(root.source or next((suite.source for suite in root.suites if suite.source), None) or "")
