"""livewall's listener with a stopwatch around each of its calls, in the main thread of a real run."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import livewall_listener

METHODS = ("start_suite", "end_suite", "start_test", "end_test")


class Listener(livewall_listener.Listener):
    """Writes nanoseconds of every call by method, as JSON, to the file that LIVEWALL_BENCH_TIMES names.

    Nearly all of them are calls of its logger, which Robot Framework asks for its methods each time.
    """

    def __init__(self, *args: str) -> None:
        super().__init__(*args)
        self._times: dict[str, list[int]] = {name: [] for name in METHODS}
        for name in METHODS:
            setattr(self._logger, name, self._timed(getattr(self._logger, name), self._times[name]))
        self.start_suite = self._timed(self.start_suite, self._times["start_suite"])

    def _timed(self, method: Callable[..., None], times: list[int]) -> Callable[..., None]:
        clock = time.perf_counter_ns

        def call(data: Any, result: Any) -> None:
            begun = clock()
            method(data, result)
            times.append(clock() - begun)

        return call

    def close(self) -> None:
        super().close()
        Path(os.environ["LIVEWALL_BENCH_TIMES"]).write_text(json.dumps(self._times), encoding="utf-8")
