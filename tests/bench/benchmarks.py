"""All benchmarks, in the order in which they stand in docs/benchmarks.md."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

from .measurement import Measurement
from .stage import Stage

BENCHMARKS = {
    "overhead": "overhead.measure",
    "main-thread": "overhead.measure_main_thread",
    "ingest": "ingest.measure_batched",
    "single": "ingest.measure_single",
    "latency": "wall.measure_latency",
    "page": "wall.measure_page",
    "memory": "memory.measure",
    "load": "large_lab.measure",
    "nodes": "growth_nodes.measure",
    "screens": "growth_screens.measure",
    "runs": "growth_runs.measure",
    "timeline": "history.measure",
    "timeline-page": "history_page.measure",
    "uploads": "uploads.measure",
    "import": "importing.measure",
    "jobqueue": "jobqueue.measure",
    "buildlogs": "buildlogs.measure",
    "instances": "branches.measure_instances",
    "watching": "watching.measure",
    "peers": "peers.measure",
}
"""Their functions by name: what one of them needs (a browser, say), the others do not."""


def load(name: str) -> Callable[[Stage], Measurement]:
    module, _, function = BENCHMARKS[name].partition(".")
    return cast("Callable[[Stage], Measurement]", getattr(importlib.import_module(f"bench.{module}"), function))
