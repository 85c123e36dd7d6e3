"""Reading the history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from livewall_dashboard.base.errors import BadRequest, NotFound
from livewall_dashboard.history import cursor
from livewall_dashboard.history.store import Store
from livewall_listener import wire
from support.history_lab import (
    BEGAN,
    INFO,
    PATIENCE,
    RECEIVED,
    Lab,
    end_process,
    end_suite,
    end_test,
    start_suite,
)

pytestmark = pytest.mark.any_python


def pages(read: Any, cursor_name: str = "after", **arguments: Any) -> list[list[dict[str, Any]]]:
    """All pages of a list."""
    found, following = [], None
    while True:
        rows, following = read(**arguments, **{cursor_name: following})
        found.append(rows)
        if following is None:
            return found


def finish(lab: Lab, run: str, *events: wire.Event, state: str = "finished", **info: Any) -> None:
    process = lab.process(run, **info)
    process.submit(*events)
    if state == "finished":
        tests = [event for event in events if isinstance(event, wire.EndTest)]
        process.submit(end_process(*((test.id, test.status, test.message) for test in tests)))
    if state != "running":
        lab.state(run, state)  # type: ignore[arg-type]
    process.committed(process.seq)
    lab.rows("SELECT 1")


def settle(lab: Lab) -> None:
    """Until the states submitted are stored too."""
    lab.recorder.stop(PATIENCE)


def test_a_run_reads_as_it_was_told(lab: Lab, store: Store) -> None:
    build = wire.Build("jenkins", "https://ci/job/a/7/", "a", "7")
    finish(
        lab,
        "run-1",
        start_suite(longname="Root", total=2),
        end_test("s1-t1"),
        end_test("s1-t2", "FAIL"),
        end_suite(),
        build=build,
        host="node1",
        robot_version="7.1",
    )
    settle(lab)
    run = store.run("run-1")
    processes = run.pop("process_list")
    assert run == {
        "id": "run-1",
        "commits": [],
        "pin": None,
        "setup": "vm1",
        "name": "Root",
        "suite": "Root",
        "state": "finished",
        "status": "FAIL",
        "verification": "verified",
        "counts": {"total": 2, "passed": 1, "failed": 1, "skipped": 0, "expected_failures": 0},
        "warnings": 0,
        "errors": 0,
        "lost": 0,
        "missing": 0,
        "missing_failures": 0,
        "processes": 1,
        "pabot": False,
        "started_at": BEGAN,
        "ended_at": BEGAN + timedelta(seconds=12.5),
        "elapsed_time": 12.5,
        "received_at": RECEIVED,
        "last_news_at": RECEIVED,
        "repository": "lab/product",
        "branch": "main",
        "commit": INFO.commit,
        "labels": INFO.labels,
        "build": {"system": "jenkins", "url": build.url, "job": "a", "number": "7"},
        "host": "node1",
        "platform": "",
        "robot_version": "7.1",
        "python_version": "",
        "listener_version": "",
    }
    assert [(each["name"], each["ended"], each["passed"], each["failed"]) for each in processes] == [("0", True, 1, 1)]
    with pytest.raises(NotFound):
        store.run("run-2")


def test_runs_are_listed_by_when_they_started_whatever_the_nodes_clock_says(lab: Lab, store: Store) -> None:
    for number in (3, 1, 2):
        started = BEGAN + timedelta(minutes=number)
        wrong = timedelta(days=number)  # the node's clock
        info = {"started_at": (started + wrong).isoformat(), "sent_at": (RECEIVED + wrong).isoformat()}
        lab.process(f"run-{number}", **info)
    rows, following = store.runs()
    assert ([row["id"] for row in rows], following) == (["run-3", "run-2", "run-1"], None)


def test_runs_are_filtered(lab: Lab, store: Store) -> None:
    finish(lab, "run-1", end_test("s1-t1"))
    finish(lab, "run-2", end_test("s1-t1", "FAIL"), setup="vm2", branch="feature/%", commit="aab%c")
    finish(lab, "run-3", end_test("s1-t1", "SKIP"), branch="feature/%", commit="aabbc", state="abandoned")
    finish(lab, "run-4", end_test("s1-t1"), state="running")
    settle(lab)
    for filters, found in (
        ({}, ["run-4", "run-3", "run-2", "run-1"]),
        ({"setup": "vm1"}, ["run-4", "run-3", "run-1"]),
        ({"setup": "nobody"}, []),
        ({"status": "FAIL"}, ["run-2"]),
        ({"status": "PASS"}, ["run-1"]),
        ({"state": "abandoned"}, ["run-3"]),
        ({"branch": "feature/%"}, ["run-3", "run-2"]),
        ({"branch": "feature/_"}, []),
        ({"commit": "aab"}, ["run-3", "run-2"]),
        ({"commit": "aab%c"}, ["run-2"]),
        ({"status": "SKIP"}, []),
        ({"setup": "vm1", "branch": "feature/%", "state": "abandoned", "commit": "aabb"}, ["run-3"]),
    ):
        rows, _ = store.runs(**filters)  # type: ignore[arg-type]
        assert [row["id"] for row in rows] == found, filters


def test_runs_go_on_after_a_cursor(lab: Lab, store: Store) -> None:
    for number in range(7):
        lab.process(f"run-{number}")
    found = pages(store.runs, "before", limit=3)
    assert [[row["id"] for row in page] for page in found] == [
        ["run-6", "run-5", "run-4"],
        ["run-3", "run-2", "run-1"],
        ["run-0"],
    ]


def test_tests_are_in_the_order_they_ended_and_complete(lab: Lab, store: Store) -> None:
    lab.process("run-1", "0").tell(
        start_suite("s1", source="/a"),
        start_suite("s1-s1", "Suite.Child", source="/a/b.robot"),
        end_test("s1-s1-t10", "SKIP", "why", tags=["b", "a"]),
        end_test("s1-s1-t2", source="/a/resource.robot", lineno=0),
    )
    lab.process("run-1", "1").tell(end_test("s9-t1"))
    rows, following = store.tests("run-1")
    assert following is None
    assert rows[0] == {
        "id": "s1-s1-t10",
        "process": "0",
        "name": "Test s1-s1-t10",
        "longname": "Suite.Test s1-s1-t10",
        "source": "/a/b.robot",
        "lineno": 7,
        "tags": ["b", "a"],
        "status": "SKIP",
        "outcome": "skipped",
        "actual": "",
        "expected": "PASS",
        "attempts": 1,
        "failed_attempts": 0,
        "extra": None,
        "message": "why",
        "start_time": BEGAN,
        "elapsed_time": 1.5,
    }
    assert [(row["id"], row["process"], row["source"], row["lineno"], row["message"]) for row in rows[1:]] == [
        ("s1-s1-t2", "0", "/a/resource.robot", None, ""),
        ("s9-t1", "1", "", 7, ""),
    ]


def test_tests_go_on_after_a_cursor(lab: Lab, store: Store) -> None:
    for name in ("0", "1"):
        lab.process("run-1", name).tell(*(end_test(f"s1-t{number}") for number in (3, 1, 2)))
    found = pages(lambda **arguments: store.tests("run-1", **arguments), limit=2)
    assert [[(row["process"], row["id"]) for row in page] for page in found] == [
        [("0", "s1-t3"), ("0", "s1-t1")],
        [("0", "s1-t2"), ("1", "s1-t3")],
        [("1", "s1-t1"), ("1", "s1-t2")],
    ]


def test_tests_are_filtered(lab: Lab, store: Store) -> None:
    lab.process("run-1", "0").tell(
        end_test("s1-s1-t1", tags=["Smoke Test", "x"], name="50% off"),
        end_test("s1-s1-t2", "FAIL", "Größe != 3", tags=["smoke_test"]),
        end_test("s1-s11-t1", "NOT RUN", tags=[]),
    )
    lab.process("run-1", "1").tell(end_test("s1-s1-t1", "SKIP"))
    for filters, found in (
        ({"status": "FAIL"}, ["s1-s1-t2"]),
        ({"status": "NOT RUN"}, ["s1-s11-t1"]),
        ({"tag": "smoke-test"}, []),
        ({"tag": "SMOKE TEST"}, ["s1-s1-t1", "s1-s1-t2"]),
        ({"q": "größe"}, ["s1-s1-t2"]),
        ({"q": "50%"}, ["s1-s1-t1"]),
        ({"q": "5_%"}, []),
        ({"suite": "s1-s1"}, ["s1-s1-t1", "s1-s1-t2", "s1-s1-t1"]),
        ({"suite": "s1-s1", "process": "1"}, ["s1-s1-t1"]),
        ({"suite": "s1", "status": "PASS", "tag": "x", "q": "off", "process": "0"}, ["s1-s1-t1"]),
    ):
        rows, _ = store.tests("run-1", **filters)  # type: ignore[arg-type]
        assert [row["id"] for row in rows] == found, filters


def test_suites_count_their_tests_and_their_childrens(lab: Lab, store: Store) -> None:
    lab.process().tell(
        start_suite("s1", "Root", 4),
        start_suite("s1-s1", "Root.A", doc="Doc.", metadata={"k": "v"}),
        end_test("s1-s1-t1", "FAIL"),
        end_test("s1-s1-t2"),
        end_suite("s1-s1", "FAIL", "why", teardown=wire.Phase("Log Out", "FAIL", 0.5)),
        start_suite("s1-s2", "Root.B"),
        end_test("s1-s2-t1", "SKIP"),
        end_test("s1-s2-t2", "NOT RUN"),
    )
    root, first, second = [row for page in pages(lambda **more: store.suites("run-1", limit=1, **more)) for row in page]
    assert first == {
        "id": "s1-s1",
        "process": "0",
        "name": "A",
        "longname": "Root.A",
        "source": "",
        "doc": "Doc.",
        "metadata": {"k": "v"},
        "test_count": 0,
        "counts": {"total": 2, "passed": 1, "failed": 1, "skipped": 0, "expected_failures": 0},
        "status": "FAIL",
        "message": "why",
        "start_time": BEGAN,
        "elapsed_time": 12.5,
        "setup": None,
        "teardown": {"name": "Log Out", "status": "FAIL", "elapsed_time": 0.5},
    }
    assert root["counts"] == {"total": 4, "passed": 1, "failed": 1, "skipped": 1, "expected_failures": 0}
    assert (second["counts"]["skipped"], second["status"], second["elapsed_time"]) == (1, None, None)


def test_superseded_processes_do_not_show(lab: Lab, store: Store) -> None:
    lab.process("run-1", "0", slot="a").tell(start_suite(), end_test("s1-t1", "FAIL", name="A", tags=["old"]))
    lab.process("run-1", "1", slot="a").tell(start_suite(), end_test("s1-t1", name="A", tags=["new"]))
    tests, _ = store.tests("run-1")
    suites, _ = store.suites("run-1")
    assert [row["process"] for row in tests + suites] == ["1", "1"]
    assert [row["status"] for row in store.test_history("Suite.A")[0]] == ["PASS"]
    assert [row["tag"] for row in store.run_tags("run-1")] == ["new"]
    assert store.run("run-1")["processes"] == 1


def test_one_test_over_runs(lab: Lab, store: Store) -> None:
    for number, (setup, branch, status) in enumerate(
        (("vm1", "main", "PASS"), ("vm2", "main", "FAIL"), ("vm1", "dev", "SKIP"), ("vm1", "main", "PASS")), 1
    ):
        build = wire.Build("gitlab", f"https://ci/{number}", "job", str(number))
        lab.process(f"run-{number}", setup=setup, branch=branch, build=build).tell(
            end_test("s1-t1", status, name="Dotted. Name"), end_test("s1-t2")
        )
    found, _ = store.test_history("Suite.Dotted. Name")
    assert [row["run"] for row in found] == ["run-4", "run-3", "run-2", "run-1"]
    assert found[2] == {
        "run": "run-2",
        "id": "s1-t1",
        "longname": "Suite.Dotted. Name",
        "process": "0",
        "setup": "vm2",
        "state": "running",
        "status": "FAIL",
        "outcome": "failed",
        "actual": "FAIL",
        "expected": "PASS",
        "attempts": 1,
        "failed_attempts": 0,
        "message": "",
        "start_time": BEGAN,
        "elapsed_time": 1.5,
        "started_at": BEGAN,
        "repository": "lab/product",
        "branch": "main",
        "commit": INFO.commit,
        "labels": INFO.labels,
        "build": {"system": "gitlab", "url": "https://ci/2", "job": "job", "number": "2"},
    }
    for arguments, runs in (
        ({"setup": "vm1"}, ["run-4", "run-3", "run-1"]),
        ({"branch": "dev"}, ["run-3"]),
        ({"setup": "vm1", "branch": "main", "limit": 1}, ["run-4"]),
    ):
        rows, _ = store.test_history("Suite.Dotted. Name", **arguments)  # type: ignore[arg-type]
        assert [row["run"] for row in rows] == runs
    assert store.test_history("Nobody.Knows") == ([], None)


def ran(lab: Lab, run: str, minutes: int, *events: wire.Event, **info: Any) -> None:
    """A run that started so long after `BEGAN`, whenever it is told of."""
    started = (BEGAN + timedelta(minutes=minutes)).isoformat()
    lab.process(run, started_at=started, sent_at=(RECEIVED + timedelta(days=1)).isoformat(), **info).tell(*events)


def test_one_test_over_runs_in_the_order_they_started(lab: Lab, store: Store) -> None:
    """Files of old runs are imported in any order, and long after; pages go on where the former one ended."""
    for minutes in (4, 1, 3, 2):
        ran(lab, f"run-{minutes}", minutes, end_test("s1-t1", name="A"))
    found, following = store.test_history("Suite.A")
    assert ([row["run"] for row in found], following) == (["run-4", "run-3", "run-2", "run-1"], None)
    read = pages(store.test_history, longname="Suite.A", limit=2)
    assert [[row["run"] for row in page] for page in read] == [["run-4", "run-3"], ["run-2", "run-1"]]
    assert [[row["run"]] for row in found] == [
        [row["run"] for row in page] for page in pages(store.test_history, longname="Suite.A", limit=1)
    ]


def test_a_page_of_a_test_counts_runs_and_shows_all_their_results(lab: Lab, store: Store) -> None:
    """A test that ran twice in a run is not torn apart; a run that shows none does not end the list."""
    ran(lab, "run-1", 1, end_test("s1-t1", name="A"))
    ran(lab, "run-2", 2, end_test("s1-t1", name="A"), slot="a")
    lab.process("run-2", "1", slot="a").tell(start_suite())
    ran(lab, "run-3", 3, end_test("s1-t1", "FAIL", name="A"), end_test("s1-t2", name="A"))
    read = pages(store.test_history, longname="Suite.A", limit=1)
    assert [[(row["run"], row["status"]) for row in page] for page in read] == [
        [("run-3", "PASS"), ("run-3", "FAIL")],
        [],
        [("run-1", "PASS")],
    ]
    assert store.setups_of_test("Suite.A").counts == {
        "total": 3,
        "passed": 2,
        "failed": 1,
        "skipped": 0,
        "expected_failures": 0,
    }


def test_each_setup_that_a_test_ran_on_shows(lab: Lab, store: Store) -> None:
    """However many newer results the others have."""
    ran(lab, "old", 0, end_test("s1-t1", "FAIL", name="A"), setup="failing", branch="dev")
    for minutes in range(1, 6):
        ran(lab, f"run-{minutes}", minutes, end_test("s1-t1", name="A"), setup=f"vm{minutes % 2}")
    told = store.setups_of_test("Suite.A", latest=2)
    assert [(row["setup"], row["counts"]["total"]) for row in told.setups] == [("vm1", 3), ("vm0", 2), ("failing", 1)]
    assert [[row["run"] for row in each["history"]] for each in told.setups] == [
        ["run-5", "run-3"],
        ["run-4", "run-2"],
        ["old"],
    ]
    assert told.counts == {"total": 6, "passed": 5, "failed": 1, "skipped": 0, "expected_failures": 0}
    for filters, names in (({"setup": "vm0"}, ["vm0"]), ({"branch": "dev"}, ["failing"]), ({"setup": "nobody"}, [])):
        assert [row["setup"] for row in store.setups_of_test("Suite.A", **filters).setups] == names  # type: ignore[arg-type]


def test_expected_durations_are_the_setups_own_or_else_the_others(lab: Lab, store: Store) -> None:
    for run, setup, seconds, names in (
        ("run-1", "vm1", 1.0, "AB"),
        ("run-2", "vm2", 3.0, "AB"),
        ("run-3", "vm3", 7.0, "A"),
    ):
        events = [end_test(f"s1-t{name}", name=name, elapsed_time=seconds) for name in names]
        finish(lab, run, *events, setup=setup)
    settle(lab)
    wanted = ["Suite.A", "Suite.B", "Suite.C", "Suite.A"]
    assert store.expected_durations("vm3", wanted) == {"Suite.A": 7.0, "Suite.B": 2.0}
    assert store.expected_durations("new", wanted) == {"Suite.A": pytest.approx(11 / 3), "Suite.B": 2.0}
    assert store.expected_durations("vm1", []) == {}


def test_setups_have_their_latest_run(lab: Lab, store: Store) -> None:
    finish(lab, "run-1", end_test(), setup="b")
    lab.process("run-2", setup="b")
    lab.process("run-3", setup="a")
    rows = store.setups()
    assert [(row["name"], row["last_run"], row["state"]) for row in rows] == [
        ("a", "run-3", "running"),
        ("b", "run-2", "running"),
    ]


def test_a_build_leads_to_its_latest_run(lab: Lab, store: Store) -> None:
    for run in ("run-1", "run-2"):
        lab.process(run, build=wire.Build("jenkins", "https://ci/7/"))
    lab.process("run-3")
    assert store.run_of_build("https://ci/7/") == "run-2"
    assert store.run_of_build("https://ci/8/") is None
    assert store.run_of_build("") is None


def test_tags_of_a_run_are_counted(lab: Lab, store: Store) -> None:
    lab.process().tell(
        end_test("s1-t1", tags=["b", "A"]), end_test("s1-t2", "FAIL", tags=["b"]), end_test("s1-t3", tags=[])
    )
    assert store.run_tags("run-1") == [
        {"tag": "A", "counts": {"total": 1, "passed": 1, "failed": 0, "skipped": 0, "expected_failures": 0}},
        {"tag": "b", "counts": {"total": 2, "passed": 1, "failed": 1, "skipped": 0, "expected_failures": 0}},
    ]


def test_artifacts_of_a_run(lab: Lab, store: Store) -> None:
    lab.process().tell(end_process())
    assert store.artifacts("run-1") == []
    lab.rows(
        "INSERT INTO artifact (run_id, name, process_no, content_type, size, sha256) "
        "VALUES (1, 'log.html', 0, 'text/html', 42, 'abc') RETURNING 1"
    )
    (row,) = store.artifacts("run-1")
    assert (row["name"], row["process"], row["content_type"], row["size"]) == ("log.html", "0", "text/html", 42)


@pytest.mark.parametrize(
    "read",
    [
        lambda store: store.runs(before="nonsense"),
        lambda store: store.runs(before=cursor.encode([1, 2])),
        lambda store: store.runs(before="ä"),
        lambda store: store.tests("run-1", after=cursor.encode([1])),
        lambda store: store.tests("run-1", after=cursor.encode([0, 2**31])),
        lambda store: store.suites("run-1", after=cursor.encode([0, 1, 2])),
        lambda store: store.runs(limit=0),
        lambda store: store.tests("run-1", limit=1001),
    ],
)
def test_a_wrong_question_is_the_askers_fault(lab: Lab, store: Store, read: Any) -> None:
    lab.process()
    with pytest.raises(BadRequest):
        read(store)


@pytest.mark.parametrize("part", ["run", "suites", "tests", "artifacts", "run_tags"])
def test_an_unknown_run_is_not_found(store: Store, part: str) -> None:
    with pytest.raises(NotFound):
        getattr(store, part)("nobody")
