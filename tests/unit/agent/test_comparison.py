"""What `livewall compare` makes of the wall's answer."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from livewall_agent.comparison import junit, text
from livewall_agent.comparison.compared import Compared
from livewall_agent.comparison.kinds import WORDS, WORSE

HOSTILE = "\x1b[31m`a``b` | <script>\n\x00second line"


def run(**more: Any) -> dict[str, Any]:
    counts = {"total": 2, "passed": 1, "failed": 1, "skipped": 0, "expected_failures": 0}
    return {
        "id": "one", "name": "Shop", "suite": "Shop", "setup": "rig-1", "state": "finished", "status": "FAIL",
        "verification": "verified", "counts": counts, "missing": 0, "missing_failures": 0, "branch": "main",
        "commit": "3e1a07b93e1a", "started_at": "2026-03-01T12:00:30.250000+00:00", **more,
    }  # fmt: skip


def result(message: str = "", elapsed_time: float = 1.5, longname: str = "Shop.Cart.Add") -> dict[str, Any]:
    return {"message": message, "elapsed_time": elapsed_time, "longname": longname}


def compared(
    *tests: dict[str, Any], right: dict[str, Any] | None = None, left: dict[str, Any] | None = None
) -> Compared:
    counts = {kind: sum(test["kind"] == kind for test in tests) for kind in WORDS}
    return Compared(left or run(), right or run(), counts, list(tests), "http://wall/compare?left=one&right=two")


def changed(kind: str, left: Any, right: Any, longname: str = "Shop.Cart.Add") -> dict[str, Any]:
    return {"longname": longname, "kind": kind, "left": left, "right": right}


ALL = (
    changed("new_failures", result(), result(HOSTILE)), changed("not_executed", result(), None),
    changed("still_failing", result("old"), result("new")), changed("fixed", result("was so"), result()),
    changed("slower", result(), result(elapsed_time=9)),
)  # fmt: skip


def test_worse_is_what_somebody_says_it_is() -> None:
    assert compared(ALL[0]).is_worse(WORSE) and compared(ALL[1]).is_worse(WORSE)
    assert not compared(*ALL[2:]).is_worse(WORSE)
    assert compared(ALL[4]).is_worse(["slower"]) and not compared(ALL[0]).is_worse(["slower"])


@pytest.mark.parametrize(
    "lacks",
    [
        {"state": "running", "status": None}, {"state": "abandoned"}, {"missing": 3}, {"missing_failures": 1},
        {"verification": "partial"}, {"counts": {**run()["counts"], "total": 0}},
    ],
)  # fmt: skip
def test_a_run_that_lacks_results_never_passes(lacks: dict[str, Any]) -> None:
    told = compared(right=run(**lacks))
    assert told.is_worse([]) and told.doubts
    assert "cannot be believed" in text.plain(told)
    assert ET.fromstring(junit.document(told, WORSE)).find("testsuite/testcase/failure") is not None
    assert not compared(left=run(**lacks)).is_worse([])


def test_a_terminal_is_told_nothing_by_a_message() -> None:
    told = text.plain(compared(*ALL))
    assert "\x1b" not in told and "\x00" not in told and "second line" not in told
    assert "Shop.Cart.Add  1.50 s, now 9.00 s" in told
    assert "1 new failure, 1 not executed, 1 still failing, 1 fixed, 1 slower" in told
    assert "was so" not in told


def test_many_tests_of_a_kind_are_cut() -> None:
    told = text.plain(compared(*(changed("fixed", result(), result()) for _ in range(text.MOST + 7))))
    assert told.count("Shop.Cart.Add") == text.MOST and "and 7 more" in told


def test_no_name_and_no_message_is_markup_in_markdown() -> None:
    told = text.markdown(compared(*ALL, right=run(name="a|b")))
    assert "| now | `a\\|b` on `rig-1`, 2026-03-01 12:00 UTC | FAIL: 1 failed, 1 passed |" in told
    (line,) = (line for line in told.splitlines() if "<script>" in line)
    assert line.startswith("- `Shop.Cart.Add`: ``` ") and line.endswith(" ```") and "\\|" in line


def test_junit_has_a_failure_for_what_is_worse_and_skips_what_failed_before() -> None:
    suite = ET.fromstring(junit.document(compared(*ALL), WORSE)).find("testsuite")
    assert suite is not None
    assert suite.attrib == {"name": "Shop compared", "tests": "6", "failures": "2", "skipped": "1", "errors": "0"}
    cases = suite.findall("testcase")
    assert [[child.tag for child in case] for case in cases] == [[], ["failure"], ["failure"], ["skipped"], [], []]
    assert (cases[1].get("classname"), cases[1].get("name"), cases[1].get("time")) == ("Shop.Cart", "Add", "1.500")
    failure = cases[1].find("failure")
    assert failure is not None and failure.text is not None and failure.text.endswith("second line")
    slow = ET.fromstring(junit.document(compared(*ALL), ["slower"])).find("testsuite")
    assert slow is not None and slow.get("failures") == "1" and slow.get("skipped") == "3"
