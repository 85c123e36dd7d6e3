"""The runs that a build started, and since when their tests fail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from livewall_dashboard.history.identity import renaming
from livewall_dashboard.history.store import Store
from livewall_listener import wire
from support.history_lab import BEGAN, Lab, Process, end_process, end_test, start_suite

URL = "http://jenkins/job/smoke/"


def run(lab: Lab, number: int, *results: tuple[str, str], setup: str = "vm1", **info: Any) -> Process:
    """A finished run of build `number`, an hour after the one before; results are (test, status)."""
    began = (BEGAN + timedelta(hours=number)).isoformat()
    build = wire.Build(system="jenkins", url=f"{URL}{number}/", job="smoke", number=str(number))
    known = {"started_at": began, "sent_at": began, "commit": f"c{number}", "build": build, **info}
    process = lab.process(f"{setup}-{number}", setup=setup, **known)
    tests = [
        end_test(f"s1-t{index}", status, "why" if status == "FAIL" else "", name=name)
        for index, (name, status) in enumerate(results, 1)
    ]
    process.tell(start_suite(total=len(tests)), *tests, end_process(*((t.id, t.status, t.message) for t in tests)))
    return process


def failures(store: Store, number: int, setup: str = "vm1") -> dict[str, str | None]:
    """Failing tests of that build's run: since which run."""
    (key,) = [row["run_id"] for row in store.runs_of_builds([f"{URL}{number}/"]) if row["setup"] == setup]
    found = store.failures_of_runs([key]).get(key, [])
    return {each["longname"]: each["since"] and each["since"]["run"] for each in found}


def test_a_run_is_found_by_the_build_that_started_it(lab: Lab, store: Store) -> None:
    run(lab, 1, ("A", "PASS"), ("B", "FAIL"))
    (row,) = store.runs_of_builds([f"{URL}1/", f"{URL}2/"])
    assert (row["id"], row["setup"], row["build_url"]) == ("vm1-1", "vm1", f"{URL}1/")
    assert (row["state"], row["total"], row["passed"], row["failed"]) == ("running", 2, 1, 1)
    (failure,) = store.failures_of_runs([row["run_id"]])[row["run_id"]]
    assert (failure["id"], failure["longname"], failure["message"]) == ("s1-t2", "Suite.B", "why")
    assert failure["since"]["commit"] == "c1"
    assert failure["since"]["build"]["url"] == f"{URL}1/"
    assert failure["since"]["started_at"].startswith("2026-03-01T13:00:00")
    assert store.runs_of_builds([]) == store.runs_of_builds([f"{URL}1"]) == store.runs_of_builds([""]) == []


def test_a_streak_begins_after_the_last_pass(lab: Lab, store: Store) -> None:
    for number, status in enumerate(("FAIL", "PASS", "FAIL", "FAIL", "FAIL"), 1):
        run(lab, number, ("A", status))
    assert failures(store, 5) == {"Suite.A": "vm1-3"}
    assert failures(store, 4) == {"Suite.A": "vm1-3"}
    assert failures(store, 1) == {"Suite.A": "vm1-1"}


def test_a_skip_or_a_run_without_the_test_ends_no_streak(lab: Lab, store: Store) -> None:
    run(lab, 1, ("A", "PASS"))
    run(lab, 2, ("A", "SKIP"))
    run(lab, 3, ("A", "FAIL"))
    run(lab, 4, ("A", "SKIP"))
    run(lab, 5, ("B", "PASS"))
    run(lab, 6, ("A", "FAIL"))
    assert failures(store, 6) == {"Suite.A": "vm1-3"}


def test_a_test_that_was_renamed_fails_since_it_did_under_its_former_name(lab: Lab, store: Store) -> None:
    run(lab, 1, ("A", "FAIL"))
    run(lab, 2, ("A", "PASS"))
    run(lab, 3, ("A", "FAIL"))
    run(lab, 4, ("B", "FAIL"))
    assert failures(store, 4) == {"Suite.B": "vm1-4"}
    with lab.database.connection() as connection:
        renaming.rename(connection, "Suite.A", "Suite.B")
    assert failures(store, 4) == {"Suite.B": "vm1-3"}
    run(lab, 5, ("A", "PASS"), ("C", "FAIL"))
    run(lab, 6, ("B", "FAIL"), ("C", "FAIL"))
    assert failures(store, 6) == {"Suite.B": "vm1-6", "Suite.C": "vm1-5"}


def test_other_setups_have_streaks_of_their_own(lab: Lab, store: Store) -> None:
    run(lab, 1, ("A", "FAIL"))
    run(lab, 2, ("A", "PASS"), setup="vm2")
    run(lab, 3, ("A", "FAIL"))
    run(lab, 3, ("A", "FAIL"), setup="vm2")
    assert failures(store, 3) == {"Suite.A": "vm1-1"}
    assert failures(store, 3, "vm2") == {"Suite.A": "vm2-3"}


def test_a_pass_that_was_repeated_by_a_later_process_does_not_count(lab: Lab, store: Store) -> None:
    """Pabot ran the test again, and what counts is the second time."""
    run(lab, 1, ("A", "FAIL"))
    run(lab, 2, ("A", "PASS"), name="first", slot="x")
    run(lab, 2, ("A", "FAIL"), name="second", slot="x")
    run(lab, 3, ("A", "FAIL"))
    assert failures(store, 3) == {"Suite.A": "vm1-1"}


def test_at_most_five_failures_those_that_came_first(lab: Lab, store: Store) -> None:
    run(lab, 1, *((f"T{number}", "FAIL") for number in range(9)))
    assert list(failures(store, 1)) == [f"Suite.T{number}" for number in range(5)]


def test_a_build_may_have_several_runs(lab: Lab, store: Store) -> None:
    run(lab, 1, ("A", "PASS"), setup="vm1")
    run(lab, 1, ("A", "PASS"), setup="vm2")
    assert [row["id"] for row in store.runs_of_builds([f"{URL}1/"])] == ["vm1-1", "vm2-1"]


def test_an_address_longer_than_the_index_holds(lab: Lab, store: Store) -> None:
    url = "http://jenkins/" + "x" * 600 + "/"
    build = wire.Build(system="jenkins", url=url, job="x", number="1")
    lab.process("long", build=build)
    assert [row["id"] for row in store.runs_of_builds([url])] == ["long"]
    assert store.runs_of_builds([url[:-1] + "y/"]) == []
