"""What nodes say of what they keep, added up by node and forgotten with their runs."""

from __future__ import annotations

from livewall_dashboard.ingest.backlog import Backlog
from livewall_listener import wire


def batch(process: str, waiting: int) -> wire.Batch:
    return wire.Batch(process, 1, [], waiting=waiting)


def test_processes_of_a_node_are_one_node() -> None:
    backlog = Backlog()
    for run, process, host in (("r1", "0", "node-1"), ("r1", "1", "node-1"), ("r2", "0", "node-2")):
        backlog.register(run, process, host)
    assert (backlog.nodes, backlog.events) == (0, 0)
    backlog.note("r1", batch("0", 5), [])
    backlog.note("r1", batch("1", 2), [])
    backlog.note("r2", batch("0", 7), [])
    assert (backlog.nodes, backlog.events) == (2, 14)
    backlog.note("r1", batch("0", 1), [])
    backlog.note("r2", batch("0", 0), [])
    assert (backlog.nodes, backlog.events) == (1, 3)
    backlog.forget({"r1"})
    assert (backlog.nodes, backlog.events) == (0, 0)


def test_a_run_that_the_wall_took_over_from_before_its_start_counts_as_well() -> None:
    backlog = Backlog()
    backlog.note("r1", batch("0", 5), [])
    assert (backlog.nodes, backlog.events) == (1, 5)
    backlog.forget({"r1"})
    assert (backlog.nodes, backlog.events) == (0, 0)


def test_losses_add_up_and_stay() -> None:
    backlog = Backlog()
    backlog.note("r1", batch("0", 0), [wire.Lost(3, "full"), wire.Plan([]), wire.Lost(4, "full")])
    backlog.forget({"r1"})
    assert backlog.lost == 7
