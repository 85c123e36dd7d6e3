"""Events become rows, once, in order, and a process's cursor tells which."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, timezone

import pytest

from livewall_dashboard.base.errors import Gap, NotFound, Unavailable
from livewall_listener import wire
from support.history_lab import (
    BEGAN,
    INFO,
    RECEIVED,
    Lab,
    correct_test,
    end_process,
    end_suite,
    end_test,
    start_suite,
)


def test_an_ended_test_is_a_row_with_all_it_said(lab: Lab) -> None:
    odd = 'Umlaut ä, tab\t, line\nbreak, \\backslash\\N, "quote"'
    lab.process().tell(
        end_test("s1-s2-t3", "FAIL", odd, name="Näme", tags=["b", "a", "ümlaut"], source="/tests/a\tb.robot", lineno=0)
    )
    row = lab.row(
        "SELECT r.*, t.longname, t.name, g.tags FROM result r "
        "JOIN test t ON t.id = r.test_id JOIN tag_set g ON g.id = r.tag_set_id"
    )
    assert row == {
        "run_id": 1,
        "test_id": 1,
        "process_no": 0,
        "id": "s1-s2-t3",
        "seq": 1,
        "status": 1,
        "message": odd,
        "source": "/tests/a\tb.robot",
        "lineno": None,
        "expected": None,
        "actual": None,
        "attempts": None,
        "extra": None,
        "tag_set_id": 1,
        "tags": ["b", "a", "ümlaut"],
        "start_time": BEGAN,
        "elapsed_time": 1.5,
        "longname": "Suite.Näme",
        "name": "Näme",
    }


def test_a_suite_is_a_row_from_its_start_on(lab: Lab) -> None:
    process = lab.process()
    process.tell(start_suite("s1", "Root", 3, source="/tests", doc="Doc.", metadata={"Owner": "Ann"}))
    running = lab.row("SELECT * FROM suite_result")
    assert (running["status"], running["elapsed_time"], running["test_count"]) == (None, None, 3)
    process.tell(
        start_suite("s1-s1", "Root.Child", 3),
        end_suite("s1-s1", "SKIP"),
        end_suite("s1", "FAIL", "Broken.", setup=wire.Phase("Log In", "PASS", 0.25)),
    )
    root, child = lab.rows("SELECT r.*, s.longname FROM suite_result r JOIN suite s ON s.id = suite_id ORDER BY seq")
    assert (root["status"], root["message"], root["elapsed_time"]) == ("FAIL", "Broken.", 12.5)
    assert (root["setup"], root["teardown"]) == ({"name": "Log In", "status": "PASS", "elapsed_time": 0.25}, None)
    assert (root["source"], root["doc"], root["metadata"]) == ("/tests", "Doc.", {"Owner": "Ann"})
    assert (child["id"], child["longname"], child["status"]) == ("s1-s1", "Root.Child", "SKIP")


def test_names_tags_and_configurations_are_stored_once(lab: Lab) -> None:
    for run in ("run-1", "run-2"):
        lab.process(run).tell(end_test("s1-t1"), end_test("s1-t2", name="Other", tags=[]), end_test("s1-t3"))
    assert lab.row("SELECT count(*) FROM test") == {"count": 3}
    assert lab.row("SELECT count(*) FROM tag_set") == {"count": 2}
    assert lab.row("SELECT count(*) FROM configuration") == {"count": 1}
    assert lab.row("SELECT count(*) FROM result") == {"count": 6}


def test_what_was_told_twice_is_stored_once(lab: Lab) -> None:
    process = lab.process()
    delivery = process.delivery(end_test("s1-t1"), end_test("s1-t2"), end_test("s1-t3"))
    for part in (delivery.part(0, 2), delivery.part(0, 2), delivery.part(1), delivery):
        with lab.lock:
            lab.recorder.submit(part)
    assert process.committed(3) == 3
    assert [row["id"] for row in lab.rows("SELECT id FROM result ORDER BY seq")] == ["s1-t1", "s1-t2", "s1-t3"]


def test_a_gap_is_refused_and_names_what_is_expected(lab: Lab) -> None:
    process = lab.process()
    process.tell(end_test("s1-t1"))
    process.seq += 1
    with pytest.raises(Gap) as caught:
        process.submit(end_test("s1-t3"))
    assert caught.value.detail == {"expected_seq": 2}


def test_a_process_that_did_not_register_is_refused(lab: Lab) -> None:
    process = lab.process()
    process.run = "run-2"
    with pytest.raises(NotFound):
        process.submit(end_test())


def test_the_walls_state_is_stored_with_the_events_it_reflects(lab: Lab) -> None:
    process = lab.process()
    lab.live["run-1", "0"] = {"after": 2}
    process.tell(start_suite(), end_test())
    lab.live["run-1", "0"] = {"after": 99}
    lab.restart()
    again = process.register()
    assert (again.last_seq, again.live) == (2, {"after": 2})


def test_registering_again_changes_nothing(lab: Lab) -> None:
    process = lab.process()
    process.tell(end_test())
    before = lab.rows("SELECT * FROM run, process")
    assert process.register().last_seq == 1
    assert lab.rows("SELECT * FROM run, process") == before


def test_a_run_stays_with_the_setup_and_the_labels_it_began_with(lab: Lab) -> None:
    process = lab.process()
    process.setup, process.info = "renamed", dataclasses.replace(process.info, labels={"os": "debian-13"})
    position = process.register()
    assert (position.setup, position.labels) == ("vm1", INFO.labels)
    row = lab.row(
        "SELECT setup.name, labels FROM run JOIN setup ON setup.id = setup_id"
        " JOIN configuration ON configuration.id = configuration_id"
    )
    assert row == {"name": "vm1", "labels": INFO.labels}


def test_a_run_knows_who_made_it(lab: Lab) -> None:
    build = wire.Build("jenkins", "https://ci/job/a/7/", "a", "7")
    lab.process(build=build, total=40)
    row = lab.row(
        "SELECT run.*, setup.name AS setup, labels, repository, hash, commit.branch AS commit_branch FROM run "
        "JOIN setup ON setup.id = setup_id JOIN configuration c ON c.id = configuration_id "
        "JOIN commit ON commit.id = commit_id"
    )
    assert (row["key"], row["setup"], row["labels"]) == ("run-1", "vm1", INFO.labels)
    assert (row["repository"], row["commit_branch"], row["hash"]) == ("lab/product", "main", INFO.commit)
    assert (row["build_url"], row["total"], row["state"], row["status"]) == (build.url, 40, "running", None)
    assert (row["started_at"], row["sorted_at"], row["received_at"]) == (BEGAN, RECEIVED, RECEIVED)


def test_other_processes_fill_gaps_of_the_first(lab: Lab) -> None:
    lab.process("run-1", "0", commit="", host="node")
    lab.process("run-1", "1", commit="c0ffee", host="other", setup="vm9", last_in_pool=True, total=9)
    row = lab.row(
        "SELECT setup.name, hash, info FROM run JOIN setup ON setup.id = setup_id JOIN commit c ON c.id = commit_id"
    )
    assert (row["name"], row["hash"]) == ("vm1", "c0ffee")
    assert (row["info"]["host"], row["info"]["process"]) == ("node", "0")
    assert (row["info"]["last_in_pool"], row["info"]["total"]) == (True, 9)


def test_counts_follow_the_events(lab: Lab) -> None:
    process = lab.process()
    process.tell(start_suite(total=5), end_test("s1-t1"), end_test("s1-t2", "FAIL"), end_test("s1-t3", "SKIP"))
    assert _counts(lab) == (5, 1, 1, 1)
    process.tell(correct_test("s1-t1", "PASS", "FAIL"), end_test("s1-t4"), correct_test("s1-t4", "PASS", "SKIP"))
    assert _counts(lab) == (5, 0, 2, 2)


def test_corrections_change_rows_stored_before_and_with_them(lab: Lab) -> None:
    process = lab.process()
    process.tell(start_suite(), end_test("s1-t1"), end_suite())
    process.tell(
        end_test("s1-t2"),
        correct_test("s1-t1", "PASS", "FAIL", "first"),
        correct_test("s1-t1", "FAIL", "SKIP", "second"),
        correct_test("s1-t2", "PASS", "FAIL", "at once"),
        wire.CorrectSuite("s1", "FAIL", "suite's"),
    )
    assert [(row["status"], row["message"]) for row in lab.rows("SELECT * FROM result ORDER BY seq")] == [
        (2, "second"),
        (1, "at once"),
    ]
    assert lab.row("SELECT status, message FROM suite_result") == {"status": "FAIL", "message": "suite's"}


def test_the_end_of_a_suite_says_what_changed_while_it_ran(lab: Lab) -> None:
    process = lab.process()
    process.tell(start_suite(doc="before", metadata={"a": "1"}), end_suite())
    look = "SELECT doc, metadata FROM suite_result"
    assert lab.row(look) == {"doc": "before", "metadata": {"a": "1"}}
    process.tell(end_suite(doc="", metadata={}))
    assert lab.row(look) == {"doc": "", "metadata": {}}


def test_the_same_id_again_takes_the_place_of_the_former(lab: Lab) -> None:
    process = lab.process()
    process.tell(end_test("s1-t1", "FAIL", "old"), end_test("s1-t2"), end_test("s1-t1", "SKIP", "newer"))
    process.tell(end_test("s1-t1", "PASS", "newest"))
    rows = lab.rows("SELECT id, status, message FROM result ORDER BY id")
    assert rows == [{"id": "s1-t1", "status": 0, "message": "newest"}, {"id": "s1-t2", "status": 0, "message": None}]
    assert _counts(lab)[1:] == (2, 0, 0)


def test_a_finished_run_has_status_end_and_counts(lab: Lab) -> None:
    process = lab.process()
    results = [("s1-t1", "PASS", ""), ("s1-t2", "SKIP", "why")]
    process.submit(start_suite(total=4), *(end_test(*result) for result in results), end_suite())
    process.submit(end_process(*results, warnings=3, errors=2))
    lab.state("run-1", "finished")
    process.committed(process.seq)
    lab.recorder.stop(30)
    run = lab.row("SELECT * FROM run")
    assert (run["state"], run["status"], run["verification"]) == ("finished", "PASS", "verified")
    assert (run["total"], run["passed"], run["failed"], run["skipped"]) == (2, 1, 0, 1)
    assert (run["warnings"], run["errors"], run["name"]) == (3, 2, "Suite")
    assert run["ended_at"] == BEGAN + timedelta(seconds=12.5), "by the node's clock"


@pytest.mark.parametrize(
    ("statuses", "status"), [(["PASS", "FAIL", "SKIP"], "FAIL"), (["SKIP", "SKIP"], "SKIP"), ([], "SKIP")]
)
def test_a_runs_status_is_the_worst_of_its_tests(lab: Lab, statuses: list[str], status: str) -> None:
    process = lab.process()
    results = [(f"s1-t{number}", each, "") for number, each in enumerate(statuses)]
    process.submit(start_suite(), *(end_test(*result) for result in results), end_process(*results))
    lab.state("run-1", "finished")
    lab.recorder.stop(30)
    assert lab.row("SELECT status FROM run") == {"status": status}


def test_events_of_a_run_that_was_given_up_bring_it_up_to_date(lab: Lab) -> None:
    process = lab.process()
    process.tell(start_suite(), end_test("s1-t1"))
    lab.state("run-1", "abandoned")
    process.tell(end_test("s1-t2", "FAIL"))
    row = lab.row("SELECT state, status, passed, failed, ended_at FROM run")
    assert row == {
        "state": "abandoned",
        "status": "FAIL",
        "passed": 1,
        "failed": 1,
        "ended_at": BEGAN + timedelta(seconds=1.5),
    }
    lab.state("run-1", "running")
    process.tell(end_test("s1-t3"))
    assert lab.row("SELECT state, status, ended_at FROM run") == {"state": "running", "status": None, "ended_at": None}


def test_registering_reopens_a_run_unless_the_process_has_ended(lab: Lab) -> None:
    process = lab.process()
    process.tell(end_process())
    lab.state("run-1", "finished")
    process.tell(wire.Lost(0, ""))
    process.register()
    assert lab.row("SELECT state FROM run") == {"state": "finished"}
    lab.process("run-1", "1")
    assert lab.row("SELECT state, ended_at FROM run") == {"state": "running", "ended_at": None}


def test_lost_events_are_counted(lab: Lab) -> None:
    lab.process().tell(wire.Lost(3, "disk full"), wire.Lost(4, "disk full"))
    assert lab.row("SELECT lost FROM run") == {"lost": 7}


def test_durations_are_learned_from_tests_that_ran(lab: Lab) -> None:
    for run, seconds in (("run-1", 10.0), ("run-2", 20.0)):
        lab.process(run).tell(
            end_test("s1-t1", elapsed_time=seconds, name="A"), end_test("s1-t2", "SKIP", elapsed_time=seconds, name="B")
        )
        lab.state(run, "finished")
    lab.recorder.stop(30)
    assert lab.rows("SELECT t.name, d.elapsed_time FROM test_duration d JOIN test t ON t.id = test_id") == [
        {"name": "A", "elapsed_time": 13.0}
    ]


@pytest.mark.parametrize("limit", [{"max_pending": 10}, {"max_pending_bytes": 1000}])
def test_too_much_pending_is_refused_until_it_is_stored(lab: Lab, limit: dict[str, int]) -> None:
    """Few events may be much: a message has up to a megabyte."""
    lab.recorder.stop(30)
    lab.recorder = lab.new_recorder(**limit)
    lab.recorder.start()
    process = lab.process()
    with lab.lock:  # so that the recorder cannot take them
        lab.recorder.submit(process.delivery(*(end_test(f"s1-t{number}") for number in range(8))), 800)
        refused = process.delivery(*(end_test(f"s1-t{number}") for number in range(8, 12)))
        with pytest.raises(Unavailable):
            lab.recorder.submit(refused, 400)
        assert lab.recorder.pending == 8
    assert process.committed(8) == 8
    with lab.lock:
        lab.recorder.submit(refused, 10**6)  # however much: it is alone
    assert process.committed(12) == 12


def test_stopping_stores_what_is_pending(lab: Lab) -> None:
    process = lab.process()
    process.submit(*(end_test(f"s1-t{number}") for number in range(500)))
    lab.recorder.stop(30)
    assert lab.row("SELECT count(*) FROM result") == {"count": 500}


def test_open_runs_are_what_a_restart_needs(lab: Lab) -> None:
    lab.live["run-1", "1"] = {"tests": 1}
    first, second = lab.process("run-1", "0", slot="a"), lab.process("run-1", "1", slot="b", last_in_pool=True)
    lab.process("run-2", setup="vm2")
    first.tell(end_process())
    second.tell(end_test())
    lab.state("run-2", "finished")
    second.tell(end_test("s1-t2"))
    lab.restart()
    (run,) = lab.recorder.open_runs()
    assert (run.run, run.setup, run.state, run.info.commit) == ("run-1", "vm1", "running", INFO.commit)
    assert [(p.name, p.no, p.slot, p.last_seq, p.live, p.ended, p.superseded) for p in run.processes] == [
        ("0", 0, "a", 1, None, True, False),
        ("1", 1, "b", 2, {"tests": 1}, False, False),
    ]
    assert run.processes[1].info.last_in_pool
    second.tell(end_test("s1-t3"))  # known again without registering


def test_runs_given_up_lately_are_open_too(lab: Lab) -> None:
    for run, received_at in (("old", RECEIVED), ("late", datetime.now(timezone.utc))):
        lab.recorder.register(run, "vm1", INFO, received_at)
        lab.state(run, "abandoned", received_at)
    lab.restart()
    assert [(run.run, run.state) for run in lab.recorder.open_runs()] == [("late", "abandoned")]


def test_last_runs_are_the_latest_ended_of_each_setup(lab: Lab) -> None:
    for number, run in enumerate(("run-1", "run-2", "run-3", "run-4")):
        started = (BEGAN + timedelta(minutes=number)).isoformat()
        process = lab.process(run, setup="vm2" if run == "run-4" else "vm1", started_at=started)
        process.submit(*(end_test(f"s1-t{n}", "FAIL", f"{n}" + "x" * 400) for n in range(1, 8)))
        if run != "run-3":
            lab.state(run, "finished")
        process.committed(7)
    lab.restart()
    one, two = lab.recorder.last_runs()
    assert (one.run, one.setup, two.run, two.setup) == ("run-2", "vm1", "run-4", "vm2")
    assert (one.status, one.counts) == (
        "FAIL",
        {"total": 0, "passed": 0, "failed": 7, "skipped": 0, "expected_failures": 0},
    )
    assert [failure.id for failure in one.failures] == ["s1-t7", "s1-t6", "s1-t5", "s1-t4", "s1-t3"]
    assert len(one.failures[0].message) == 300
    assert (one.labels, one.commit, one.processes) == (INFO.labels, INFO.commit, 1)


def _counts(lab: Lab) -> tuple[int, ...]:
    row = lab.row("SELECT total, passed, failed, skipped FROM run")
    return tuple(row.values())
