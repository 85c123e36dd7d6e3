"""A run is verified when Postgres holds what the nodes say they sent; a process repeated by pabot does not count."""

from __future__ import annotations

from typing import Any

import pytest

from livewall_listener import wire
from support.history_lab import Lab, Process, correct_test, end_process, end_test, start_suite

RESULTS = [("s1-t1", "PASS", ""), ("s1-t2", "FAIL", "Broken ä\n"), ("s1-t10", "SKIP", "")]


def report(process: Process, *results: tuple[str, str, str], end: wire.EndProcess | None = None) -> None:
    events = [end_test(*result) for result in results]
    process.tell(start_suite(total=len(results)), *events, end or end_process(*results))


def verdict(lab: Lab) -> str:
    return str(lab.row("SELECT verification FROM run")["verification"])


def test_a_run_is_pending_until_its_process_ends(lab: Lab) -> None:
    process = lab.process()
    process.tell(start_suite())
    assert verdict(lab) == "pending"
    report(process, *RESULTS)
    assert verdict(lab) == "verified"
    assert lab.row("SELECT ended, verified, end_event FROM process") == {
        "ended": True,
        "verified": True,
        "end_event": {**_as_dict(end_process(*RESULTS))},
    }


def test_corrections_count_for_the_digest(lab: Lab) -> None:
    process = lab.process()
    process.tell(*(end_test(*result) for result in RESULTS))
    corrected = [("s1-t1", "FAIL", "Parent's"), *RESULTS[1:]]
    process.tell(correct_test("s1-t1", "PASS", "FAIL"), end_process(*corrected))
    assert verdict(lab) == "verified"


@pytest.mark.parametrize(
    "told",
    [
        [*RESULTS, ("s1-t4", "PASS", "")],
        RESULTS[:2],
        [("s1-t1", "PASS", "other"), *RESULTS[1:]],
        [("s1-t3", "PASS", ""), *RESULTS[1:]],
        [("s1-t1", "FAIL", ""), ("s1-t2", "PASS", "Broken ä\n"), RESULTS[2]],
    ],
    ids=["one is missing", "one too many", "another message", "another id", "statuses swapped"],
)
def test_a_run_that_differs_is_partial(lab: Lab, told: list[tuple[str, str, str]]) -> None:
    report(lab.process(), *RESULTS, end=end_process(*told))
    assert verdict(lab) == "partial"


def test_counts_after_the_end_are_those_stored(lab: Lab) -> None:
    report(lab.process(), *RESULTS, end=end_process(*RESULTS[:1]))
    assert lab.row("SELECT total, passed, failed, skipped FROM run") == {
        "total": 3,
        "passed": 1,
        "failed": 1,
        "skipped": 1,
    }


def test_all_processes_must_be_equal(lab: Lab) -> None:
    first, second = lab.process("run-1", "0", slot="a"), lab.process("run-1", "1", slot="b")
    report(first, *RESULTS)
    assert verdict(lab) == "pending", "the other one runs"
    report(second, *RESULTS, end=end_process(*RESULTS[:1]))
    assert verdict(lab) == "partial"


def test_a_process_takes_the_place_of_the_former_in_its_slot(lab: Lab) -> None:
    timed_out, other = lab.process("run-1", "0", slot="a"), lab.process("run-1", "1", slot="b")
    timed_out.tell(start_suite(total=9), end_test("s1-t1", "FAIL"))
    report(other, *RESULTS[:1])
    again = lab.process("run-1", "2", slot="a")
    assert again.position is not None
    assert (again.position.no, again.position.superseded) == (2, ["0"])
    assert lab.row("SELECT total, passed, failed FROM run") == {"total": 1, "passed": 1, "failed": 0}
    report(again, *RESULTS[:1])
    timed_out.tell(end_test("s1-t2", "FAIL"), end_process())
    assert verdict(lab) == "verified"
    assert lab.row("SELECT total, passed, failed FROM run") == {"total": 2, "passed": 2, "failed": 0}
    assert again.register().superseded == ["0"]
    assert timed_out.register().superseded == []
    assert [row["superseded"] for row in lab.rows("SELECT superseded FROM process ORDER BY no")] == [True, False, False]


def test_processes_without_a_slot_are_beside_each_other(lab: Lab) -> None:
    lab.process("run-1", "0")
    assert lab.process("run-1", "1").position.superseded == []  # type: ignore[union-attr]


def _as_dict(end: wire.EndProcess) -> dict[str, Any]:
    names = ("total", "passed", "failed", "skipped", "digest", "warnings", "errors")
    return {name: getattr(end, name) for name in names}
