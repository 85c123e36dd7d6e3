"""Effectively once: whatever happens to batches and the dashboard, acknowledged is stored, and nothing is stored twice.

Hypothesis makes up what lines and nodes do: batches that come again, overlap, come early or at the same moment, and
dashboards that are restarted, killed or cut off from Postgres in between.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from livewall_dashboard.base.errors import Gap, NotFound, Unavailable
from support.intake_lab import EVENTS, WHOLE, Dashboard, stored
from support.waiting import wait_for

pytestmark = pytest.mark.any_python

LAST = len(EVENTS)
COUNTED = """
    SELECT run.key, p.last_seq, p.passed + p.failed + p.skipped AS counted,
           (SELECT count(*) FROM result WHERE run_id = run.id) AS rows
    FROM process p JOIN run ON run.id = p.run_id WHERE run.key = ANY (%s)
"""
numbers = count()
places = st.integers(1, LAST)
sizes = st.integers(0, 9)
which = st.integers(0, 2)


@dataclass
class Node:
    """What the node of a run knows: `acknowledged` for sure; up to `sent` more may have been stored."""

    run: str
    acknowledged: int = 0
    sent: int = 0

    def learn(self, upto: int) -> None:
        """Raises AssertionError for an acknowledgement of what never was sent."""
        assert upto <= self.sent, (self, upto)
        self.acknowledged = max(self.acknowledged, upto)


class Deliveries(RuleBasedStateMachine):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.dashboard = Dashboard(url).start()
        self.nodes: list[Node] = []

    @initialize()
    def one_run(self) -> None:
        self.begin()

    @precondition(lambda self: len(self.nodes) < 3)
    @rule()
    def begin(self) -> None:
        node = Node(f"run-{next(numbers)}")
        self.nodes.append(node)
        self.register(node)

    @rule(at=which)
    def say_again_what_it_is(self, at: int) -> None:
        self.register(self.node(at))

    @rule(at=which, size=sizes)
    def send_on(self, at: int, size: int) -> None:
        node = self.node(at)
        self.send(node, node.acknowledged + 1, size)

    @rule(at=which, first=places, size=sizes)
    def send_from_anywhere(self, at: int, first: int, size: int) -> None:
        self.send(self.node(at), first, size)

    @rule(at=which, back=sizes, size=sizes)
    def send_the_same_twice_at_once(self, at: int, back: int, size: int) -> None:
        """A proxy, or a node that gave up waiting too early: both requests are under way."""
        node = self.node(at)
        first = max(1, node.acknowledged + 1 - back)
        with ThreadPoolExecutor(2) as lines:
            for request in [lines.submit(self.send, node, first, size), lines.submit(self.send, node, first + 2, size)]:
                request.result()

    @rule()
    def restart(self) -> None:
        self.dashboard.stop()
        self.dashboard = Dashboard(self.url).start()

    @rule()
    def kill(self) -> None:
        self.dashboard.kill()
        self.dashboard = Dashboard(self.url).start()

    @rule(at=which, size=sizes)
    def cut_off_from_postgres(self, at: int, size: int) -> None:
        """Before, in the middle of, or after a commit."""
        node = self.node(at)
        with ThreadPoolExecutor(1) as line:
            sending = line.submit(self.send, node, node.acknowledged + 1, size)
            self.dashboard.cut_off()
            sending.result()

    @invariant()
    def acknowledged_is_stored_and_counted_once(self) -> None:
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(COUNTED, [[node.run for node in self.nodes]]).fetchall()
        last_seq = {run: last for run, last, _, _ in rows}
        for node in self.nodes:
            assert node.acknowledged <= last_seq[node.run] <= node.sent
        assert all(counted == there for _, _, counted, there in rows), rows

    def teardown(self) -> None:
        """The nodes go on until all is acknowledged, and one more run is as if nothing had been."""
        try:
            self.nodes.append(Node(f"run-{next(numbers)}"))
            for node in self.nodes:
                self.register(node)
                wait_for(lambda: self.send_rest(node), what=f"the rest of {node}")  # noqa: B023 - called at once
            for node in self.nodes:
                wait_for(lambda: stored(self.url, node.run) == WHOLE, what=f"{node.run} to be whole")  # noqa: B023
        finally:
            self.dashboard.stop()

    # What a node does

    def node(self, at: int) -> Node:
        return self.nodes[at % len(self.nodes)]

    def register(self, node: Node) -> None:
        upto = wait_for(lambda: [self.dashboard.register(node.run)], what="Postgres")[0]
        assert upto >= node.acknowledged
        node.learn(upto)

    def send_rest(self, node: Node) -> bool:
        before = -1
        while before < node.acknowledged:
            before = node.acknowledged
            self.send(node, node.acknowledged + 1, 5)
        return node.acknowledged == LAST

    def send(self, node: Node, first: int, size: int) -> None:
        if first <= node.sent + 1:
            node.sent = max(node.sent, min(first + size - 1, LAST))
        try:
            upto = self.dashboard.send(node.run, first, size)
        except NotFound:
            assert node.sent == LAST, "the wall forgets runs that are over, and no others"
            self.register(node)
        except Gap as gap:
            self.note_gap(node, int(gap.detail["expected_seq"]))  # type: ignore[call-overload]
        except Unavailable:
            pass  # while the recorder has no connection
        else:
            assert upto >= min(first + size - 1, LAST)
            node.learn(upto)

    def note_gap(self, node: Node, expected: int) -> None:
        assert node.acknowledged < expected <= node.sent + 1


@pytest.fixture
def machine(database_url: str) -> Callable[[], Deliveries]:
    return lambda: Deliveries(database_url)


@pytest.mark.parametrize(
    ("examples", "steps"), [(12, 20), pytest.param(300, 60, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]
)
def test_whatever_happens_each_event_is_stored_once(
    machine: Callable[[], Deliveries], examples: int, steps: int
) -> None:
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],  # each of thousands of shorter ones would take a second
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(machine, settings=how)
