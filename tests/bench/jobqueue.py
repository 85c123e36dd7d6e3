"""The job queue: claims, output and waiting agents, beside `SKIP LOCKED` alone and an empty Flask endpoint."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from typing import Any

import psycopg
from psycopg.rows import dict_row

from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.model import Claimant
from support.dashboard import Dashboard

from .ingest import Rounds, send_to
from .load import Node, post
from .measurement import Check, Measurement, in_turn, median, number, over_rounds, percentile, ratios
from .stage import Stage

AGENTS, JOBS, QUEUES = 50, 5000, 5
FRAGMENTS, FRAGMENT = 100, "x" * 2000
TURNS = 50
ROUNDS = 3

Claims = Callable[[str, int], Iterator[uuid.UUID]]
"""Makes the claims of one agent, by its number, of the database at a URL."""

_JOBS = """
INSERT INTO job (id, queue, definition)
SELECT gen_random_uuid(), 'q' || (n %% %(queues)s), '{"job_queue": "q"}' FROM generate_series(1, %(jobs)s) AS n
"""
_BARE = """
CREATE TABLE bare (
    id uuid PRIMARY KEY, no bigint GENERATED ALWAYS AS IDENTITY, queue text, state text, definition json);
CREATE INDEX bare_waiting ON bare (queue, no) WHERE state = 'waiting';
INSERT INTO bare (id, queue, state, definition) SELECT id, queue, 'waiting', definition FROM job;
"""
_BARE_CLAIM = """
UPDATE bare SET state = 'running' WHERE id = (
    SELECT id FROM bare WHERE queue = %s AND state = 'waiting' ORDER BY no LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""


class _OneConnection:
    """What a store takes for its database: one connection, without transactions, as one of the pool's is."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[Any]]:
        yield self._connection


def measure(stage: Stage) -> Measurement:
    rates: dict[Claims, list[float]] = {_claims_of_store: [], _bare_claims: []}
    for round_ in range(ROUNDS):
        with stage.database() as url:
            with psycopg.connect(url) as connection:
                connection.execute(_JOBS, {"jobs": JOBS, "queues": QUEUES})
                connection.execute(_BARE)
            for claims_of in in_turn(round_, *rates):
                rates[claims_of].append(_claim_all(partial(claims_of, url)))
    store, alone = rates.values()
    claims, empty, fragments = Rounds(), Rounds(), Rounds()
    with stage.dashboard() as dashboard, stage.bare_server() as server:
        for round_ in range(ROUNDS):
            for side in in_turn(round_, claims, empty):
                if side is claims:
                    _claim_by_http(stage, dashboard, claims)
                else:
                    nodes = [Node([post("/empty", b"{}")] * (JOBS // AGENTS)) for _ in range(AGENTS)]
                    send_to(stage, server.port, server.pid, nodes, empty)
        send_to(stage, dashboard.port, dashboard.pid, _fragments(), fragments)
        waits = _waits(dashboard)
    return Measurement(
        name="jobqueue",
        title="The job queue",
        how=f"{AGENTS} agents at once take {JOBS:,} jobs of {QUEUES} queues: in the store, over a connection each, "
        "beside a bare `UPDATE ... (SELECT ... FOR UPDATE SKIP LOCKED)` on a table with the same index; then by HTTP "
        f"beside an empty Flask endpoint under the same server. {AGENTS} agents post {FRAGMENTS} pieces of output, "
        f"{len(FRAGMENT):,} characters each, answered after the COMMIT. One idle agent's question is held, and a job "
        f"submitted, {TURNS} times. fsync is on. Medians of {ROUNDS} rounds in turns, of output one. No job was "
        "given out twice. Processor time is for a claim, a piece, a request.",
        checks=[
            over_rounds("claims", store),
            over_rounds("claims-by-http", ratios(claims.rates, empty.rates)),
            Check("claim-wait", 1000 * median(waits), 1000 * percentile(waits, 0.25), 1000 * percentile(waits, 0.75)),
        ],
        table=[
            ["what", "a second", "half within", "99 % within", "processor, server", "Postgres"],
            ["claims in the store", number(median(store)), "", "", "", ""],
            ["the same by bare SKIP LOCKED", number(median(alone)), "", "", "", ""],
            _row("claims by HTTP", claims),
            _row("pieces of output by HTTP", fragments),
            _row("requests of an empty Flask endpoint", empty),
            ["from submit to an idle agent", "", *_within(waits), "", ""],
        ],
        raw={"store": store, "bare": alone, "waits": waits, "by http": claims.raw(), "empty": empty.raw()},
    )


def _claim_all(claims_of: Callable[[int], Iterator[uuid.UUID]]) -> float:
    """Claims a second of all agents together; none is made twice."""
    taken: list[list[uuid.UUID]] = [[] for _ in range(AGENTS)]
    claims = [claims_of(number_) for number_ in range(AGENTS)]  # connected before the clock begins
    agents = [threading.Thread(target=lambda n=n: taken[n].extend(claims[n])) for n in range(AGENTS)]
    begun = time.perf_counter()
    for agent in agents:
        agent.start()
    for agent in agents:
        agent.join()
    seconds = time.perf_counter() - begun
    ids = [job for each in taken for job in each]
    assert len(ids) == len(set(ids)) == JOBS, f"{len(ids)} claims of {len(set(ids))} jobs"
    return JOBS / seconds


def _claims_of_store(url: str, number_: int) -> Iterator[uuid.UUID]:
    jobs = JobStore(_OneConnection(url))  # type: ignore[arg-type]
    asking = Claimant([f"q{number_ % QUEUES}"])
    return (job.id for job in iter(lambda: jobs.claim(asking), None))


def _bare_claims(url: str, number_: int) -> Iterator[uuid.UUID]:
    database = _OneConnection(url)

    def claim() -> uuid.UUID | None:
        with database.connection() as connection:
            row = connection.execute(_BARE_CLAIM, [f"q{number_ % QUEUES}"]).fetchone()
            return row["id"] if row else None

    return iter(claim, None)


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def _row(what: str, rounds: Rounds) -> list[str]:
    latencies = [each for outcome in rounds.outcomes for each in outcome.latencies]
    return [what, number(median(rounds.rates)), *_within(latencies), *rounds.processor]


def _claim_by_http(stage: Stage, dashboard: Dashboard, rounds: Rounds) -> None:
    with psycopg.connect(dashboard.database_url) as connection:
        connection.execute(_JOBS, {"jobs": JOBS, "queues": QUEUES})
    each = JOBS // AGENTS
    nodes = [Node([_get(f"/v1/job?queue=q{n % QUEUES}")] * each) for n in range(AGENTS)]
    send_to(stage, dashboard.port, dashboard.pid, nodes, rounds)
    with psycopg.connect(dashboard.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM job WHERE state = 'running'").fetchone()
    assert row == (JOBS * len(rounds.rates),), f"{row} jobs were taken"


def _fragments() -> list[Node]:
    nodes = []
    for number_ in range(AGENTS):
        path = f"/v1/result/{uuid.UUID(int=number_ + 1)}/log/output"
        told = {"timestamp": "2026-11-29T00:00:00Z", "phase": "test", "log_data": FRAGMENT}
        bodies = [json.dumps({"fragment_number": fragment, **told}).encode() for fragment in range(FRAGMENTS)]
        nodes.append(Node([post(path, body) for body in bodies]))
    return nodes


def _waits(dashboard: Dashboard) -> list[float]:
    """Seconds from submitting a job until the agent whose question is held has it."""
    waits: list[float] = []
    for turn in range(TURNS):
        got: list[float] = []
        agent = threading.Thread(target=lambda got=got: got.append(_wait_for_job(dashboard.port)))
        agent.start()
        while dashboard.metric("waiting_agents") < 1:
            time.sleep(0.01)
        begun = time.perf_counter()
        assert dashboard.request("POST", "/v1/job", {"job_queue": "idle", "turn": turn})[0] == 200
        agent.join()
        waits.append(got[0] - begun)
    return waits


def _wait_for_job(port: int) -> float:
    """When it was there."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/v1/job?queue=idle&wait=20")
    answer = connection.getresponse()
    answer.read()
    at = time.perf_counter()
    connection.close()
    assert answer.status == 200, answer.status
    return at


def _within(seconds: list[float]) -> tuple[str, str]:
    return f"{1000 * median(seconds):.1f} ms", f"{1000 * percentile(seconds, 0.99):.0f} ms"
