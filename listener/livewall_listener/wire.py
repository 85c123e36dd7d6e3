"""The event vocabulary: what a listener says and a dashboard understands.

This is its one definition; the dashboard decodes into these very classes. Everything here is plain data and the
standard library, because it runs inside `robot`.

Words are Robot Framework's own (`id`, `longname`, `elapsed_time`, ...). Times are ISO 8601 in UTC with microseconds,
by the node's clock; durations are seconds. A test's or suite's `id` is the one in output.xml (`s1-s2-t3`), unique
within one robot process; the part before the last `-` is the id of the suite that holds it.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Union

_SLOTS = {"slots": True} if sys.version_info >= (3, 10) else {}
"""Half the memory, where Python has them: the wall does, an old node may not."""

WIRE_VERSION = 1
FIRST_SEQ = 1

MAX_TEXT = 1_000_000
"""Longest message or documentation sent, in characters; what is beyond it is cut and said to be cut."""
MAX_NAME = 100_000
"""Longest name or longname sent, in characters."""
MAX_ITEMS = 2_000
"""Most tags of a test or metadata entries of a suite sent."""

STATUSES = ("PASS", "FAIL", "SKIP", "NOT RUN")

_ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(**_SLOTS)
class Phase:
    """A suite's setup or teardown keyword after its end."""

    name: str
    status: str
    elapsed_time: float


@dataclass(**_SLOTS)
class Plan:
    """Longnames of the tests this process is about to run, in order; several such events add up.

    An estimate: tests may be added or dropped while running (DataDriver, `robot:exclude`).
    """

    kind: ClassVar[str] = "plan"
    tests: list[str]


@dataclass(**_SLOTS)
class StartSuite:
    """`total`: tests the whole process now expects to run; `test_count`: those of this suite and its children."""

    kind: ClassVar[str] = "start_suite"
    id: str
    name: str
    longname: str
    start_time: str
    total: int
    test_count: int
    source: str = ""
    doc: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(**_SLOTS)
class EndSuite:
    """`message` is the suite's own (a failed setup or teardown); `setup`, `teardown` are None where there is none.

    `doc` and `metadata` are None where they are what they were when the suite started.
    """

    kind: ClassVar[str] = "end_suite"
    id: str
    status: str
    message: str
    elapsed_time: float
    total: int
    setup: Phase | None = None
    teardown: Phase | None = None
    doc: str | None = None
    metadata: dict[str, str] | None = None


@dataclass(**_SLOTS)
class StartTest:
    """For the live picture alone, and not told of quick tests."""

    kind: ClassVar[str] = "start_test"
    id: str
    name: str
    longname: str
    start_time: str


@dataclass(**_SLOTS)
class EndTest:
    """A whole result row; it does not need its `start_test`. `source` is "" where it is the suite's own."""

    kind: ClassVar[str] = "end_test"
    id: str
    name: str
    longname: str
    status: str
    message: str
    start_time: str
    elapsed_time: float
    lineno: int = 0
    tags: list[str] = field(default_factory=list)
    source: str = ""


@dataclass(**_SLOTS)
class CorrectTest:
    """An ended test changed afterwards: a suite teardown failed or skipped, at any level above it.

    `was` is the status last sent for it, so that nobody has to keep every test in memory to count.
    """

    kind: ClassVar[str] = "correct_test"
    id: str
    name: str
    longname: str
    was: str
    status: str
    message: str


@dataclass(**_SLOTS)
class CorrectSuite:
    """An ended suite changed afterwards, for the same reason."""

    kind: ClassVar[str] = "correct_suite"
    id: str
    status: str
    message: str


@dataclass(**_SLOTS)
class Lost:
    """Events the node could not keep (its disk was full): a gap that is known and shown."""

    kind: ClassVar[str] = "lost"
    count: int
    reason: str


@dataclass(**_SLOTS)
class EndProcess:
    """The last event of a robot process. `digest` is `digest_of` all its tests as they finally stand."""

    kind: ClassVar[str] = "end_process"
    total: int
    passed: int
    failed: int
    skipped: int
    digest: str
    warnings: int = 0
    errors: int = 0


Event = Union[Plan, StartSuite, EndSuite, StartTest, EndTest, CorrectTest, CorrectSuite, Lost, EndProcess]

EVENTS: dict[str, type[Event]] = {
    cls.kind: cls
    for cls in (Plan, StartSuite, EndSuite, StartTest, EndTest, CorrectTest, CorrectSuite, Lost, EndProcess)
}


@dataclass(**_SLOTS)
class Now:
    """What a process is doing between two events: sampled, never stored.

    `keywords`: outermost first. `elapsed_time`: of the innermost, seconds. `phase`: "suite setup", "suite teardown",
    "test setup", "test teardown" or "" ; `phase_elapsed_time`: of that phase, seconds.
    """

    keywords: list[str] = field(default_factory=list)
    elapsed_time: float = 0.0
    phase: str = ""
    phase_elapsed_time: float = 0.0


@dataclass(**_SLOTS)
class Batch:
    """Body of `POST /api/v1/runs/{run_id}/events`; with no events it is the heartbeat.

    `events` are objects of `EVENTS` with their `kind` as a member; the first has number `first_seq`, counted from 1
    for each process. `sent_at` is the node's clock at the moment of sending. `waiting`: events that the node keeps
    beside these because no wall has acknowledged them, those of earlier runs among them.
    """

    process: str
    first_seq: int
    events: list[Event]
    sent_at: str = ""
    now: Now | None = None
    waiting: int = 0


@dataclass(**_SLOTS)
class Build:
    """The CI build that started the run. `system`: jenkins, gitlab, github or ""."""

    system: str = ""
    url: str = ""
    job: str = ""
    number: str = ""


@dataclass(**_SLOTS)
class RunInfo:
    """Body of `PUT /api/v1/runs/{run_id}`: what a run is and which process says so.

    A run has one or several robot processes. `process` is a name unique within the run; `slot` is pabot's queue index:
    a later process with the same slot takes the place of the earlier one (pabot repeats a process that timed out).
    `setup` is "" where the node leaves it to the dashboard to find it by `host` and `addresses`. `suite`: what the run
    is a run of, "" where that is its root suite's name. `root`: the folder of the clone that holds the tests, `origin`:
    its repository; "" where unknown. `job`: the job of a queue that runs it, "" where none
    does.
    """

    process: str = "0"
    slot: str = ""
    setup: str = ""
    host: str = ""
    addresses: list[str] = field(default_factory=list)
    started_at: str = ""
    sent_at: str = ""
    robot_version: str = ""
    python_version: str = ""
    platform: str = ""
    listener_version: str = ""
    wire_version: int = WIRE_VERSION
    labels: dict[str, str] = field(default_factory=dict)
    repository: str = ""
    commit: str = ""
    branch: str = ""
    build: Build | None = None
    pabot: bool = False
    total: int = 0
    """Tests of the whole pabot run where pabot knows them, else 0."""
    last_in_pool: bool = False
    """Pabot starts no process of this run after this one."""
    resent: bool = False
    """The process is over: what the node had kept of it is sent now."""
    died: bool = False
    """The process is gone without its last event: all that it has said is stored."""
    suite: str = ""
    root: str = ""
    origin: str = ""
    job: str = ""


def clean(text: str, beyond: int = 0) -> str:
    """The text as Robot Framework's XML output keeps it: no control characters, no lone surrogates, `MAX_TEXT` long.

    `beyond`: how many more characters it has, for whoever did not keep those that are to be cut.
    """
    text = normalize(text)
    if len(text) + beyond > MAX_TEXT:
        text = f"{text[:MAX_TEXT]}\n[cut by livewall: {len(text) + beyond - MAX_TEXT} more characters]"
    return text


def normalize(text: str) -> str:
    """The text as Robot Framework's XML output keeps it, however long."""
    if text.isprintable():
        return text
    return _SURROGATES.sub("\ufffd", _ILLEGAL_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def clean_name(text: str) -> str:
    """The name as Robot Framework's XML output keeps it: unlike a text's, its line ends stay as they are."""
    return text if text.isprintable() else _SURROGATES.sub("\ufffd", _ILLEGAL_IN_XML.sub("", text))


def suite_id_of(test_id: str) -> str:
    return test_id.rpartition("-")[0]


def digest_of(results: Iterable[tuple[str, str, str]]) -> str:
    """SHA-256 over (id, status, message) of a process's tests, ordered by id: equal on both sides or not verified."""
    return digest_of_sorted(sorted(results))


def digest_of_sorted(results: Iterable[tuple[str, str, str]]) -> str:
    """The same of tests that come ordered by id, one at a time."""
    sha = hashlib.sha256()
    for test_id, status, message in results:
        sha.update(f"{test_id}\x1f{status}\x1f{message}\x1e".encode())
    return sha.hexdigest()
