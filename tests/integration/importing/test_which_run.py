"""Which run a file is of: setup, root suite and start say it together; what is said by hand is obeyed or refused."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from livewall_dashboard.base.errors import Conflict
from livewall_dashboard.importing.model import Unreadable
from livewall_dashboard.importing.times import Clock
from support.import_lab import ZONE, ImportLab
from support.outputs import Case, Suite

CLOCK = Clock(ZONE)
RUN = Suite("Nightly", [Case("A"), Case("B", "FAIL", "No")])
OTHER = Suite("Nightly", [Case("A", tags=["rig-b"]), Case("B")])


@pytest.mark.parametrize("schema", [3, 7])
def test_rigs_that_start_at_once_do_not_overwrite_each_other(lab: ImportLab, schema: int) -> None:
    """Neither with other files, nor with the same one."""
    one, two = (lab.output(root, schema=schema) for root in (RUN, OTHER))
    keys = {setup: lab.take_in(path, setup=setup, clock=CLOCK).key for setup, path in (("a", one), ("b", two))}
    keys["c"] = lab.take_in(one, setup="c", clock=CLOCK).key
    assert len(set(keys.values())) == 3
    for setup, path in (("a", one), ("b", two), ("c", one)):
        again = lab.take_in(path, setup=setup)
        assert (again.key, again.setup, again.is_new, again.change) == (keys[setup], setup, False, None)
        lab.holds(keys[setup], path)


def test_a_file_of_another_rig_does_not_change_the_run_that_a_node_reported(lab: ImportLab) -> None:
    path, other = lab.output(RUN), lab.output(OTHER)
    lab.report(lab.events(path), path, state="finished")
    before = lab.everything()["result"]
    for wish in ({}, {"setup": "vm1"}):
        with pytest.raises(Conflict, match="its node counted 2 tests, 1 passed, 1 failed"):
            lab.take_in(other, **wish)
    made = lab.take_in(other, setup="b", clock=CLOCK)
    assert made.is_new and made.setup == "b"
    assert [row for row in lab.everything()["result"] if row in before] == before
    lab.holds("run-1", path)
    lab.holds(made.key, other)


def test_a_run_named_together_with_another_setup_is_refused(lab: ImportLab) -> None:
    path = lab.output(RUN)
    lab.report(lab.events(path)[:3], path)
    with pytest.raises(Unreadable, match="Run run-1 is of setup vm1, not of b"):
        lab.take_in(path, run="run-1", setup="b")
    assert lab.take_in(path, run="run-1", setup="vm1").key == "run-1"


def test_without_a_setup_a_file_of_several_is_refused(lab: ImportLab) -> None:
    path = lab.output(RUN)
    for setup in ("a", "b"):
        lab.take_in(path, setup=setup, clock=CLOCK)
    with pytest.raises(Unreadable, match=r"of several runs: file-\w+ on (a|b), file-\w+ on (a|b). .* --setup"):
        lab.take_in(path)


def test_runs_of_each_hour_are_runs_of_their_own(lab: ImportLab) -> None:
    paths = [lab.output(RUN, after=timedelta(hours=number), schema=6) for number in range(4)]
    for zone in (ZONE, None):
        keys = {lab.take_in(path, setup=f"in {zone}", clock=Clock(zone)).key for path in paths}
        assert len(keys) == 4
        assert {lab.take_in(path, setup=f"in {zone}").key for path in paths} == keys


def test_a_zone_given_by_hand_counts(lab: ImportLab) -> None:
    path = lab.output(RUN)
    lab.report(lab.events(path), path, state="finished")
    with pytest.raises(Conflict, match="No run of suite 'Nightly'"):
        lab.take_in(path, clock=Clock(ZoneInfo("Europe/Helsinki")))
    assert lab.take_in(path, clock=CLOCK).change is None
    there = lab.take_in(path, setup="vm1", clock=Clock(ZoneInfo("Europe/Helsinki")))
    assert there.is_new and there.key != "run-1"
    with pytest.raises(Unreadable, match="of several runs"):
        lab.take_in(path, setup="vm1")
