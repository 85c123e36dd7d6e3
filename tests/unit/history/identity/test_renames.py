"""What a test is called by `livewall rename`."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.history.identity.renames import Renaming
from livewall_dashboard.history.results.names import NamePair


def others(renaming: Renaming, longname: str, name: str = "") -> list[str]:
    return [other for other, _ in renaming.others((longname, name or longname.rpartition(".")[2]))]


def test_a_suite_takes_all_that_is_below_it_along() -> None:
    renaming = Renaming("suite", "Tests.Login", "Tests.Auth.Sign In")
    assert others(renaming, "Tests.Login.Valid.Works") == ["Tests.Auth.Sign In.Valid.Works"]
    assert others(renaming, "Tests.Auth.Sign In.Works") == ["Tests.Login.Works"]
    assert others(renaming, "Tests.Login 2.Works") == []
    assert others(renaming, "Tests.Login") == []
    assert others(renaming, "Tests.Login", "Tests.Login") == []


def test_a_test_whose_name_holds_a_dot_is_not_below_a_suite() -> None:
    renaming = Renaming("suite", "Tests.Login", "Tests.Auth")
    assert others(renaming, "Tests.Login.Works", "Login.Works") == []
    assert list(renaming.others(("Tests.Login.A. B.", "A. B."))) == [("Tests.Auth.A. B.", "A. B.")]


def test_a_test_is_one_with_its_name() -> None:
    renaming = Renaming("test", "S.Old. One", "S.New", old_name="Old. One", new_name="New")
    assert list(renaming.others(("S.Old. One", "Old. One"))) == [("S.New", "New")]
    assert list(renaming.others(("S.New", "New"))) == [("S.Old. One", "Old. One")]
    assert list(renaming.others(("S.Old. One", "One"))) == []


def test_paths_that_were_uploaded_are_parted_by_slashes() -> None:
    renaming = Renaming("suite", "fast/dom", "fast/tree", separator="/")
    assert list(renaming.others(("fast/dom/a/b.html", "b.html"))) == [("fast/tree/a/b.html", "b.html")]
    assert list(renaming.others(("fast/dom/a.html", "fast/dom/a.html"))) == [("fast/tree/a.html", "fast/tree/a.html")]
    assert list(renaming.others(("fast/dom2/a.html", "a.html"))) == []


@pytest.mark.parametrize(("old", "new"), [("A", "A.B"), ("A.B", "A")])
def test_what_moved_into_or_out_of_itself_moves_once(old: str, new: str) -> None:
    renaming = Renaming("suite", old, new)
    assert others(renaming, "A.x") == ["A.B.x"]
    assert others(renaming, "A.B.x") == ["A.x"]
    assert others(renaming, "A.B.B.x") == []


SUITES = st.lists(st.sampled_from("AB"), min_size=1, max_size=3).map(".".join)


@given(SUITES, SUITES, SUITES)
def test_a_renaming_leads_there_and_back(old: str, new: str, suite: str) -> None:
    renaming = Renaming("suite", old, new)
    test: NamePair = (f"{suite}.x", "x")
    found = list(renaming.others(test)) if old != new else []
    assert all(test in renaming.others(other) for other in found)
    names = {test, *found}
    for _ in range(10):
        names |= {other for each in names for other in renaming.others(each)} if old != new else set()
    assert len(names) <= 2, "nothing is dragged along by way of others"
    assert all(one[1] == other[1] for one, other in pairwise(sorted(names)))
