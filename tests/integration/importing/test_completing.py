"""Whatever of a run got lost on its way: after the import of its output.xml, Postgres holds exactly that, verified."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from livewall_dashboard.base.errors import Conflict, LivewallError, NotFound
from livewall_dashboard.importing.model import Unreadable
from livewall_dashboard.importing.times import Clock
from livewall_listener import wire
from support.import_lab import ZONE, ImportLab
from support.outputs import Case, Suite

pytestmark = pytest.mark.any_python

CLOCK = Clock(ZONE)
"""The nodes', which has to be said where no start of a suite is stored."""
RUN = Suite(
    "Root",
    suites=[
        Suite(
            "Left", [Case("A", tags=["t", "ä b"]), Case("B", "FAIL", "No\nway"), Case("C", "SKIP", "later")], doc="D"
        ),
        Suite(
            "Right",
            [Case("A", "FAIL", "x"), Case("A"), Case("B.C"), Case("🐙 <b>", "FAIL", "\\N\tÜ")],
            teardown=("FAIL", "Dirty"),
            metadata={"k": "v"},
        ),
    ],
    teardown=("PASS", ""),
)


@pytest.mark.parametrize("schema", [7, 6])
def test_any_part_may_be_lost(lab: ImportLab, schema: int) -> None:
    """Events in the middle, as a disk that was full loses them, and all from some point on."""
    dice = random.Random(schema)
    changed = 0
    for number in range(12):
        path = lab.output(RUN, after=timedelta(hours=number, milliseconds=7 * number), schema=schema)
        events = lab.events(path)
        kept = [event for event in events if dice.random() < number / 12]
        kept = kept if number % 2 else events[: len(kept)]
        run = f"run-{number}"
        ended = kept[-1:] == events[-1:]
        lab.report(kept, path, run=run, state="finished" if ended else "abandoned")
        outcome = lab.take_in(path, clock=CLOCK)
        assert (outcome.key, outcome.setup, outcome.is_new) == (run, "vm1", False)
        changed += outcome.change is not None
        lab.holds(run, path)
    assert changed > 8, "the parts lost told nothing"


def test_what_is_added_is_what_was_missing(lab: ImportLab) -> None:
    path = lab.output(RUN)
    events = lab.events(path)
    lost: list[wire.Event] = [event for event in events if isinstance(event, wire.EndTest) and event.id == "s1-s1-t2"]
    lost += [event for event in events if isinstance(event, wire.CorrectTest) and event.id == "s1-s2-t1"]
    assert len(lost) == 2
    lab.report([event for event in events if event not in lost], path, state="finished")
    before = {row["id"]: row for row in lab.lab.rows("SELECT * FROM result")}
    run = lab.database.run("run-1")
    assert (run["verification"], run["missing"]) == ("partial", 1)
    change = lab.take_in(path).change
    assert change is not None
    assert (change.tests_added, change.tests_repaired, change.tests_removed) == (1, 1, 0)
    assert (change.suites_added, change.suites_repaired, change.suites_removed) == (0, 0, 0)
    after = {row["id"]: {**row, "seq": 0} for row in lab.lab.rows("SELECT * FROM result")}
    untouched = before.keys() - {"s1-s2-t1"}
    assert {key: after[key] for key in untouched} == {key: {**before[key], "seq": 0} for key in untouched}
    lab.holds("run-1", path)


def test_a_second_time_changes_nothing(lab: ImportLab) -> None:
    path = lab.output(RUN)
    lab.report(lab.events(path)[:7], path)
    lab.take_in(path)
    before = lab.everything()
    for _ in range(2):
        assert lab.take_in(path).change is None
    assert lab.everything() == before


def test_a_run_that_is_complete_is_left_as_it_is(lab: ImportLab) -> None:
    path = lab.output(RUN)
    lab.report(lab.events(path), path, state="finished")
    before = lab.everything()
    assert lab.take_in(path).change is None
    assert lab.everything() == before
    lab.holds("run-1", path)


def test_only_the_end_was_lost(lab: ImportLab) -> None:
    path = lab.output(RUN)
    lab.report(lab.events(path)[:-1], path)
    change = lab.take_in(path).change
    assert change is not None and change.is_nothing
    lab.holds("run-1", path)


def test_what_comes_late_from_the_node_does_no_harm(lab: ImportLab) -> None:
    path = lab.output(RUN)
    events = lab.events(path)
    process = lab.report(events[:6], path)
    lab.take_in(path)
    before = lab.everything()
    process.submit(*events[6:])  # the recorder of a dashboard that does not know yet
    assert process.committed(len(events)) >= len(events)
    lab.state("run-1", "running")
    lab.state("run-1", "abandoned")
    after = lab.everything()
    assert after["result"] == before["result"] and after["suite_result"] == before["suite_result"]
    lab.holds("run-1", path)
    lab.lab.restart()
    assert process.register().last_seq >= len(events), "there is nothing to send"
    lab.holds("run-1", path)


def test_a_run_that_nobody_reported(lab: ImportLab) -> None:
    path = lab.output(RUN)
    with pytest.raises(Conflict, match=r"No run of suite 'Root' that started at 2026-03-01T12:00:00.250001 .*--setup"):
        lab.take_in(path)
    assert lab.everything()["run"] == []
    outcome = lab.take_in(path, setup="vm7", clock=CLOCK)
    assert outcome.is_new and lab.database.run(outcome.key)["setup"] == "vm7"
    lab.holds(outcome.key, path)
    again = lab.take_in(path, setup="vm7")
    assert (again.key, again.is_new, again.change) == (outcome.key, False, None)
    assert lab.lab.rows("SELECT * FROM test_duration") == [], "a file may be old: nothing is learned of durations"


def test_a_run_made_of_a_file_gives_way_to_the_same_run_when_its_node_reports_it(lab: ImportLab) -> None:
    path = lab.output(RUN)
    made = lab.take_in(path, setup="vm1", clock=CLOCK)
    other = lab.take_in(lab.output(RUN, after=timedelta(seconds=1)), setup="vm1", clock=CLOCK)
    elsewhere = lab.take_in(path, setup="vm7", clock=CLOCK)
    events = lab.events(path)
    process = lab.report(events[:-1], path, run="late", state=None)
    before = ["late", made.key, other.key]
    assert sorted(lab.database.runs_of("vm1")) == sorted(before), "it is the same one only once all of it is here"
    process.tell(events[-1])
    lab.state("late", "finished")
    assert sorted(lab.database.runs_of("vm1")) == sorted(["late", other.key])
    lab.holds("late", path)
    assert len(lab.lab.rows("SELECT FROM result")) == 21 and len(lab.lab.rows("SELECT FROM suite_result")) == 9
    lab.holds(elsewhere.key, path)


def test_a_run_made_by_its_id_is_the_one_its_node_reports_later(lab: ImportLab) -> None:
    path = lab.output(RUN)
    lab.take_in(path, run="nightly-7", setup="vm7", clock=CLOCK)
    events = lab.events(path)
    late = lab.report([], path, run="nightly-7", state=None)
    assert late.position is not None and late.position.ended
    assert late.committed(1) >= len(events)
    lab.holds("nightly-7", path)


def test_a_run_that_goes_on_is_refused(lab: ImportLab) -> None:
    path = lab.output(RUN)
    lab.report(lab.events(path)[:6], path, state=None)
    with pytest.raises(Conflict, match="Run run-1 on vm1 still goes on"):
        lab.take_in(path)
    lab.lab.recorder.stop(30)  # nobody is left who could say that it ended
    assert lab.take_in(path).change is not None
    lab.holds("run-1", path)


def test_another_run_s_file_is_refused(lab: ImportLab) -> None:
    path = lab.output(RUN)
    lab.report(lab.events(path)[:9], path)
    other = lab.output(RUN, after=timedelta(minutes=3))
    renamed = lab.output(Suite("Other", RUN.tests, RUN.suites))
    for file in (other, renamed):
        with pytest.raises(Unreadable, match=r"Run run-1 is another one: it began at 2026-03-01 .* with suite 'Root'"):
            lab.take_in(file, run="run-1")
    with pytest.raises(NotFound, match="'no-such'"):
        lab.take_in(path, run="no-such")
    before = lab.everything()
    same_start = lab.output(Suite("Root", [Case("Another")]))
    with pytest.raises(Conflict, match="3 tests are stored that this file does not have"):
        lab.take_in(same_start)
    assert lab.everything() == before


def test_the_node_s_word_counts_unless_forced(lab: ImportLab) -> None:
    path = lab.output(RUN)
    events = lab.events(path)
    lab.report([event for event in events if not isinstance(event, wire.CorrectTest)], path, state="finished")
    tests = [*RUN.suites[0].tests[:1], Case("B", "PASS"), *RUN.suites[0].tests[2:]]
    changed = lab.output(Suite("Root", suites=[Suite("Left", tests, doc="D"), RUN.suites[1]]))
    before = lab.everything()
    with pytest.raises(Conflict, match=r"at its end its node counted 7 tests, 1 passed, 5 failed.*--force"):
        lab.take_in(changed)
    assert lab.everything() == before
    assert lab.take_in(changed, force=True).change is not None
    lab.holds("run-1", changed)


def test_several_runs_may_have_begun_at_once(lab: ImportLab) -> None:
    path = lab.output(RUN)
    lab.report(lab.events(path)[:9], path, run="one")
    lab.report(lab.events(path)[:9], path, run="two")
    with pytest.raises(Unreadable, match="of several runs: one on vm1, two on vm1"):
        lab.take_in(path)
    lab.take_in(path, run="two")
    lab.holds("two", path)
    assert lab.database.run("one")["state"] == "abandoned"


def test_what_fails_leaves_nothing_half(lab: ImportLab) -> None:
    path = lab.output(RUN)
    lab.report(lab.events(path)[:9], path)
    before = lab.everything()
    broken = path.with_name("broken.xml")
    broken.write_text(path.read_text().replace('start="2026-03-01T12:00:09', 'start="2026-03-41T12:00:09'))
    with pytest.raises(LivewallError, match="no time"):
        lab.take_in(broken)
    assert lab.everything() == before
    lab.take_in(path)
    lab.holds("run-1", path)
