"""What the execution of a run took: `--listener bench.baselines.clock.Listener` beside the one that is measured."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any


class Listener:
    """Writes `{"seconds", "processor"}` of the root suite, the latter of robot's process with all its threads, as JSON
    to the file that LIVEWALL_BENCH_CLOCK names.
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self._begun = (0.0, 0.0)

    def start_suite(self, data: Any, result: Any) -> None:
        if data.parent is None:
            self._begun = (time.perf_counter(), time.process_time())

    def end_suite(self, data: Any, result: Any) -> None:
        if data.parent is None:
            seconds, processor = time.perf_counter() - self._begun[0], time.process_time() - self._begun[1]
            told = json.dumps({"seconds": seconds, "processor": processor})
            Path(os.environ["LIVEWALL_BENCH_CLOCK"]).write_text(told, encoding="utf-8")
