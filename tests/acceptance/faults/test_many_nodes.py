"""A dashboard that was away is back, and every node of the lab notices in the same second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import pytest

from livewall_listener import encode, wire
from livewall_listener.client import Client
from livewall_listener.notices import Notices
from livewall_listener.sender import Delivery
from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import Header
from support.intake_lab import EVENTS, TESTS
from support.lab import Lab
from support.steady import LONG, SteadyRun
from support.waiting import wait_for

HALF = len(EVENTS) // 2
STORED = """
    SELECT count(*) AS runs, count(*) FILTER (WHERE run.state = 'finished' AND verification = 'verified') AS whole,
           sum(passed + failed + skipped)::int AS results
    FROM run JOIN setup ON setup.id = setup_id WHERE starts_with(setup.name, 'node-')
"""


class Node:
    """The part of a listener that speaks to the wall, with its spool in memory."""

    def __init__(self, number: int, url: str) -> None:
        info = wire.RunInfo(setup=f"node-{number:03}")
        self._spool = SpoolFile.create(Header(url, f"run-{number:03}", asdict(info)), None, limit=0)
        self._delivery = Delivery(Client(url, token="", ca="", environment={}), self._spool, Notices(print))

    def say(self, events: list[wire.Event]) -> None:
        self._spool.append([encode.event(event) for event in events])

    def deliver(self) -> None:
        """As the sender's thread does, with its pauses."""
        while self._delivery.pending or self._spool.unacknowledged:
            self._delivery.step()
            assert not self._delivery.stopped, self._delivery.stopped
            until = max(self._delivery.not_before, self._delivery.put_off_until)
            time.sleep(max(0.0, until - time.monotonic()))


@pytest.mark.parametrize("count", [100, pytest.param(500, marks=pytest.mark.soak)])
def test_all_nodes_come_back_in_the_same_second(own_lab: Lab, steady: Callable[..., SteadyRun], count: int) -> None:
    dashboard = own_lab.dashboard
    nodes = [Node(number, dashboard.url) for number in range(count)]
    here = threading.Barrier(count)
    with ThreadPoolExecutor(count) as threads:
        for node in nodes:
            node.say(EVENTS[:HALF])
        list(threads.map(Node.deliver, nodes))
        dashboard.kill()
        for node in nodes:
            node.say(EVENTS[HALF:])
        dashboard.start()

        def come_back(node: Node) -> None:
            here.wait(LONG)
            node.deliver()

        returning = [threads.submit(come_back, node) for node in nodes]
        steady(own_lab).holds()
        for each in returning:
            each.result(LONG * 2)
    whole = {"runs": count, "whole": count, "results": count * TESTS}
    wait_for(lambda: _stored(own_lab) == whole, LONG, "all runs to be whole")
    tiles = {tile["setup"]: tile for tile in dashboard.get("/api/v1/live")["setups"]}
    for number in range(count):
        assert tiles[f"node-{number:03}"]["counts"]["total"] == TESTS
    dashboard.stop()


def _stored(lab: Lab) -> dict[str, int]:
    (row,) = lab.database.rows(STORED)
    return dict(row)
