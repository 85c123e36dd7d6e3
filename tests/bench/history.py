"""The history as results gather: what people ask of it, what comes in, what goes."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from urllib.parse import urlencode

import psycopg

from livewall_dashboard.history.results import partitions
from livewall_dashboard.lab.retention import RetentionRule
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.retention.pruning import Pruning
from livewall_listener import wire
from support.dashboard import Dashboard

from . import events
from .budgets import BUDGETS
from .chart import Chart
from .curve import Limit, meets, power
from .made_history import EACH, FIRST, SETUPS, fill
from .measurement import Check, Measurement, median, number, percentile
from .processor_time import Stopwatch
from .stage import Stage

TESTS = 1_000
SIZES = (100_000, 1_000_000, 10_000_000)
"""Results: of 100, 1,000 and 10,000 runs; each test has been in all of them."""
LIMIT = 100
REQUESTS = 200
UPLOAD = "upload of 10,000 results"
UPLOADS, UPLOADED = 3, 10_000
SEED = 1
TIMELINE = "timeline of a test"
MONTH = timedelta(days=30)
QUESTIONS = (TIMELINE, "run list", "failed tests of a run")


@dataclass
class Asked:
    """Of one question at one size: milliseconds of each answer, and processor milliseconds of all that served it."""

    times: list[float]
    processor: float


def measure(stage: Stage) -> Measurement:
    asked: dict[str, list[Asked]] = {name: [] for name in (*QUESTIONS, UPLOAD)}
    sizes = []
    with stage.dashboard() as dashboard:
        runs = 0
        for size in SIZES:
            fill(dashboard.database_url, runs + 1, size // TESTS, TESTS)
            runs = size // TESTS
            for name, ask in _questions(dashboard, runs).items():
                asked[name].append(_timed(stage, dashboard, ask, REQUESTS))
            asked[UPLOAD].append(
                _timed(stage, dashboard, lambda n, at=size: _upload(dashboard, f"upload-{at}-{n}"), UPLOADS)
            )
            sizes.append(_bytes(dashboard.database_url))
        pruned = _prune(dashboard.database_url)
    timeline = [percentile(each.times, 0.95) for each in asked[TIMELINE]]
    return Measurement(
        name="timeline",
        title="The history as it grows",
        how=_how(pruned, asked),
        checks=[Check("timeline", timeline[-1]), Check("timeline-growth", timeline[-1] / timeline[0])],
        table=[
            [
                "results stored",
                *(f"{name}, median" for name in asked),
                *(f"{n}, 95 %" for n in QUESTIONS),
                *(f"{name}, processor" for name in asked),
                "on the disk",
            ],
            *(_row(size, number_, asked, sizes) for number_, size in enumerate(SIZES)),
        ],
        raw={
            "asked": {name: [vars(one) for one in each] for name, each in asked.items()},
            "bytes": sizes,
            "pruned": pruned,
        },
        chart=Chart(
            "Processor time of an answer, wall and Postgres",
            list(map(float, SIZES)),
            "ms",
            {name: [one.processor for one in each] for name, each in asked.items()},
        ),
        limit=Limit(
            f"95 % of timelines take more than {BUDGETS['timeline'].limit:.0f} ms",
            "results stored",
            meets(SIZES, timeline, BUDGETS["timeline"].limit),
            SIZES[-1],
            SIZES[-1],
        ),
    )


def _how(pruned: dict[str, float], asked: dict[str, list[Asked]]) -> str:
    gone = "; ".join(f"{what} {seconds:,.2f} s" for what, seconds in pruned.items())
    powers = ", ".join(
        f"{name} {number(power(SIZES, [one.processor for one in each]))}" for name, each in asked.items()
    )
    return (
        f"{TESTS:,} tests in 100, 1,000 and 10,000 runs on {SETUPS} setups, an hour apart, brought in by COPY into "
        f"the partitions that the wall makes; then over HTTP, one after the other, {REQUESTS} times each: the last "
        f"{LIMIT} results of a test taken at random, the newest {LIMIT} runs, the failed tests of a run taken at "
        "random. Uploads are runs of 10,000 tests that a node reports in requests of 1,000 events, the last answered "
        f"after its COMMIT ({UPLOADS} of them). Processor time grows with the results to the power of: {powers} (0: "
        f"not at all, 1: in proportion). At the end the oldest month is pruned ({MONTH // EACH * TESTS:,} results), "
        f"and then what is left of the partitions it was in: {gone}."
    )


def _timed(stage: Stage, dashboard: Dashboard, ask: Callable[[int], None], times: int) -> Asked:
    watch, taken = Stopwatch(wall=dashboard.pid, postgres=stage.postgres.pid), []
    for number_ in range(times):
        begun = time.perf_counter()
        ask(number_)
        taken.append((time.perf_counter() - begun) * 1000)
    return Asked(taken, 1000 * sum(watch.seconds().values()) / times)


def _row(size: int, place: int, asked: dict[str, list[Asked]], sizes: list[int]) -> list[str]:
    at_size = {name: each[place] for name, each in asked.items()}
    middle = [f"{median(one.times):,.1f} ms" for one in at_size.values()]
    most = [f"{percentile(at_size[name].times, 0.95):.1f} ms" for name in QUESTIONS]
    processor = [f"{one.processor:,.1f} ms" for one in at_size.values()]
    return [f"{size:,}", *middle, *most, *processor, f"{sizes[place] / 1e6:,.0f} MB"]


def _questions(dashboard: Dashboard, runs: int) -> dict[str, Callable[[int], None]]:
    dice = random.Random(SEED)
    failed = urlencode({"status": "FAIL", "limit": LIMIT})

    def timeline(_: int) -> None:
        longname = f"Bench.{events.name(dice.randint(1, TESTS))}"
        asked = urlencode({"longname": longname, "limit": LIMIT})
        _ask(dashboard, f"/api/v1/tests/history?{asked}", "history", min(LIMIT, runs))

    def run_list(_: int) -> None:
        _ask(dashboard, f"/api/v1/runs?limit={LIMIT}", "runs", min(LIMIT, runs))

    def failures(_: int) -> None:
        run = f"run-{dice.randint(1, runs)}"
        _ask(dashboard, f"/api/v1/runs/{run}/tests?{failed}", "tests", min(LIMIT, TESTS // 20))

    return dict(zip(QUESTIONS, (timeline, run_list, failures), strict=True))


def _ask(dashboard: Dashboard, path: str, name: str, rows: int) -> None:
    """`name`: of the list in the answer, which has so many rows at least."""
    answer = dashboard.get(path)
    assert len(answer[name]) >= rows, f"{len(answer[name])} rows of {path}"


def _upload(dashboard: Dashboard, run: str) -> None:
    _send(dashboard, "PUT", f"/api/v1/runs/{run}", events.run_info("vm-upload"))
    for body in _upload_bodies():
        _send(dashboard, "POST", f"/api/v1/runs/{run}/events", body)


@cache
def _upload_bodies() -> list[bytes]:
    return list(events.batches([*events.opening(UPLOADED), *events.results(UPLOADED, starts=False), *_end()], 1000))


def _send(dashboard: Dashboard, method: str, path: str, body: bytes) -> None:
    status, answer, _ = dashboard.request(method, path, json.loads(body))
    assert status == 200, answer[:300]


def _end() -> list[wire.Event]:
    ended = [event for event in events.results(UPLOADED, starts=False) if isinstance(event, wire.EndTest)]
    failed = sum(event.status == "FAIL" for event in ended)
    digest = wire.digest_of((event.id, event.status, event.message) for event in ended)
    return [
        wire.EndSuite("s1", "FAIL", "", 1.0, UPLOADED),
        wire.EndProcess(UPLOADED, UPLOADED - failed, failed, 0, digest),
    ]


def _prune(url: str) -> dict[str, float]:
    """Seconds."""
    with psycopg.connect(url) as connection:
        after = sorted(partitions.ranges(connection)["result"])[1][1]
        old = "UPDATE run SET sorted_at = %s, last_news_at = %s WHERE id < %s AND key LIKE 'upload-%%'"
        connection.execute(old, [FIRST, FIRST, after])
    taken = {}
    for what, runs in (("the month goes in", MONTH // EACH), ("what is left of its partitions in", after)):
        age = datetime.now(timezone.utc) - (FIRST + runs * EACH)
        with closing(Database(url)) as database:
            pruning = Pruning(database, [RetentionRule(age).as_row()])
            begun = time.perf_counter()
            pruning.look()
            taken["what is due is found in"] = time.perf_counter() - begun
            begun = time.perf_counter()
            pruning.go_on(3600)
            taken[what] = time.perf_counter() - begun
        assert pruning.done.runs
    return taken


def _bytes(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row is not None
    return int(row[0])
