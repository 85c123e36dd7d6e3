"""A version over systems and a project over versions, out of rows as the store has them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from livewall_dashboard.buildlogs.version_matrix import matrix
from livewall_dashboard.buildlogs.version_summary import in_order, mail_text, natural, shared_errors

BEGAN = datetime(2026, 1, 31, 12, 0, tzinfo=timezone.utc)


def error(text: str, **more: Any) -> dict[str, Any]:
    return {"file": None, "line": None, "text": text, "flag": None, "kind": "compiler", "hint": "", **more}


def report(system: str, failed_step: str = "", *, total: int = 2, missing: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "run": f"report-{system}", "setup": "porter1", "version": "1.0", "system": system, "architecture": "x86_64",
        "compiler": "gcc 12.2", "status": f"{failed_step} failed" if failed_step else "ok", "failed_step": failed_step,
        "started_at": BEGAN, "total": total, "passed": total, "failed": 0, "skipped": 0, "expected_failures": 0,
        "first_error": error("boom") if failed_step else None, "details": {"missing_tests": missing, "parameters": {}},
        **more,
    }  # fmt: skip


def test_what_failed_comes_first_and_numbers_in_names_count() -> None:
    found = in_order([report("B 10"), report("B 9"), report("A", total=0), report("C", missing=1), report("D", "make")])
    assert [row["system"] for row in found] == ["D", "C", "A", "B 9", "B 10"]
    assert natural("gcc 9.2") < natural("gcc 12")


def test_errors_are_the_same_whatever_their_lines_and_another_one_in_another_step() -> None:
    reports = [
        report("A", "make", first_error=error("no x", file="a.c", line=3)),
        report("B", "configure", first_error=error("no x", file="a.c", line=3)),
        report("C", "make", first_error=error("no x", file="a.c", line=4)),
        report("D", "make", first_error=error("no x", file="b.c", line=3)),
        report("E"),
    ]
    found = shared_errors(reports)
    assert [(each.step, each.places) for each in found] == [("make", [0, 2]), ("configure", [1]), ("make", [3])]


def test_mail_names_each_system_once() -> None:
    chosen = {"missing_tests": 0, "parameters": {"configure_extra_params": "  --disable-nls  CC=c99 "}}
    reports = in_order(
        [
            report("A", "make", first_error=error("no x", file="a.c", line=3, hint="install x")),
            report("B", "make", first_error=error("no x", file="a.c", line=9)),
            report("C", "make-check", first_error=None),
            report("D", status="unknown"),
            report("E", total=0),
            report("F", details=chosen),
            report("G", missing=3),
        ]
    )
    assert mail_text("p 1.0", reports, shared_errors(reports), "http://wall/reports/p/1.0") == (
        "p 1.0: 1 of 7 systems built it and passed its tests.\n\n"
        "make failed on 2 systems: a.c:3: error: no x\n  (install x)\n"
        "  * A, x86_64, gcc 12.2\n  * B, x86_64, gcc 12.2\n\n"
        "Failed:\n  * C, x86_64, gcc 12.2: 2 tests, 2 passed\n\n"
        "Not known whether it is well:\n  * D, x86_64, gcc 12.2: 2 tests, 2 passed\n"
        "  * G, x86_64, gcc 12.2: 5 tests, 2 passed, 3 not named\n\n"
        "Built, no tests:\n  * E, x86_64, gcc 12.2\n\n"
        "No failures on the following:\n  * F, x86_64, gcc 12.2 (--disable-nls CC=c99): 2 tests, 2 passed\n\n"
        "http://wall/reports/p/1.0\n"
    )


def test_cell_is_the_worst_of_its_setups_and_known_beside_the_version_before() -> None:
    later = BEGAN + timedelta(hours=1)
    reports = [
        report("A", "make", version="3", run="bad"),
        report("A", version="3", run="good", setup="porter2", started_at=later),
        report("A", "make", version="1", compiler="gcc 11.1"),
        report("A", "configure", version="0"),
        report("A", version="3", compiler="Apple clang 15.0"),
    ]
    rows = matrix(reports, ["3", "2", "1", "0"])
    assert [key for key, _ in rows] == [("A", "x86_64", "Apple clang"), ("A", "x86_64", "gcc")]
    clang, gcc = (cells for _, cells in rows)
    assert [cell is None for cell in clang] == [False, True, True, True]
    newest, none, older, oldest = gcc
    assert newest is not None and older is not None and oldest is not None and none is None
    assert (newest.worst["run"], newest.reports, newest.failed, newest.is_known) == ("bad", 2, 1, True)
    assert [older.is_known, oldest.is_known] == [False, False]
