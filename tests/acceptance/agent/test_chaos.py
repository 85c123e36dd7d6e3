"""Many agents and jobs, and whatever is killed: each job ends once, none runs twice at a time, no output is lost."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import class_row

from livewall_dashboard.postgres.migrations import migrate
from support.agents import Queue, RunningAgent
from support.dashboard import Dashboard
from support.postgres import Postgres
from support.waiting import wait_for

SCRIPT = """
exec 9>{folder}/lock-{n}; flock -n 9 || echo "twice {n}" >> {folder}/log
echo "begin {n}" >> {folder}/log
for i in $(seq 40); do echo "{n} line $i"; sleep 0.0$((RANDOM % 9)); done
echo "end {n}" >> {folder}/log
"""


@dataclass
class Try:
    """A job's row, and what it wrote."""

    id: str
    first: str
    state: str
    retried_as: str | None
    ended: bool
    fragments: int
    last: int | None
    text: str


_TRIES = """
SELECT id::text, coalesce(origin, id)::text AS first, state, retried_as::text, ended_at IS NOT NULL AS ended,
       (SELECT count(*) FROM job_output WHERE job_id = job.id) AS fragments,
       (SELECT max(fragment) FROM job_output WHERE job_id = job.id) AS last,
       coalesce((SELECT convert_from(string_agg(data, ''::bytea ORDER BY fragment), 'UTF8')
                 FROM job_output WHERE job_id = job.id AND phase = 'test'), '') AS text
FROM job ORDER BY no
"""


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server of its own, to be killed."""
    server = Postgres()
    try:
        server.start()
        migrate(server.url)
        yield server
    finally:
        server.remove()


def tries_of(server: Postgres) -> list[Try]:
    with psycopg.connect(server.url) as connection, connection.cursor(row_factory=class_row(Try)) as cursor:
        return cursor.execute(_TRIES).fetchall()


def has_ended(server: Postgres) -> bool:
    with psycopg.connect(server.url) as connection:
        row = connection.execute("SELECT count(*) FROM job WHERE ended_at IS NULL").fetchone()
    return row == (0,)


class Mischief:
    """Kills one or the other, by the die."""

    def __init__(self, dice: random.Random, server: Postgres, dashboard: Dashboard, agents: list[RunningAgent]) -> None:
        self._dice = dice
        self._server = server
        self._dashboard = dashboard
        self._agents = agents
        self.done: Counter[str] = Counter()

    def make(self) -> None:
        thrown = self._dice.random()
        if thrown < 0.05:
            self.done["Postgres"] += 1
            self._server.stop("immediate")
            self._rest(3.0)
            self._server.start()
        elif thrown < 0.15:
            self.done["wall"] += 1
            self._dashboard.kill()
            self._rest(3.0)
            self._dashboard.start()
        else:
            self.done["agent"] += 1
            victim = self._dice.choice(self._agents)
            victim.kill()
            victim.start()
        self._rest(0.8)

    def _rest(self, most: float) -> None:
        time.sleep(self._dice.uniform(0.0, most))  # the mischief itself, not a wait for something


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("agents", "jobs", "seconds"), [(6, 60, 40), (50, 2000, 600)])
def test_chaos_each_job_ends_once_and_none_runs_twice_at_a_time(
    agents: int,
    jobs: int,
    seconds: float,
    make_agent: Callable[..., RunningAgent],
    make_dashboard: Callable[..., Dashboard],
    own_postgres: Postgres,
    tmp_path: Path,
) -> None:
    dice = random.Random(11)
    dashboard = make_dashboard(database_url=own_postgres.url).start()
    queue = Queue(dashboard, "chaos")
    submitted = [queue.submit(SCRIPT.format(folder=tmp_path, n=number), retries=10) for number in range(jobs)]
    running = [make_agent(dashboard, name=f"a{number}", queue="chaos").start() for number in range(agents)]
    mischief = Mischief(dice, own_postgres, dashboard, running)
    until = time.monotonic() + seconds
    while time.monotonic() < until and not has_ended(own_postgres):
        mischief.make()
    wait_for(lambda: has_ended(own_postgres), 60 + 3 * jobs, "all jobs to end", pause=2.0)

    told = Counter((tmp_path / "log").read_text(encoding="utf-8").splitlines())
    assert [line for line in told if line.startswith("twice")] == []
    tries = tries_of(own_postgres)
    complete = Counter(each.first for each in tries if each.state == "complete")
    assert complete == dict.fromkeys(submitted, 1)
    for each in tries:
        number = submitted.index(each.first)
        lines = "".join(f"{number} line {line}\n" for line in range(1, 41))
        said = each.text.partition("\nlivewall-agent: ")[0]
        if each.state == "complete":
            assert (each.text, each.retried_as) == (lines, None), each.id
            assert told[f"end {number}"] >= 1
        else:
            assert (each.state, lines.startswith(said)) == ("lost", True), (each.id, said)
            assert each.retried_as, each.id
        assert each.fragments == (each.last + 1 if each.last is not None else 0), each.id
    assert len(tries) > jobs, f"nothing happened to any of them: {mischief.done}"
    for agent in running:
        agent.stop()
    wait_for(lambda: not any(agent.jobs for agent in running))
