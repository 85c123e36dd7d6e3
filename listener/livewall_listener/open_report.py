"""Where a run's events are delivered: by a process beside robot where one can be started, else by threads in robot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from livewall_listener import courier, wire
from livewall_listener.notices import Notices
from livewall_listener.sampler import Sample
from livewall_listener.settings import Settings


class Delivers(Protocol):
    """One process's way to the wall: a `Report`, or a `Courier` that has one elsewhere."""

    def start(self) -> None: ...

    def put(self, event: wire.Event) -> None:
        """Hand over an event: one operation."""

    def note_trouble(self) -> None:
        """The last moment at which a warning still gets into output.xml."""

    def upload(self, kind: str, path: Path) -> None:
        """A result file is complete: `output`, `log` or `report`."""

    def close(self) -> None:
        """Wait for the wall to have it all; never longer than the timeout."""


def open_report(
    settings: Settings,
    environment: Mapping[str, str],
    run_id: str,
    info: wire.RunInfo,
    notices: Notices,
    look: Callable[[], Sample | None],
) -> Delivers:
    """By a process unless `settings.delivery` says otherwise, or there can be none."""
    if settings.delivery != "threads":
        try:
            if courier.is_possible():
                return courier.Courier(settings, environment, run_id, info, notices, look)
            reason = "this Python cannot start another"
        except Exception as error:  # whatever it is, threads can do it
            reason = str(error) or type(error).__name__
        if settings.delivery == "process":
            notices.add("delivery", f"no process can be started to deliver from ({reason}): threads do it")
    from livewall_listener.report import Report  # noqa: PLC0415  # HTTP is needed in this process only for it

    return Report(settings, environment, run_id, info, notices, look)
