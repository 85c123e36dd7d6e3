"""Uploads in resultsdbpy's JSON, and the timeline of a test: ours beside resultsdbpy itself, in memory."""

from __future__ import annotations

import json
import random
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from support.answers import Answer, answer_to, json_of
from support.resultsdbpy import VERSION, running_resultsdbpy
from support.uploads import MAC, Json, commit, upload

from .measurement import Check, Measurement, in_turn, median, over_rounds, percentile, ratios
from .processor_time import Stopwatch, pid_at
from .stage import Stage

AREAS, FEATURES, TESTS = 10, 20, 50
RESULTS = AREAS * FEATURES * TESTS
ROUNDS = 9
CONFIGURATIONS, COMMITS, TESTS_EACH = 10, 60, 20
REQUESTS = 200
SEED = 1
NOW = int(time.time())
WAIT = 120.0
"""Seconds for one answer."""

FIRST = "first upload of 10,000 results, all tests new"
NEXT = "upload of 10,000 results"
SMALL = f"upload of {TESTS_EACH} results"
FIGURES = ("median", "best", "processor")
TIMELINE = f"timeline of {CONFIGURATIONS * COMMITS} points"


@dataclass
class Side:
    """`pids`: of the processes that serve, by name. `times`: milliseconds, by what was asked; `processor`: seconds that
    all of it took. `server`: what it says that it runs on.
    """

    url: str
    pids: dict[str, int]
    times: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    server: str = ""

    def post(self, what: str, body: bytes) -> None:
        request = urllib.request.Request(f"{self.url}/api/upload", body, {"Content-Type": "application/json"})
        answer = json_of(self._ask(what, request), "upload")
        assert {part["status"] for part in answer["processing"].values()} == {"ok"}, answer

    def get(self, what: str, path: str) -> Any:
        return json_of(self._ask(what, urllib.request.Request(f"{self.url}{path}")), path)

    def _ask(self, what: str, request: urllib.request.Request) -> Answer:
        begun = time.perf_counter()
        answer = answer_to(request, WAIT)
        self.times.setdefault(what, []).append((time.perf_counter() - begun) * 1000)
        self.server = answer[2].get("server", "")
        return answer


def measure(stage: Stage) -> Measurement:
    """Skips, as a test does, where resultsdbpy cannot be installed."""
    with running_resultsdbpy() as url, stage.dashboard() as dashboard:
        theirs = Side(url, {"server": pid_at(int(url.rpartition(":")[2]))})
        ours = Side(dashboard.url, {"server": dashboard.pid, "postgres": stage.postgres.pid})
        _upload_large((theirs, ours))
        with _counted((theirs, ours), SMALL):
            _upload_small((theirs, ours))
        with psycopg.connect(dashboard.database_url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        with _counted((theirs, ours), TIMELINE):
            _ask_timelines((theirs, ours))
    return Measurement(
        name="uploads",
        title="Uploads beside resultsdbpy",
        how=_how(theirs.server),
        checks=[
            over_rounds("upload", ratios(ours.times[NEXT], theirs.times[NEXT])),
            Check(
                "timeline-of-peer",
                _ratio(TIMELINE, ours, theirs),
                *_quartiles(ours.times[TIMELINE], theirs.times[TIMELINE]),
            ),
        ],
        table=[
            [
                "what",
                *(f"{side}, {of}" for side in ("livewall", "resultsdbpy") for of in FIGURES),
                "livewall, of resultsdbpy",
            ],
            *(_row(what, ours, theirs) for what in ours.times),
        ],
        raw={
            name: {"times": side.times, "processor": side.processor}
            for name, side in (("livewall", ours), ("resultsdbpy", theirs))
        },
    )


def _how(server: str) -> str:
    return (
        f"resultsdbpy {VERSION} in memory, as its documentation sets it up ({server}), and livewall with its "
        "Postgres, fsync on, are sent the same over HTTP in turns, and who is asked first changes: an upload of "
        f"{RESULTS:,} results in a tree, 1 in 20 a failure that was not expected, 1 in 20 one that was, at the next "
        f"commit of one configuration ({ROUNDS} times after the first, which has every name for the first time), "
        "from sending to the answer, which livewall gives after the COMMIT; then uploads of "
        f"{TESTS_EACH} results on {CONFIGURATIONS} configurations at {COMMITS} commits each; then "
        f"`/api/results/<suite>/<test>` of tests taken at random, {REQUESTS} times, {CONFIGURATIONS * COMMITS} "
        f"points each. What is compared are the two sides of a turn, of timelines from the first to the third "
        "quartile. Processor time is that of the server's process and, of ours, of Postgres."
    )


def _row(what: str, ours: Side, theirs: Side) -> list[str]:
    figures = []
    for side in (ours, theirs):
        times, processor = side.times[what], 1000 * side.processor[what] / len(side.times[what])
        figures += [f"{each:,.1f} ms" for each in (median(times), min(times), processor)]
    return [what, *figures, f"{_ratio(what, ours, theirs):.3f}"]


def _ratio(what: str, ours: Side, theirs: Side) -> float:
    return median(ours.times[what]) / median(theirs.times[what])


def _quartiles(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float]:
    return percentile(ratios(ours, theirs), 0.25), percentile(ratios(ours, theirs), 0.75)


def _in_turns(sides: Sequence[Side], ask: Callable[[Side], None], number: int) -> None:
    for side in in_turn(number, *sides):
        ask(side)


@contextmanager
def _counted(sides: Sequence[Side], what: str) -> Iterator[None]:
    """The processor time of each side meanwhile is what that took."""
    watches = [Stopwatch(**side.pids) for side in sides]
    yield
    for side, watch in zip(sides, watches, strict=True):
        side.processor[what] = sum(watch.seconds().values())


def _upload_large(sides: Sequence[Side]) -> None:
    bodies = [_body(_tree(number), MAC, number, "layout-tests") for number in range(ROUNDS + 1)]
    for what, numbers in ((FIRST, [0]), (NEXT, range(1, ROUNDS + 1))):
        with _counted(sides, what):
            for number in numbers:
                _in_turns(sides, lambda side, what=what, body=bodies[number]: side.post(what, body), number)


def _upload_small(sides: Sequence[Side]) -> None:
    for number in range(COMMITS):
        for place in range(CONFIGURATIONS):
            made_on = {**MAC, "version": f"13.{place}"}
            body = _body({"fast": _folder(TESTS_EACH, random.Random(number))}, made_on, number, "api-tests")
            _in_turns(sides, lambda side, body=body: side.post(SMALL, body), number)


def _ask_timelines(sides: Sequence[Side]) -> None:
    dice = random.Random(SEED)
    for number in range(REQUESTS):
        path = f"/api/results/api-tests/fast/{_name(dice.randrange(TESTS_EACH))}?limit={COMMITS}"
        _in_turns(sides, lambda side, path=path: _ask_timeline(side, path), number)


def _ask_timeline(side: Side, path: str) -> None:
    points = [len(each["results"]) for each in side.get(TIMELINE, path)]
    assert points == [COMMITS] * CONFIGURATIONS, points


def _body(results: Json, made_on: Json, number: int, suite: str) -> bytes:
    """Of the last days, as resultsdbpy tells of no others unasked."""
    at = commit(number + 1, timestamp=NOW - 100_000 + 100 * number)
    return json.dumps(upload(results, at, suite=suite, configuration=made_on, timestamp=NOW)).encode()


def _tree(seed: int) -> Json:
    dice = random.Random(seed)
    return {
        f"area-{area}": {f"feature-{feature}": _folder(TESTS, dice) for feature in range(FEATURES)}
        for area in range(AREAS)
    }


def _folder(tests: int, dice: random.Random) -> Json:
    """What passes as it was expected to has its time alone, as WebKit's uploader has it."""
    kinds: list[Json] = [
        {"actual": "TEXT", "log": "The element #result was not the one that was expected."},
        {"actual": "FAIL", "expected": "FAIL"},
        *[{}] * 18,
    ]
    return {_name(test): {**dice.choice(kinds), "time": dice.randrange(5000)} for test in range(tests)}


def _name(test: int) -> str:
    return f"test-{test:02}.html"
