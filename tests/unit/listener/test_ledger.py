"""Robot Framework's model -> events: ids, totals, corrections, the end."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from robot import result as results
from robot import running

from livewall_listener import wire
from livewall_listener.convert import utc
from livewall_listener.forecast import Forecast, plan
from livewall_listener.ledger import Ledger

BEGAN = datetime(2026, 3, 1, 12, 0, 0, 250_000)  # noqa: DTZ001  # as Robot Framework's own


def data_of(name: str, tests: list[str], *children: running.TestSuite, tags: dict[str, list[str]] | None = None) -> Any:
    suite = running.TestSuite(name)
    for test in tests:
        suite.tests.create(test, tags=(tags or {}).get(test, []))
    suite.suites = children
    return suite


class Run:
    """Plays Robot Framework: keeps data and results in step and collects what the ledger makes of it."""

    def __init__(self, root: Any) -> None:
        self.ledger = Ledger()
        self.events: list[wire.Event] = []
        self.results: dict[str, Any] = {}
        self._root = root

    def suite(self, data: Any, statuses: dict[str, str], teardown: str = "") -> None:
        """Run a suite whole: `statuses` of tests (PASS by default, "" for one that is not run), then its teardown."""
        result = self.start(data)
        for child in data.suites:
            self.suite(child, statuses)
        for test in list(data.tests):
            if statuses.get(test.name, "PASS"):
                self.test(result, test.name, statuses.get(test.name, "PASS"))
        self.end(result, teardown)

    def start(self, data: Any) -> Any:
        parent = self.results.get(str(id(data.parent))) if data.parent else None
        result = results.TestSuite(name=data.name, source="/suite", doc="Doc", metadata={"a": "b"})
        result.start_time = BEGAN
        if parent is not None:
            parent.suites.append(result)
        self.results[str(id(data))] = result
        self.events += self.ledger.start_suite(data, result) + self.ledger.announce()
        return result

    def test(self, suite: Any, name: str, status: str = "PASS", message: str = "") -> Any:
        result = suite.tests.create(name, tags=["x"], lineno=7)
        result.start_time = BEGAN
        self.events += self.ledger.start_test(result)
        result.end_time = BEGAN + timedelta(seconds=1.5)
        result.status, result.message = status, message
        self.events.append(self.ledger.end_test(result))
        return result

    def end(self, suite: Any, teardown: str = "") -> None:
        if teardown:
            suite.teardown.config(name="Clean Up", status=teardown, message="gone", elapsed_time=0.25)
            self.ledger.end_suite_keyword(suite.teardown)
        suite.end_time = BEGAN + timedelta(seconds=9)
        self.events += self.ledger.end_suite(suite)

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def test_ids_names_and_times_are_those_of_the_result() -> None:
    a, b = data_of("A", ["One"]), data_of("B", ["Two", "Three"])
    run = Run(root := data_of("Root", [], a, b))
    run.suite(root, {"Three": "FAIL"})
    assert [event.id for event in run.of(wire.StartSuite)] == ["s1", "s1-s1", "s1-s2"]
    assert [(e.id, e.longname) for e in run.of(wire.EndTest)] == [
        ("s1-s1-t1", "Root.A.One"),
        ("s1-s2-t1", "Root.B.Two"),
        ("s1-s2-t2", "Root.B.Three"),
    ]
    assert [event.id for event in run.of(wire.StartTest)] == [event.id for event in run.of(wire.EndTest)]
    assert run.of(wire.EndTest)[2] == wire.EndTest(
        "s1-s2-t2", "Three", "Root.B.Three", "FAIL", "", utc(BEGAN), 1.5, 7, ["x"], ""
    )
    assert [(e.id, e.status, e.elapsed_time) for e in run.of(wire.EndSuite)] == [
        ("s1-s1", "PASS", 9.0),
        ("s1-s2", "FAIL", 9.0),
        ("s1", "FAIL", 9.0),
    ]
    assert run.of(wire.StartSuite)[0].metadata == {"a": "b"}


def test_the_plan_follows_the_first_start_in_bearable_pieces() -> None:
    root = data_of("Root", [], data_of("Many", [f"Test {n}" for n in range(2500)]), data_of("Few", ["Last"]))
    run = Run(root)
    run.start(root)
    assert [event.kind for event in run.events] == ["start_suite", "plan", "plan", "plan"]
    names = [name for event in run.of(wire.Plan) for name in event.tests]
    assert len(names) == 2501 and names[0] == "Root.Many.Test 0" and names[-1] == "Root.Few.Last"


def test_a_passed_run_has_no_corrections_and_a_digest() -> None:
    run = Run(root := data_of("Root", ["One", "Two", "Three"]))
    run.suite(root, {"Two": "FAIL", "Three": "SKIP"})
    assert not run.of(wire.CorrectTest) and not run.of(wire.CorrectSuite)
    (end,) = run.ledger.end_process(warnings=2, errors=1)
    digest = wire.digest_of([("s1-t1", "PASS", ""), ("s1-t2", "FAIL", ""), ("s1-t3", "SKIP", "")])
    assert end == wire.EndProcess(3, 1, 1, 1, digest, warnings=2, errors=1)


@pytest.mark.parametrize(("teardown", "statuses"), [("FAIL", ["FAIL", "FAIL", "SKIP"]), ("SKIP", ["SKIP"] * 3)])
def test_a_teardown_changes_all_tests_below_it(teardown: str, statuses: list[str]) -> None:
    child = data_of("Child", ["Passed", "Failed", "Skipped"])
    run = Run(root := data_of("Root", [], data_of("Middle", [], child)))
    start = run.start(root)
    run.suite(root.suites[0], {"Failed": "FAIL", "Skipped": "SKIP"})
    assert not run.of(wire.CorrectTest)
    run.end(start, teardown)
    corrected = run.of(wire.CorrectTest)
    assert [(e.id, e.was, e.status) for e in corrected] == [
        (f"s1-s1-s1-t{n}", was, status) for n, (was, status) in enumerate(zip(["PASS", "FAIL", "SKIP"], statuses), 1)
    ]
    assert all("gone" in event.message and event.longname.startswith("Root.Middle.Child.") for event in corrected)
    suites = [(event.id, event.status) for event in run.of(wire.CorrectSuite)]
    assert suites == ([] if teardown == "FAIL" else [("s1-s1-s1", "SKIP"), ("s1-s1", "SKIP")])
    assert run.events[-1].kind == "end_suite"


def test_the_digest_is_of_the_statuses_as_they_finally_stand() -> None:
    run = Run(root := data_of("Root", ["One"]))
    start = run.start(root)
    run.test(start, "One")
    run.end(start, "FAIL")
    (end,) = run.ledger.end_process(warnings=0, errors=0)
    assert isinstance(end, wire.EndProcess)
    message = "Parent suite teardown failed:\ngone"
    assert (end.passed, end.failed, end.digest) == (0, 1, wire.digest_of([("s1-t1", "FAIL", message)]))


def test_what_a_listener_changes_after_output_xml_was_written_is_not_told() -> None:
    run = Run(root := data_of("Root", ["One", "Two"]))
    start = run.start(root)
    first = run.test(start, "One")
    first.status, first.message = "SKIP", "known bug"
    run.test(start, "Two")
    first.tags.add("late")
    run.end(start)
    assert not run.of(wire.CorrectTest) and run.of(wire.EndSuite)[0].status == "PASS"
    (end,) = run.ledger.end_process(warnings=0, errors=0)
    assert isinstance(end, wire.EndProcess)
    assert (end.passed, end.digest) == (2, wire.digest_of([("s1-t1", "PASS", ""), ("s1-t2", "PASS", "")]))


def test_a_teardown_changes_what_output_xml_has_and_not_what_a_listener_made_of_it() -> None:
    run = Run(root := data_of("Root", ["One"]))
    start = run.start(root)
    run.test(start, "One", "FAIL", "broken").status = "SKIP"
    run.end(start, "FAIL")
    (corrected,) = run.of(wire.CorrectTest)
    assert (corrected.was, corrected.status) == ("FAIL", "FAIL")
    assert corrected.message == "broken\n\nAlso parent suite teardown failed:\ngone"


def test_documentation_and_metadata_are_told_again_where_they_changed() -> None:
    child = data_of("Child", ["One"])
    run = Run(root := data_of("Root", [], child))
    start = run.start(root)
    inner = run.start(child)
    start.metadata["SUT"] = "1.2\x00.3"
    run.test(inner, "One")
    run.end(inner)
    start.doc = "Doc and more"
    run.end(start)
    ends = {event.id: (event.doc, event.metadata) for event in run.of(wire.EndSuite)}
    assert ends == {"s1-s1": (None, None), "s1": ("Doc and more", {"a": "b", "SUT": "1.2.3"})}


def test_keywords_outside_of_tests_are_setups_and_teardowns() -> None:
    run = Run(root := data_of("Root", ["One"]))
    start = run.start(root)
    for seconds in (1.0, 0.5):
        run.ledger.end_suite_keyword(results.Keyword("From Listener", status="FAIL", elapsed_time=seconds))
    run.test(start, "One")
    run.ledger.end_suite_keyword(results.Keyword("Clean Up", type="TEARDOWN", status="PASS", elapsed_time=2.0))
    run.ledger.end_suite_keyword(results.Keyword("From Listener", status="PASS", elapsed_time=4.0))
    run.end(start)
    (end,) = run.of(wire.EndSuite)
    assert end.setup == wire.Phase("Implicit setup", "PASS", 1.5)
    assert end.teardown == wire.Phase("Clean Up", "PASS", 2.0)


def test_totals_follow_what_really_runs() -> None:
    small, large = data_of("Small", ["One", "Gone"]), data_of("Large", ["A", "B", "C"])
    run = Run(root := data_of("Root", [], small, large))
    start = run.start(root)
    run.suite(small, {"Gone": ""})  # excluded while running
    large.tests.create("D")  # generated when its suite starts
    run.suite(large, {})
    run.end(start)
    totals = [(event.kind, event.id, event.total) for event in run.events if hasattr(event, "total")]
    assert totals == [
        ("start_suite", "s1", 5),
        ("start_suite", "s1-s1", 5),
        ("end_suite", "s1-s1", 4),
        ("start_suite", "s1-s2", 5),
        ("end_suite", "s1-s2", 5),
        ("end_suite", "s1", 5),
    ]
    assert [event.test_count for event in run.of(wire.StartSuite)] == [5, 2, 4]


def test_excluded_tests_are_not_expected() -> None:
    root = data_of("Root", ["One", "Two"], tags={"Two": ["robot:exclude"]})
    assert Forecast().count(root) == 1
    assert [event.tests for event in plan(root)] == [["Root.One"]]


def test_ids_are_numbered_as_output_xml_is_written() -> None:
    run = Run(root := data_of("Root", ["One", "Two"]))
    start = run.start(root)
    run.test(start, "One")
    start.tests.clear()  # a listener tidies up
    run.test(start, "Two")
    assert [event.id for event in run.of(wire.EndTest)] == ["s1-t1", "s1-t2"]


def test_nothing_ran() -> None:
    assert Ledger().total == 0
    assert Ledger().end_process(warnings=0, errors=0) == []


def test_an_end_without_a_start_is_told_as_one_with_it() -> None:
    run = Run(root := data_of("Root", ["One"]))
    test = run.start(root).tests.create("One", status="PASS")
    test.start_time, test.end_time = BEGAN, BEGAN + timedelta(seconds=1)
    end = run.ledger.end_test(test)
    assert (end.id, end.longname, end.start_time) == ("s1-t1", "Root.One", utc(BEGAN))


def test_a_suite_has_the_status_of_its_tests() -> None:
    """FAIL where one failed or a listener made one NOT RUN, else PASS where one passed, else SKIP, also of no tests."""
    for statuses, expected in {
        "": "SKIP",
        "S": "SKIP",
        "PS": "PASS",
        "PSF": "FAIL",
        "SF": "FAIL",
        "PN": "FAIL",
    }.items():
        run = Run(root := data_of("Root", list(statuses)))
        start = run.start(root)
        for letter in statuses:
            run.test(start, letter, {"S": "SKIP", "P": "PASS", "F": "FAIL", "N": "NOT RUN"}[letter])
        run.end(start)
        assert run.of(wire.EndSuite)[0].status == expected, statuses
        (end,) = run.ledger.end_process(warnings=0, errors=0)
        assert isinstance(end, wire.EndProcess)
        counts = [statuses.count(letter) for letter in "PFS"]
        assert [end.total, end.passed, end.failed, end.skipped] == [len(statuses), *counts], statuses


def test_the_total_is_what_has_run_once_a_suite_has_ended() -> None:
    a, b = data_of("A", ["One", "Two"]), data_of("B", ["Three"])
    run = Run(root := data_of("Root", [], a, b))
    run.start(root)
    assert run.ledger.total == 3
    run.suite(a, {"Two": ""})
    assert run.ledger.total == 2
    run.suite(b, {})
    assert [(e.id, e.total) for e in run.of(wire.EndSuite)] == [("s1-s1", 2), ("s1-s2", 2)]


def test_texts_are_as_output_xml_has_them() -> None:
    run = Run(root := data_of("Root", []))
    start = run.start(root)
    run.test(start, "Na\x00me \ud800" + "x" * wire.MAX_NAME, "FAIL", "a\x1b[31m\r\nb\x00\ud800" + "y" * wire.MAX_TEXT)
    run.end(start)
    end = run.of(wire.EndTest)[0]
    assert end.name.startswith("Name \ufffdx") and len(end.name) == wire.MAX_NAME
    assert end.message.startswith("a[31m\nb\ufffd") and "[cut by livewall:" in end.message
    assert not run.of(wire.CorrectTest)


def test_a_zone_that_is_more_than_a_day_off_keeps_no_run_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "XYZ+24:59:59")
        time.tzset()
        patch.setattr("livewall_listener.convert._window", (BEGAN, BEGAN, timedelta()))
        assert utc(BEGAN) == "2026-03-02T12:59:59.250000+00:00"
    time.tzset()


def test_local_times_become_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    monkeypatch.setattr("livewall_listener.convert._window", (BEGAN, BEGAN, timedelta()))
    try:
        assert utc(BEGAN) == "2026-03-01T11:00:00.250000+00:00"
        before, after = datetime(2026, 3, 29, 1, 59, 59), datetime(2026, 3, 29, 3, 0, 0)  # noqa: DTZ001
        assert utc(before) == "2026-03-29T00:59:59.000000+00:00"
        assert utc(after) == "2026-03-29T01:00:00.000000+00:00"
        assert utc(before) == "2026-03-29T00:59:59.000000+00:00"
    finally:
        monkeypatch.undo()
        time.tzset()
        utc(BEGAN)
