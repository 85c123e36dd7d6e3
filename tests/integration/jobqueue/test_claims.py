"""Whatever happens in whatever order: each job is with one agent at most, ends once, and is run again if it was lost.

All that it wrote is there once.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.leases import Leases
from livewall_dashboard.jobqueue.model import Claimant, Submission
from livewall_dashboard.jobqueue.result_store import Fragment, Output, ResultStore
from livewall_dashboard.postgres.database import Database

pytestmark = pytest.mark.any_python

AGENTS = ("a", "b", "c")
QUEUES = ("p", "q")


def machine(database: Database, database_url: str) -> type[RuleBasedStateMachine]:
    jobs, results, leases = JobStore(database), ResultStore(database), Leases(database)

    class Queue(RuleBasedStateMachine):
        """`waiting`: (-priority, order of submission, id, queue); `held`: by agent; `ended`: how."""

        def __init__(self) -> None:
            super().__init__()
            with psycopg.connect(database_url) as connection:
                connection.execute("TRUNCATE job, job_result, job_phase, job_output CASCADE")
            self.waiting: list[tuple[int, int, UUID, str]] = []
            self.held: dict[str, tuple[UUID, int, str, int]] = {}
            self.ended: dict[UUID, str] = {}
            self.said: dict[UUID, int] = {}
            self.order = 0

        def expect(self, job_id: UUID, priority: int, queue: str) -> None:
            self.order += 1
            self.waiting.append((-priority, self.order, job_id, queue))

        @rule(queue=st.sampled_from(QUEUES), priority=st.integers(-1, 1), retries=st.integers(0, 2))
        def submit(self, queue: str, priority: int, retries: int) -> None:
            job_id = jobs.submit(Submission(uuid4(), {"retries": retries}, queue, priority, retries=retries), None)
            self.expect(job_id, priority, queue)
            self.retries = {**getattr(self, "retries", {}), job_id: retries}

        @rule(agent=st.sampled_from(AGENTS), queues=st.sets(st.sampled_from(QUEUES), min_size=1))
        def claim(self, agent: str, queues: set[str]) -> None:
            self.lose(agent)
            due = sorted(job for job in self.waiting if job[3] in queues)
            claimed = jobs.claim(Claimant(sorted(queues), agent))
            assert (claimed and claimed.id) == (due[0][2] if due else None)
            if due:
                self.waiting.remove(due[0])
                results.post(due[0][2], {"job_state": "test"})  # it has begun, so each loss costs a retry
                self.held[agent] = (due[0][2], -due[0][0], due[0][3], self.retries[due[0][2]])

        def lose(self, agent: str) -> None:
            """As the store does when this agent asks for another job."""
            if agent not in self.held:
                return
            job_id, priority, queue, retries = self.held.pop(agent)
            leases.lose_of(agent)
            self.ended[job_id] = "lost"
            with psycopg.connect(database_url) as connection:
                ((again,),) = connection.execute("SELECT retried_as FROM job WHERE id = %s", [job_id]).fetchall()
            assert (again is None) == (retries == 0)
            if again:
                self.retries[again] = retries - 1
                self.expect(again, priority, queue)

        @rule(agent=st.sampled_from(AGENTS))
        def wait(self, agent: str) -> None:
            self.lose(agent)

        @precondition(lambda self: self.held)
        @rule(data=st.data(), state=st.sampled_from(["provision", "test", "reserve", "complete", "cancelled"]))
        def tell(self, data: st.DataObject, state: str) -> None:
            agent = data.draw(st.sampled_from(sorted(self.held)))
            job_id = self.held[agent][0]
            results.post(job_id, {"job_state": state, "status": {"test": 1}})
            if state in ("complete", "cancelled"):
                del self.held[agent]
                self.ended[job_id] = state

        @precondition(lambda self: self.ended)
        @rule(data=st.data(), state=st.sampled_from(["test", "complete", "cancelled"]))
        def tell_late(self, data: st.DataObject, state: str) -> None:
            job_id = data.draw(st.sampled_from(sorted(self.ended)))
            results.post(job_id, {"job_state": state})
            with pytest.raises(BadRequest):
                jobs.cancel(job_id)

        @precondition(lambda self: self.held or self.ended)
        @rule(data=st.data(), back=st.integers(0, 3))
        def say(self, data: st.DataObject, back: int) -> None:
            """One more piece, after those before it that its agent sends again; also of a job that is over."""
            job_id = data.draw(st.sampled_from(sorted([*(job[0] for job in self.held.values()), *self.ended])))
            following = self.said.get(job_id, 0)
            for number in range(max(0, following - back), following + 1):
                results.put_fragment(job_id, "output", Fragment(number, "test", utc_now(), f"{number};"))
            self.said[job_id] = following + 1

        @rule(data=st.data())
        def cancel(self, data: st.DataObject) -> None:
            open_jobs = sorted([job[2] for job in self.waiting] + [job[0] for job in self.held.values()])
            if not open_jobs:
                return
            job_id = data.draw(st.sampled_from(open_jobs))
            jobs.cancel(job_id)
            self.waiting = [job for job in self.waiting if job[2] != job_id]
            self.held = {agent: job for agent, job in self.held.items() if job[0] != job_id}
            self.ended[job_id] = "cancelled"

        @invariant()
        def rows_are_what_happened(self) -> None:
            with psycopg.connect(database_url) as connection:
                rows: list[Any] = connection.execute(
                    "SELECT id, state, agent, lease_until IS NOT NULL FROM job"
                ).fetchall()
            assert {row[0] for row in rows if row[1] == "waiting"} == {job[2] for job in self.waiting}
            assert {row[2]: row[0] for row in rows if row[3]} == {agent: job[0] for agent, job in self.held.items()}
            assert {row[0]: row[1] for row in rows if row[1] in ("complete", "cancelled", "lost")} == self.ended

        @invariant()
        def all_that_was_said_is_there_once(self) -> None:
            for job_id, count in self.said.items():
                text = "".join(f"{number};" for number in range(count))
                assert results.output(job_id, "output")["test"] == Output(count - 1, text)

    return Queue


def test_each_job_is_with_one_agent_and_ends_once(database: Database, database_url: str) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine(database, database_url),
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
