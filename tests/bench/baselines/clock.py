"""What the execution of a run took: `--listener bench.baselines.clock.Listener` beside the one that is measured."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from bench import processor_time


class Listener:
    """Writes of the root suite's execution, in seconds, as JSON to the file that LIVEWALL_BENCH_CLOCK names:

    `{"processor": of robot's process, "stood": its main thread neither ran nor waited for a core, but for a file, a
    lock, somebody's answer}`. Given before the one that is measured, it counts its start, too.
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self._begun = (0.0, 0.0, 0.0)

    def start_suite(self, data: Any, result: Any) -> None:
        if data.parent is None:
            self._begun = _now()

    def end_suite(self, data: Any, result: Any) -> None:
        if data.parent is None:
            seconds, processor, at_work = (now - begun for now, begun in zip(_now(), self._begun, strict=True))
            told = {"processor": processor, "stood": max(seconds - at_work, 0.0)}
            Path(os.environ["LIVEWALL_BENCH_CLOCK"]).write_text(json.dumps(told), encoding="utf-8")


def _now() -> tuple[float, float, float]:
    """The clock; processor seconds of all threads; seconds in which this one ran or waited for a core."""
    return time.perf_counter(), time.process_time(), processor_time.at_work()
