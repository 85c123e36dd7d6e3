"""Where commits stand: after their parents, whatever their clocks said."""

from __future__ import annotations

from livewall_dashboard.history.commits.commit_order import CommitOrder, Place
from livewall_dashboard.history.commits.git_clone import GitCommit


def commit(name: str, *parents: str, at: int = 1000) -> GitCommit:
    return GitCommit(name, list(parents), at, "Ann", "ann@example.org", name)


def places(branch: str, line: str, *commits: GitCommit, **known: Place) -> list[Place]:
    order = CommitOrder(branch, set(line.split()))
    assert sorted(order.missing_parents(commits)) == sorted(known)
    order.learn(known)
    return [order.place(each) for each in commits]


def test_the_order_is_the_time_and_then_the_parents() -> None:
    found = places("main", "a b c", commit("a"), commit("b", "a"), commit("c", "b", at=2000))
    assert [place.uuid for place in found] == [100_000, 100_001, 200_000]
    assert [place.identifier for place in found] == ["1@main", "2@main", "3@main"]


def test_a_clock_that_was_behind_changes_no_order() -> None:
    found = places("main", "a b", commit("a", at=5000), commit("b", "a", at=10))
    assert [place.uuid for place in found] == [500_000, 500_001]


def test_more_than_a_hundred_in_a_second_stay_in_order() -> None:
    commits = [commit("c0"), *(commit(f"c{number}", f"c{number - 1}") for number in range(1, 250))]
    uuids = [place.uuid for place in places("main", " ".join(each.hash for each in commits), *commits)]
    assert uuids == list(range(100_000, 100_250))


def test_no_clock_is_impossible() -> None:
    found = places("main", "", commit("a", at=-5), commit("b", at=2**62))
    assert [place.uuid for place in found] == [0, 253_402_300_799 * 100]


def test_a_branch_counts_from_where_it_began() -> None:
    base = Place(500, "12@main", "main")
    found = places("fix", "a b", commit("a", "base"), commit("b", "a"), base=base)
    assert [place.identifier for place in found] == ["12.1@fix", "12.2@fix"]
    (next_one,) = places("fix", "c", commit("c", "b"), b=found[1])
    assert (next_one.identifier, next_one.branch) == ("12.3@fix", "fix")


def test_what_came_by_a_merge_has_no_number_on_the_branch() -> None:
    side, merged = places(
        "main", "merge", commit("side", "old"), commit("merge", "old", "side"), old=Place(7, "3@main", "main")
    )
    assert (side.identifier, merged.identifier) == ("", "4@main")
    assert merged.uuid > side.uuid
