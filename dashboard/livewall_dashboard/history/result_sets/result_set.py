"""A result set: all that one execution gave, as somebody who read it elsewhere hands it over. Plain data.

`core.result_sets.store(result_set, writer)` stores it (`store_result_set.py`):

    results = [
        GivenResult("fast/a.html", actual=expectation.parse("CRASH"), elapsed_time=0.25, extra={"log": "..."}),
        GivenResult("fast/b.html", is_skipped=True),
    ]
    stored = core.result_sets.store(
        ResultSet(key="upload-5f1c", setup="mac-1", suite="layout-tests", started_at=began, ended_at=ended,
                  root=GivenSuite("layout-tests", results), labels={"platform": "mac"},
                  commits=[GivenCommit("WebKit", "c0ffee", "main")], raw=body),
        writer=token,
    )
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from livewall_dashboard.history.commits.given_commit import GivenCommit
from livewall_dashboard.history.recording.model import UPLOADED
from livewall_dashboard.history.results.expectation import PASS, Words
from livewall_listener import wire

Status = Literal["PASS", "FAIL", "SKIP", "NOT RUN"]


class Attempt(NamedTuple):
    """One try of a test. `start_time`: ISO 8601; "" where nobody said. `elapsed_time`: seconds; None likewise."""

    status: Status
    message: str = ""
    start_time: str = ""
    elapsed_time: float | None = None


@dataclass(slots=True)
class GivenResult:
    """A test as it went. Its history is that of `longname`; `name` is the last part of it, by `/`, unless given.

    `actual` and `expected`: words of expectation.py; a test with `is_skipped` has none. `elapsed_time`: seconds.
    `start_time`: None for its suite's. `extra`: what else is to come back, as JSON. `attempts`: all tries in the order
    they were made, where there were several.
    """

    longname: str
    actual: Words = PASS
    expected: Words = PASS
    is_skipped: bool = False
    elapsed_time: float = 0.0
    message: str = ""
    name: str = ""
    start_time: datetime | None = None
    tags: Sequence[str] = ()
    lineno: int = 0
    source: str = ""
    extra: Mapping[str, Any] | None = None
    attempts: Sequence[Attempt] = ()


@dataclass(slots=True)
class GivenSuite:
    """A group of tests, such as a step of a build, with further ones.

    `status`: None for what its tests make of it; else it counts for itself alone, and what is to make the run FAIL is
    a test. `start_time`: None for that of the suite around it, `elapsed_time`: None for the sum of what is in it.
    """

    name: str
    results: Sequence[GivenResult] = ()
    suites: Sequence[GivenSuite] = ()
    status: Status | None = None
    message: str = ""
    source: str = ""
    doc: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    start_time: datetime | None = None
    elapsed_time: float | None = None


@dataclass(slots=True)
class ResultSet:
    """`key`: the run's id, by which the same set is known again: it takes the place of what was stored by that key.

    `suite`: what it is a run of. `root`: all results, its name the run's. `labels`: the configuration. `commits`: one a
    repository; the first is the one the run shows. `raw`: what was sent, to be given back. `is_whole`: False where some
    results are known to be missing: the run is partial then. `process`: what reported it; where a node has told of the
    same process of this run while it went on, the set takes the place of what was told.
    """

    key: str
    setup: str
    suite: str
    root: GivenSuite
    started_at: datetime
    ended_at: datetime
    labels: Mapping[str, str] = field(default_factory=dict)
    branch: str = ""
    commits: Sequence[GivenCommit] = ()
    raw: bytes | None = None
    host: str = ""
    platform: str = ""
    build: wire.Build | None = None
    warnings: int = 0
    errors: int = 0
    is_whole: bool = True
    process: str = UPLOADED


@dataclass(frozen=True, slots=True)
class StoredSet:
    """`run_id`: the run's number, for the tables of features. `is_new`: nothing was stored by that key before."""

    run_id: int
    is_new: bool
