"""Which tests have one history, as runs come in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count, permutations
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from livewall_dashboard.history.identity import renaming
from livewall_dashboard.history.identity.run_looker import RunLooker
from livewall_dashboard.history.store import Store
from support.history_lab import Lab, end_process, end_suite, end_test, start_suite
from support.waiting import wait_for

pytestmark = pytest.mark.any_python

Ran = Callable[..., str]
NUMBERS = count(1)


@pytest.fixture
def looker(lab: Lab) -> RunLooker:
    return RunLooker(lab.database)


@pytest.fixture
def ran(lab: Lab, looker: RunLooker) -> Ran:
    """Reports a process of a run of one file, `Tests=/w/tests Login=/w/tests/login.robot`, and looks at the run."""

    def run(levels: str, *tests: str, run: str = "", name: str = "0", look: bool = True, **info: Any) -> str:
        key = run or f"run-{next(NUMBERS)}"
        process = lab.process(key, name, **{"host": "n1", **info})
        parts = [level.rpartition("=") for level in levels.split()]
        longname = suite_id = ""
        for number, (suite, _, source) in enumerate(parts):
            suite_id = f"s1{'-s1' * number}"
            longname = f"{longname}.{suite.replace('_', ' ')}".strip(".")
            process.submit(start_suite(suite_id, longname, total=len(tests), source=source))
        results = [(f"{suite_id}-t{number}", "PASS", "") for number in range(1, len(tests) + 1)]
        process.submit(
            *(
                replace(end_test(test_id, name=test), longname=f"{longname}.{test}")
                for (test_id, _, _), test in zip(results, tests, strict=True)
            )
        )
        process.submit(*(end_suite("s1" + "-s1" * number) for number in reversed(range(len(parts)))))
        process.tell(end_process(*results))
        if look:
            lab.state(key, "finished")
            wait_for(lambda: lab.rows("SELECT FROM run WHERE key = %s AND state = 'finished'", key))
            looker.note_end(key)
            looker.look()
        return key

    return run


def names(store: Store, longname: str) -> set[str]:
    """Of all results in a test's history."""
    rows, _ = store.test_history(longname)
    found = {row["longname"] for row in rows}
    assert found == {longname, *(row["longname"] for row in store.names_of_test(longname))}, "all is told"
    return found


WHOLE, ALONE, SEVERAL = (
    "Tests=/w/tests Login=/w/tests/login.robot",
    "Login=/w/tests/login.robot",
    "Login_&_Orders= Login=/w/tests/login.robot",
)


def test_one_file_has_one_history_on_every_setup(ran: Ran, store: Store) -> None:
    ran(WHOLE, "One", "Two")
    assert names(store, "Tests.Login.One") == {"Tests.Login.One"}
    ran(ALONE, "One", setup="vm2")
    assert names(store, "Tests.Login.One") == names(store, "Login.One") == {"Tests.Login.One", "Login.One"}
    assert names(store, "Tests.Login.Two") == {"Tests.Login.Two"}
    for setup in ("vm1", "vm2", "elsewhere"):
        assert store.expected_durations(setup, ["Login.One"]) == {"Login.One": 1.5}
    (told,) = store.names_of_test("Login.One")
    assert (told["by"], told["undo"]) == ("file", "livewall rename --undo Login Tests.Login")
    assert told["because"] == "Login and Tests.Login are one file, /w/tests/login.robot on n1"
    ran(ALONE, "Two", "Three", host="n2")
    assert names(store, "Tests.Login.Two") == {"Tests.Login.Two", "Login.Two"}, "a test that came later"
    assert store.setups_of_test("Login.Two").counts["total"] == 2


@pytest.mark.parametrize("in_one_run", [False, True])
def test_whichever_came_first(ran: Ran, store: Store, in_one_run: bool) -> None:
    for number, order in enumerate(permutations("ABC")):
        file = f"/w{number}/tests/login.robot"
        runs = {
            "A": [f"Tests=/w{number}/tests Login{number}={file}"],
            "B": [f"Login{number}={file}"],
            "C": [f"W{number}=/w{number} Tests=/w{number}/tests Login{number}={file}"],
        }
        if in_one_run:
            runs["B"].append(runs["C"][0])
        for each in order:
            key = f"run-{number}-{each}"
            for no, levels in enumerate(runs[each]):
                ran(levels, "One", run=key, name=str(no), look=no == len(runs[each]) - 1)
        longnames = {f"Tests.Login{number}.One", f"Login{number}.One", f"W{number}.Tests.Login{number}.One"}
        for longname in longnames:
            assert names(store, longname) == ({longname} if in_one_run else longnames), order


def test_a_process_that_pabot_repeated_does_not_count(ran: Ran, store: Store) -> None:
    ran(WHOLE, "One", run="r", name="0", slot="1", look=False)
    ran(ALONE, "One", run="r", name="1", slot="1")
    ran(WHOLE, "One")
    assert names(store, "Login.One") == {"Tests.Login.One", "Login.One"}


def test_what_is_found_to_be_of_two_files_stands_alone_again(ran: Ran, store: Store) -> None:
    for levels in (WHOLE, ALONE, SEVERAL):
        ran(levels, "One")
    assert names(store, "Login.One") == {"Login.One", "Tests.Login.One", "Login & Orders.Login.One"}
    ran("Login=/w/other/login.robot", "One")
    assert names(store, "Login.One") == {"Login.One"}
    assert names(store, "Tests.Login.One") == {"Tests.Login.One", "Login & Orders.Login.One"}


def test_a_run_that_goes_on_later_is_looked_at_again(lab: Lab, ran: Ran, store: Store) -> None:
    ran(WHOLE, "One", run="r", name="0")
    lab.state("r", "running")
    ran("Login=/w/tests/login.robot", "One", host="n1", run="other")
    assert names(store, "Login.One") == {"Login.One", "Tests.Login.One"}
    ran(ALONE, "One", run="r", name="1")
    assert names(store, "Login.One") == {"Login.One"}, "both ran in this one"


def test_files_in_containers_are_not_noted_without_end(lab: Lab, ran: Ran) -> None:
    for number in range(25):
        ran(ALONE, "One", host=f"container-{number}")
    assert lab.row("SELECT count(*) AS n FROM suite_sighting")["n"] == 20
    for _ in range(3):
        ran(ALONE, "One", host="x", root="/w", origin="https://git.example/lab/shop.git")
    assert lab.row("SELECT count(*) AS n FROM suite_sighting")["n"] == 21, "which is the proof"


def test_a_run_that_cannot_be_understood_holds_up_no_other(
    lab: Lab, ran: Ran, store: Store, looker: RunLooker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("livewall_dashboard.history.identity.suite_files.sighting", None)
        ran(WHOLE, "One")
    assert lab.row("SELECT count(*) AS n FROM run_looked_at")["n"] == 1
    ran(WHOLE, "One")
    ran(ALONE, "One")
    assert names(store, "Login.One") == {"Login.One", "Tests.Login.One"}


def test_runs_of_before_are_looked_at(ran: Ran, store: Store, looker: RunLooker) -> None:
    for levels in (WHOLE, ALONE):
        ran(levels, "One", look=False)
        ran(levels, "One")
    looker.look()
    assert names(store, "Login.One") == {"Login.One", "Tests.Login.One"}


def test_what_parts_a_file_s_names_throws_no_doubt_on_renamings(lab: Lab, ran: Ran, store: Store) -> None:
    ran(WHOLE, "One", "Two")
    ran(ALONE, "One", "Two")
    with psycopg.connect(lab.database.url, autocommit=True, row_factory=dict_row) as connection:
        renaming.rename(connection, "Login", "Sign In")
        ran(WHOLE, "One", "Two", run="both", name="0", look=False)
        ran(ALONE, "One", "Two", run="both", name="1")
        assert names(store, "Tests.Login.Two") == {"Tests.Login.Two"}
        (renamed,) = renaming.listing(connection).renames
        assert renamed.doubted_by is None
