from __future__ import annotations

import re

import pytest

from bench import report
from bench.benchmarks import BENCHMARKS
from bench.budgets import BUDGETS, WHY_MISSED, Budget
from bench.curve import Limit
from bench.machine import QUIET, Load
from bench.measurement import Check, Measurement, over_rounds
from bench.report import Figures

WHY = "The other one is written in C."


def figures(*checks: Check, load: Load | None = None, limit: Limit | None = None) -> Figures:
    measurement = Measurement("x", "A title, 50 %", "How.", list(checks), [["what"], ["a"]], limit=limit)
    return Figures("2026-11-29", {"CPU": "one"}, measurement, load)


def row_of(name: str, *kept: Figures) -> list[str]:
    return next(row for row in report.budget_rows(kept) if row[0] == BUDGETS[name].what)


@pytest.fixture
def _with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WHY_MISSED, "single", WHY)


@pytest.mark.usefixtures("_with_a_reason")
def test_budgets_kept_has_its_spread_and_no_reason() -> None:
    row = row_of("single", figures(over_rounds("single", [0.95, 1.1, 1.0])))
    assert row[1:] == ["at least 0.9 x", "1 x (0.95 to 1.1)", "yes", ""]


@pytest.mark.usefixtures("_with_a_reason")
def test_budgets_missed_says_why() -> None:
    assert row_of("single", figures(Check("single", 0.85)))[2:] == ["0.85 x", "**no**", WHY]


def test_budgets_missed_by_a_hair_have_the_digits_that_say_so() -> None:
    assert row_of("listener-up", figures(Check("listener-up", 1.0502622337)))[2:4] == ["1.0503 x", "**no**"]
    assert row_of("listener-up", figures(Check("listener-up", 1.05)))[2:4] == ["1.05 x", "yes"]


def test_budgets_taken_on_a_noisy_machine_say_so() -> None:
    assert row_of("single", figures(Check("single", 1.0), load=Load(QUIET + 0.01, 3.0, 0)))[2] == "1 x, noisy"
    assert row_of("single", figures(Check("single", 1.0), load=Load(QUIET, 0.3, 0)))[2] == "1 x"


def test_budgets_not_measured_are_in_the_table() -> None:
    assert row_of("single")[2:] == ["", "not measured", ""]
    assert row_of("morning-page")[2:] == ["", "not measured", "not built yet"]


def test_budgets_of_a_bound_are_kept_at_the_bound() -> None:
    assert Budget("", 5, "", None).is_kept(5) and not Budget("", 5, "", None).is_kept(5.01)
    assert Budget("", 5, "", None, at_most=False).is_kept(5) and not Budget("", 5, "", None, at_most=False).is_kept(
        4.99
    )


def test_budgets_belong_to_benchmarks_that_there_are() -> None:
    assert {budget.benchmark for budget in BUDGETS.values()} <= {*BENCHMARKS, None}
    assert WHY_MISSED.keys() <= BUDGETS.keys()


def test_page_names_the_first_limit_and_all_others() -> None:
    near, far = Limit("the core is full", "nodes", 600, 500, 500), Limit("it is slow", "results", None, 1e7, 1e7)
    text = report.page([figures(limit=far), figures(limit=near)])
    assert "The first limit of a lab that grows: **the core is full at about 600 nodes" in text
    assert "- [A title, 50 %](#a-title-50-): up to 10,000,000 results, it is slow is not in sight." in text


def test_page_without_curves_speaks_of_no_limit() -> None:
    assert "limit" not in report.page([figures()])


def test_page_says_how_quiet_it_was() -> None:
    text = report.page([figures(load=Load(0.031, 0.4, -5, (21.3, 40.4)))])
    words = "others used 3% of the machine meanwhile (load average before: 0.4, niceness -5; pace 21 and 40 ms)."
    assert f"Measured on 2026-11-29; {words}" in text
    assert "**noisy**, more than 15%" in report.page([figures(load=Load(0.5, 9.0, 0))])


def test_figures_that_are_kept_are_of_budgets_and_of_benchmarks() -> None:
    for each in report.read():
        assert each.measurement.name in BENCHMARKS
        for check in each.measurement.checks:
            assert BUDGETS[check.budget].benchmark == each.measurement.name


def test_page_in_the_documentation_is_that_of_the_figures() -> None:
    is_same = report.PAGE.read_text(encoding="utf-8") == report.page(report.read())
    assert is_same, "write it anew: cd tests && python -m bench.report"


def test_budgets_that_the_figures_do_not_keep_say_why() -> None:
    rows = report.budget_rows(report.read())
    assert not [row[0] for row in rows if re.search(r"\*\*no\*\*", row[3]) and row[4] == report.NO_REASON]
