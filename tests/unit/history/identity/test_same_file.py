"""Which longnames are of one suite: never of two, whatever was seen, and in whatever order."""

from __future__ import annotations

from itertools import combinations
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from robot import running

from livewall_dashboard.history.identity.same_file import (
    Level,
    Sighting,
    name_of_folder,
    one_suite,
    own_names,
    sighting,
)

SHOP, FORK = "git.example/lab/shop", "git.example/ann/shop"


def seen(suite: int, *levels: tuple[str, str], node: str = "n1", root: str = "", address: str = "") -> Sighting:
    return sighting(suite, [Level(*level) for level in levels], node=node, root=root, address=address)


def groups(*sightings: Sighting, apart: tuple[tuple[int, int], ...] = ()) -> set[frozenset[int]]:
    return set(one_suite(sightings, {frozenset(pair) for pair in apart}))


WHOLE = seen(1, ("Tests", "/w/tests"), ("Login", "/w/tests/login.robot"))
ALONE = seen(2, ("Login", "/w/tests/login.robot"))
SEVERAL = seen(3, ("Login & Orders", ""), ("Login", "/w/tests/login.robot"))


def test_how_far_up_robot_began_makes_no_difference() -> None:
    assert groups(WHOLE, ALONE, SEVERAL) == {frozenset({1, 2, 3})}
    above = seen(4, ("W", "/w"), ("Tests", "/w/tests"), ("Login", "/w/tests/login.robot"))
    assert groups(WHOLE, above) == {frozenset({1, 4})}


@pytest.mark.parametrize(
    "other",
    [
        seen(2, ("Firefox", "/w/tests"), ("Login", "/w/tests/login.robot")),
        seen(2, ("Firefox", ""), ("Login", "/w/tests/login.robot")),
        seen(2, ("Login", "/w/other/login.robot")),
        seen(2, ("Login", "/w/tests/login.robot"), node="n2"),
        seen(2, ("Login", r"C:\w\tests\login.robot")),
        seen(2, ("Login", "")),
    ],
    ids=["--name", "--name of several", "another folder", "another machine", "another drive", "no file"],
)
def test_what_proves_nothing_joins_nothing(other: Sighting) -> None:
    assert groups(WHOLE, other) == set()


def test_a_path_from_an_unknown_folder_on_proves_nothing() -> None:
    """Such are in JUnit files: of whose project nobody knows."""
    whole = seen(1, ("Tests", "tests"), ("Login", "tests/login.robot"))
    assert groups(whole, seen(2, ("Login", "tests/login.robot"))) == set()
    share = [("Tests", r"\\srv\a\tests"), ("Login", r"\\srv\a\tests\login.robot")]
    assert groups(seen(1, *share), seen(2, *share[1:])) == {frozenset({1, 2})}


def test_a_name_that_the_file_has_itself_is_part_of_it() -> None:
    whole = seen(1, ("Tests", "/w/tests"), ("Shop", "/w/tests/a"), ("Log In", "/w/tests/a/b.robot"))
    folder = seen(2, ("Shop", "/w/tests/a"), ("Log In", "/w/tests/a/b.robot"))
    alone = seen(3, ("Log In", "/w/tests/a/b.robot"))
    assert groups(whole, folder, alone) == {frozenset({1, 2})}, "by --name a stranger might be called Log In"


def test_clones_on_any_machine_are_one() -> None:
    sightings = [
        seen(1, ("Tests", "/ci/a/tests"), ("Login", "/ci/a/tests/login.robot"), root="/ci/a", address=SHOP),
        seen(2, ("Login", r"c:\ws\a\tests\login.robot"), root="C:\\ws\\a\\", address=SHOP, node="n2"),
        seen(3, ("B", "/b"), ("Tests", "/b/tests"), ("Login", "/b/tests/login.robot"), root="/b", address=FORK),
        seen(3, ("B", "/b"), ("Tests", "/b/tests"), ("Login", "/b/tests/login.robot"), root="/b", address=SHOP),
    ]  # fmt: skip
    assert groups(*sightings) == {frozenset({1, 2, 3})}, "a fork speaks not against it"
    assert groups(*sightings[:3]) == {frozenset({1, 2})}, "nor does it prove anything"


def test_the_same_path_in_two_places_of_a_repository_is_two() -> None:
    one = seen(1, ("Tests", "/w/x/tests"), ("Login", "/w/x/tests/login.robot"), root="/w", address=SHOP)
    other = seen(2, ("Login", "/w/y/tests/login.robot"), root="/w", address=SHOP)
    assert groups(one, other) == set()


def test_a_longname_of_two_files_is_joined_with_nothing() -> None:
    elsewhere = seen(2, ("Login", "/w/other/login.robot"))
    assert groups(WHOLE, ALONE, SEVERAL, elsewhere) == {frozenset({1, 3})}
    unknown = seen(2, ("Login", ""))
    assert groups(WHOLE, ALONE, unknown) == set()
    of_other_repository = [
        seen(suite, *levels, root="/w", address=address)
        for suite, levels, address in [
            (1, [("Tests", "/w/tests"), ("Login", "/w/tests/login.robot")], SHOP),
            (2, [("Login", "/w/tests/login.robot")], SHOP),
            (2, [("Login", "/w/tests/login.robot")], "git.example/lab/bank"),
        ]
    ]
    assert groups(*of_other_repository) == set()


def test_a_place_that_ends_like_another_is_another() -> None:
    inner, outer = (
        [("Tests", f"/w{folder}/tests"), ("Login", f"/w{folder}/tests/login.robot")] for folder in ("/a", "")
    )
    alone = seen(2, ("Login", "/w/tests/login.robot"), root="/w", address=SHOP)
    whole = [seen(1, *levels, root="/w", address=SHOP) for levels in (inner, outer)]
    assert groups(whole[1], alone) == {frozenset({1, 2})}
    assert groups(*whole, alone) == groups(*reversed(whole), alone) == set()


def test_a_name_that_was_chosen_once_and_found_another_time_is_two() -> None:
    chosen = seen(3, ("W", "/w/tests"), ("Login", "/w/tests/login.robot"))
    found = seen(3, ("W", "/w"), ("Login", "/w/tests/login.robot"))
    assert groups(WHOLE, ALONE, found) == {frozenset({1, 2, 3})}
    assert groups(WHOLE, ALONE, found, chosen) == {frozenset({1, 2})}


def test_a_file_that_is_in_no_clone_may_be_the_one_in_a_clone() -> None:
    clone = [
        seen(1, ("Tests", "/w/tests"), ("Login", "/w/tests/login.robot"), root="/w", address=SHOP),
        seen(2, ("Login", "/w/tests/login.robot"), root="/w", address=SHOP),
    ]
    assert groups(*clone, seen(2, ("Login", "/copy/tests/login.robot"))) == {frozenset({1, 2})}
    assert groups(*clone, seen(2, ("Login", "/copy/other/login.robot"))) == set()


def test_what_ran_in_one_run_is_two_and_so_is_all_that_it_was_joined_with() -> None:
    assert groups(WHOLE, ALONE, SEVERAL, apart=((1, 3),)) == set()
    assert groups(WHOLE, ALONE, apart=((1, 3),)) == {frozenset({1, 2})}


@pytest.mark.parametrize(
    "path",
    [
        "tests",
        "my_tests",
        "01__tests",
        "01__a__b",
        "FOO_bar",
        "a.b",
        "__x",
        "tests__",
        "ünïcode_ß",
        "_a_",
        "Ab cD",
        "4",
    ],
)
def test_folders_are_named_as_robot_does(tmp_path: PurePosixPath, path: str) -> None:
    folder = tmp_path / path
    folder.mkdir()  # type: ignore[attr-defined]
    assert name_of_folder(str(folder)) == running.TestSuite.name_from_source(folder)
    assert name_of_folder(f"D:\\w\\{path}") == running.TestSuite.name_from_source(folder)


def test_dots_and_ampersands_in_names_are_names() -> None:
    levels = [Level("A & B", "/w/a & b"), Level("B.C", "/w/a & b/b.c"), Level("D.E", "/w/a & b/b.c/d.e.robot")]
    assert own_names(levels) == ("D.E",)
    assert own_names([Level("A & B", ""), Level("A", "/w/A"), Level("T", "/w/A/t.robot")]) == ("T",)
    assert own_names([Level("A & Bc", ""), Level("B", "/w/B"), Level("T", "/w/B/t.robot")]) == ("A & Bc", "B", "T")


FOLDERS = st.lists(st.sampled_from(["tests", "a", "b"]), max_size=3)
FILES = st.sampled_from(["login.robot", "orders.robot"])


@st.composite
def runs(draw: st.DrawFn) -> list[Sighting]:
    """What was seen of files in two repositories on two machines, by any starting point, under any name."""
    longnames: dict[tuple[str, ...], int] = {}
    sightings = []
    for _ in range(draw(st.integers(2, 8))):
        folders, file = draw(FOLDERS), draw(FILES)
        repository, node = draw(st.sampled_from([SHOP, "git.example/lab/bank"])), draw(st.sampled_from(["n1", "n2"]))
        root = draw(st.sampled_from(["/w", "/ws/job@2"]))
        first = draw(st.integers(0, len(folders)))
        paths = ["/".join([root, *folders[: end + 1]]) for end in range(first, len(folders))]
        levels = [Level(name_of_folder(path), path) for path in paths]
        levels.append(Level(file[:-6].title(), "/".join([root, *folders, file])))
        if draw(st.integers(0, 4)) == 0:
            levels[0] = Level("Chosen", levels[0].source)
        suite = longnames.setdefault(tuple(level.name for level in levels), len(longnames) + 1)
        is_clone = draw(st.booleans())
        sightings.append(
            sighting(suite, levels, node=node, root=root if is_clone else "", address=repository if is_clone else "")
        )
    return sightings


@given(runs(), st.data())
def test_joining_is_safe_and_has_no_order(sightings: list[Sighting], data: st.DataObject) -> None:
    suites = sorted({each.suite for each in sightings})
    pairs = [frozenset(pair) for pair in combinations(suites, 2)]
    apart = set(data.draw(st.lists(st.sampled_from(pairs), max_size=2))) if pairs else set()
    found = set(one_suite(sightings, apart))
    assert found == set(one_suite(data.draw(st.permutations(sightings)), apart)), "whichever came first"
    assert found == set(one_suite(sightings * 2, apart)), "however often"
    assert sum(map(len, found)) == len(set().union(*found) if found else ()), "a suite is in one group"
    renumbered = [
        Sighting(-each.suite, *[getattr(each, name) for name in Sighting.__slots__[1:]]) for each in sightings
    ]
    mirrored = {frozenset(-suite for suite in pair) for pair in apart}
    assert {frozenset(-suite for suite in group) for group in one_suite(renumbered, mirrored)} == found, (
        "by whatever number"
    )
    for group in found:
        assert not any(pair <= group for pair in apart)
        of_group = [each for each in sightings if each.suite in group]
        assert len({each.place for each in of_group if each.place}) <= 1, "never two places of a repository"
        assert len({each.names for each in of_group}) == 1
        assert len({each.path.rpartition("/")[2] for each in of_group}) == 1
        if not any(each.place for each in of_group):
            assert len({each.path for each in of_group}) == 1
