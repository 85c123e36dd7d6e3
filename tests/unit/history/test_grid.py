"""Cells of the grid, and which part of a longname is a folder."""

from __future__ import annotations

import pytest

from livewall_dashboard.history.grid import cells
from livewall_dashboard.history.results.folders import Named, child, deepest, is_below


def packed(*found: tuple[int, int]) -> str:
    """As the query has it: places count from 1."""
    return "".join(chr(1024 + 8 * place + code) for place, code in found)


def test_letters_are_in_the_order_of_the_runs_and_gaps_are_shown() -> None:
    assert cells.letters(packed((5, 0), (1, 1), (3, 2)), 6) == "F.S.P."
    assert cells.letters(packed((1, 3), (2, 4), (3, 5)), 3) == "NXR"
    assert cells.letters("", 2) == ".."


def test_of_several_results_in_a_run_the_worst_is_shown() -> None:
    assert cells.letters(packed((1, 0), (1, 1), (1, 2)), 1) == "F"
    assert cells.letters(packed((1, 2), (1, 5), (1, 0)), 1) == "R"


def test_a_test_fails_by_the_last_run_that_has_it() -> None:
    assert cells.is_failing(packed((1, 0), (3, 1)))
    assert cells.is_failing(packed((3, 1), (3, 0)))
    assert not cells.is_failing(packed((1, 1), (3, 0)))


@pytest.mark.parametrize(
    ("row", "count"), [("PPFF", 1), ("PFPF", 3), ("P.S.F", 1), ("....", 0), ("RXP", 0), ("F", 0), ("RFN", 1)]
)
def test_flips_leave_out_what_neither_passed_nor_failed(row: str, count: int) -> None:
    assert cells.flips(row) == count


def test_a_suite_with_a_dot_in_its_name_is_one_folder() -> None:
    known = {"Nightly", "Nightly.Release 4.3", "Nightly.Release 4.3.Boot"}
    assert child("Nightly.Release 4.3.Boot", "", known) == "Nightly"
    assert child("Nightly.Release 4.3.Boot", "Nightly", known) == "Nightly.Release 4.3"
    assert child("Nightly.Release 4.3.Boot", "Nightly.Release 4.3", known) == "Nightly.Release 4.3.Boot"
    assert child("Nightly.Release 4.3.Boot", "Nightly.Release 4.3.Boot", known) == ""
    assert child("Other.Boot", "Nightly", known) == ""


def test_where_no_suite_is_known_each_separator_is_a_level() -> None:
    assert child("fast/css/images", "", ()) == "fast"
    assert child("fast/css/images", "fast", ()) == "fast/css"
    assert child("fast/css/images", "fast/css", ()) == "fast/css/images"
    assert Named("fast/css/a.html", "a.html").parent == "fast/css"


def test_folders_with_nothing_to_choose_from_are_opened() -> None:
    assert deepest({"A.B.C", "A.B.D"}, "", {"A", "A.B", "A.B.C", "A.B.D"}) == "A.B"
    assert deepest({"A.B", "A.B.D"}, "", {"A", "A.B", "A.B.D"}) == "A.B"
    assert deepest({"A"}, "", {"A"}) == "A"
    assert deepest(set(), "", ()) == ""


def test_below_a_folder_is_what_a_separator_follows() -> None:
    assert is_below("Shop.Cart", "Shop") and is_below("fast/a", "fast") and is_below("x", "")
    assert not is_below("Shopping.Cart", "Shop")
