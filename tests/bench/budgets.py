"""The budgets: what is promised, by which benchmark it is measured, and why one that is missed is missed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """`benchmark`: its name in `python -m bench NAME`; None: what it is about is not built yet."""

    what: str
    limit: float
    unit: str
    benchmark: str | None
    at_most: bool = True

    def is_kept(self, measured: float) -> bool:
        return measured <= self.limit if self.at_most else measured >= self.limit


_AT_LEAST = False
_NO_OP = "to a no-op listener"
_LAB = "a large lab at work"
_EARLY = "in minute 10, to minute 3"

BUDGETS: dict[str, Budget] = {
    "listener-up": Budget(f"robot's time with livewall, server up, {_NO_OP}", 1.05, "x", "overhead"),
    "listener-down": Budget(f"robot's time with livewall, server down, {_NO_OP}", 1.05, "x", "overhead"),
    "listener-hanging": Budget(f"robot's time with livewall, server hanging, {_NO_OP}", 1.05, "x", "overhead"),
    "listener-rule": Budget("as a rule: the middle of all rounds of these three", 1.02, "x", "overhead"),
    "listener-process": Budget("server up, whole process with start and close", 1.05, "x", "overhead"),
    "main-thread": Budget("main-thread cost of an event, median", 20, "µs", "main-thread"),
    "ingest": Budget("durable ingest, batched, 50 nodes", 30_000, "events/s", "ingest", _AT_LEAST),
    "ingest-of-copy": Budget("the same, of bare COPY", 0.3, "x", "ingest", _AT_LEAST),
    "single": Budget("single-event requests, of an empty Flask endpoint", 0.9, "x", "single", _AT_LEAST),
    "pixel-median": Budget("event to changed pixel, median", 30, "ms", "latency"),
    "pixel-of-echo": Budget("the same, to a bare Socket.IO echo", 3, "x", "latency"),
    "pixel-p99": Budget("the same, 99 %", 60, "ms", "latency"),
    "long-tasks": Budget("tasks of more than 50 ms on the wall's page meanwhile", 0, "tasks", "latency"),
    "frames": Budget("frames a second on each of 300 screens, 200 setups", 15, "frames/s", "screens", _AT_LEAST),
    "page-time": Budget("wall page, cold, 200 setups, first tiles", 1000, "ms", "page"),
    "page-size": Budget("the same, bytes over the line", 150, "kB", "page"),
    "memory": Budget("dashboard memory, 200 setups x 5,000 tests live", 200, "MB", "memory"),
    "lab-memory": Budget(f"{_LAB}: memory {_EARLY}", 1.1, "x", "load"),
    "lab-descriptors": Budget(f"{_LAB}: descriptors {_EARLY}", 1.02, "x", "load"),
    "lab-threads": Budget(f"{_LAB}: threads {_EARLY}", 1.02, "x", "load"),
    "lab-lag": Budget(f"{_LAB}: lag (95 %) {_EARLY}", 1.5, "x", "load"),
    "timeline": Budget("timeline of one test, 10 million results stored, 95 %", 50, "ms", "timeline"),
    "timeline-growth": Budget("the same, to 100,000 results", 2, "x", "timeline"),
    "timeline-picture": Budget("timeline of 5,000 points, first picture", 1000, "ms", "timeline-page"),
    "timeline-pan": Budget("the same, main thread for a step of a pan", 8, "ms", "timeline-page"),
    "upload": Budget("upload of 10,000 results, JSON to COMMIT, to resultsdbpy in memory", 0.1, "x", "uploads"),
    "timeline-of-peer": Budget("timeline of 600 points, to resultsdbpy in memory", 0.5, "x", "uploads"),
    "import": Budget("import of output.xml stored in Postgres, to ExecutionResult", 0.28, "x", "import"),
    "import-memory": Budget("own memory of `livewall import`, a file of 160 MB", 40, "MB", "import"),
    "claims": Budget("claims in the store, 50 connections", 2000, "jobs/s", "jobqueue", _AT_LEAST),
    "claims-by-http": Budget("claims by HTTP, of an empty Flask endpoint", 0.5, "x", "jobqueue", _AT_LEAST),
    "claim-wait": Budget("from submit to the idle agent, median", 50, "ms", "jobqueue"),
    "logs-read": Budget("50 MB of logs read, to grep -E over the same logs", 2, "x", "buildlogs"),
    "report-stored": Budget("the same, packed, read and stored, to unpacking and grep -E", 2, "x", "buildlogs"),
    "report-memory": Budget("what the wall's memory grows by meanwhile", 100, "MB", "buildlogs"),
    "fetch": Budget("a look at 1,000 branches with nothing new, of bare git fetch --prune", 1.5, "x", "watching"),
    "keeper": Budget("processor of the keeper of 100 instances", 10, "% of a core", "instances"),
    "kept-memory": Budget("memory a kept instance", 10, "MB", "instances"),
    "first-picture": Budget("first picture of a test, 3,000 runs", 1000, "ms", "peers"),
    "findings": Budget("findings after an upload of 10,000 results, 10 million stored", 0.3, "s", None),
    "morning-page": Budget("the morning page, 95 %", 100, "ms", None),
}

_HOOKS = (
    "Of what a quick test takes more, half is its entry in the ledger with the hooks' calls, three tenths its line's "
    "way to the process that delivers, a tenth the line's encoding: code that runs cold, once a test."
)

WHY_MISSED = {
    "listener-up": _HOOKS,
    "listener-down": _HOOKS,
    "listener-hanging": _HOOKS,
    "listener-rule": _HOOKS,
    "listener-process": "Robot waits at its end for what was delivered last, which one that does nothing need not.",
    "ingest-of-copy": "An event is decoded, checked and shown in Python before it comes to the same COPY, whose rows "
    "the other side has ready.",
    "single": "Beside what an empty endpoint does, the same core decodes, checks, shows and stores the event.",
    "pixel-median": "The machine had half its pace, which changes by the minute: 24 to 36 ms in six runs of one day.",
    "pixel-of-echo": "Half of it is the server's (a tick, 20 sends); and a page that is always drawing waits half a "
    "picture, which one at rest need not.",
    "pixel-p99": "Where there is no more room for those that fail all tiles get another size, and for a second or two "
    "pictures take twice as long; server, browser and nodes share two cores of half their usual pace.",
    "long-tasks": "In the second or two in which all tiles get another size.",
    "claims": "The machine had half its pace: bare SKIP LOCKED did 3,282, and 7,487 when the store did 3,428.",
    "claims-by-http": "A fifth of a claim is Postgres; the rest is Flask, and who asks, what fits, who has it.",
    "import": "0.267 on the machine at its usual pace; at half of it rounds differ more than what is missing.",
    "import-memory": "A file of 2 MB has 42 MB of it already: what is too large are libraries, not what a file adds.",
}
"""By budget. Shown beside one that the last figures do not keep, and only then."""
