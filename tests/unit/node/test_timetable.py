"""Each node has times of its own, the same every day, no later than the jitter allows."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_schedule import entries
from livewall_schedule.entries import DAY, Entry
from livewall_schedule.timetable import delay, times

pytestmark = pytest.mark.unit

EVERY = [entries.parse(f"[a]\nsuites=/a\nevery={every}")[0].every for every in entries.EVERY.split()]
ENTRIES = st.builds(
    lambda every, at, share, name: Entry(name, ("/a",), every, at * 60, int(every * share)),
    st.sampled_from(EVERY),
    st.integers(0, 1439),
    st.floats(0, 0.99),
    st.from_regex(r"[a-z]{1,8}", fullmatch=True),
)


@given(ENTRIES, st.text())
def test_runs_are_evenly_spread_over_the_day_and_begin_within_the_jitter(entry: Entry, node: str) -> None:
    due = times(entry, node).of_day
    assert len(due) == DAY // entry.every
    assert {after - before for before, after in itertools.pairwise(sorted(due))} <= {entry.every}
    late = min((moment - entry.at) % DAY for moment in due)
    assert late == delay(entry, node) % entry.every
    assert late < max(entry.jitter, 1)


@given(ENTRIES, st.text())
def test_a_node_keeps_its_times(entry: Entry, node: str) -> None:
    assert times(entry, node) == times(entry, node)


def test_a_hundred_nodes_do_not_begin_at_once() -> None:
    entry = Entry("smoke", ("/a",), every=4 * 3600, jitter=900)
    delays = [delay(entry, f"node-{number}") for number in range(100)]
    assert max(sum(start <= one < start + 60 for one in delays) for start in range(900)) <= 20
    assert len(set(delays)) > 80


def test_without_jitter_all_begin_when_they_are_told() -> None:
    assert times(Entry("a", ("/a",), every=12 * 3600, at=90 * 60, jitter=0), "any").of_day == [5400, 48600]
