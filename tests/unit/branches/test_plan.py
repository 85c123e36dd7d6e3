"""What is decided of branches: a pure function, tried on branches that move, and on builds that end, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from livewall_dashboard.branches.members import Member
from livewall_dashboard.branches.plan import (
    BUILDING,
    DONE,
    GATHERING,
    MOST_CANCELLED,
    MOST_GATHERED,
    WAITING,
    Decision,
    End,
    Launch,
    Move,
)  # fmt: skip
from support.branch_world import GATHER, GOOD, NOW, World


def kinds(decided: Sequence[Decision]) -> list[str]:
    return [type(each).__name__ for each in decided]


def grown(world: World, *, result: str = "ok") -> World:
    """With main built once."""
    world.push("server", "main", "s1")
    world.push("client", "main", "c1")
    world.settle()
    world.wait(GATHER)
    world.settle()
    world.begin(1)
    world.end(1, result)
    assert world.settle() == []
    return world


def test_commits_of_two_repositories_are_gathered_until_the_bundle_is_quiet() -> None:
    world = grown(World())
    world.push("server", "fix", "s2")
    assert kinds(world.settle()) == ["Open"]
    world.wait(GATHER - 1)
    world.push("client", "fix", "c2")
    (move,) = world.settle()
    assert isinstance(move, Move)
    world.wait(GATHER - 1)
    assert world.settle() == []
    world.wait(1)
    (launch,) = world.settle()
    assert isinstance(launch, Launch)
    assert [(each.repository, each.commit, each.match) for each in launch.members] == [
        ("server", "s2", "head"), ("client", "c2", "head"),
    ]  # fmt: skip


def test_a_missing_member_comes_from_the_base_and_the_rule_is_named() -> None:
    world = grown(World())
    world.push("client", "main", "c9")
    world.push("server", "fix", "s2")
    world.settle()
    world.forks["fix"] = {"client": Member("client", "c1", "head", "main")}
    world.wait(GATHER)
    launched = [each for each in world.settle() if isinstance(each, Launch)]
    of_fix = next(each for each in launched if world.builds[each.number].bundle == "fix")
    assert [(each.commit, each.match) for each in of_fix.members] == [("s2", "head"), ("c1", "base_match")]
    world.forks.clear()
    world.push("server", "other", "s3")
    world.settle()
    world.wait(GATHER)
    (launch,) = [each for each in world.settle() if isinstance(each, Launch)]
    assert [(each.commit, each.match) for each in launch.members] == [("s3", "head"), ("c9", "base")]


def test_the_same_commits_are_built_once() -> None:
    world = grown(World())
    for branch in ("one", "two"):
        world.push("server", branch, "s2")
    world.settle()
    world.wait(GATHER)
    launched = [each for each in world.settle() if isinstance(each, Launch)]
    assert [each.same_as for each in launched] == [None, launched[0].number]
    world.push("server", "three", "s1")  # what main was built of
    world.settle()
    world.wait(GATHER)
    (launch,) = [each for each in world.settle() if isinstance(each, Launch)]
    assert launch.same_as == 1


def test_newer_commits_take_the_place_of_what_waits_and_of_what_runs() -> None:
    world = grown(World())
    world.push("server", "fix", "s2")
    world.settle()
    world.wait(GATHER)
    world.settle()
    first_due = world.builds[2].due_at
    world.push("server", "fix", "s3")
    world.settle()
    world.wait(GATHER)
    ended, launch = world.settle()
    assert ended == End(2, "skipped", "superseded by 3", 3)
    assert isinstance(launch, Launch)
    assert launch.place == first_due, "it has its place in the queue"
    world.begin(3)
    world.push("server", "fix", "s4")
    world.settle()
    world.wait(GATHER)
    world.settle()
    assert world.states("fix") == ["skipped", "killed", WAITING]


def test_a_build_that_another_branch_waits_for_is_not_cancelled() -> None:
    world = grown(World())
    for branch in ("one", "two"):
        world.push("server", branch, "s2")
    world.settle()
    world.wait(GATHER)
    world.settle()
    world.begin(2)
    world.push("server", "one", "s3")
    world.settle()
    world.wait(GATHER)
    world.settle()
    assert world.states("one") == [BUILDING, GATHERING]
    world.end(2)
    world.settle()
    assert (world.states("one"), world.states("two")) == (["ok", WAITING], ["as 2"])


def test_what_is_cancelled_in_this_moment_is_nobodys_result() -> None:
    world = grown(World())
    world.push("server", "one", "s2")
    world.settle()
    world.wait(GATHER)
    world.settle()
    world.begin(2)
    world.push("server", "one", "s3")
    world.push("server", "two", "s2")
    world.settle()
    world.wait(GATHER)
    world.settle()
    assert (world.states("one"), world.states("two")) == (["killed", WAITING], [WAITING])


def test_a_sticky_bundle_is_built_to_the_end_and_newer_commits_wait() -> None:
    world = grown(World())
    world.push("server", "main", "s2")
    world.settle()
    world.wait(GATHER)
    world.settle()
    world.begin(2)
    world.push("server", "main", "s3")
    world.settle()
    world.wait(10 * GATHER)
    assert world.settle() == []
    world.push("server", "main", "s4")
    world.settle()
    world.end(2)
    world.wait(GATHER)
    world.settle()
    assert world.states("main") == ["ok", "ok", WAITING]
    assert world.builds[3].members[0].commit == "s4"


def test_a_bundle_that_is_pushed_to_without_end_comes_to_a_result() -> None:
    world = grown(World())
    for number in range(2, 4 + MOST_CANCELLED):
        world.push("server", "busy", f"s{number}")
        world.settle()
        world.wait(GATHER)
        world.settle()
        waiting = [build.number for build in world.builds.values() if build.state == WAITING]
        for each in waiting:
            world.begin(each)
    assert world.states("busy") == ["killed"] * MOST_CANCELLED + [BUILDING, GATHERING]
    world.end(2 + MOST_CANCELLED)
    world.settle()
    assert world.states("busy")[-2:] == ["ok", WAITING]


def test_a_bundle_that_is_never_quiet_is_built_all_the_same() -> None:
    world = grown(World())
    for number in range(2, 30):
        world.push("server", "busy", f"s{number}")
        world.settle()
        world.wait(GATHER / 2)
        world.settle()
        if WAITING in world.states("busy"):
            break
    assert world.now - NOW <= timedelta(seconds=GATHER * (MOST_GATHERED + 2))
    assert world.states("busy")[0] == WAITING


def test_branches_that_are_gone_end_what_goes_on_of_them() -> None:
    world = grown(World())
    for branch in ("gathers", "waits", "runs"):
        world.push("server", branch, f"s-{branch}")
    world.settle()
    world.wait(GATHER)
    world.push("server", "gathers", "s-more")
    world.settle()
    world.begin(next(build.number for build in world.builds.values() if build.bundle == "runs"))
    for branch in ("gathers", "waits", "runs"):
        world.delete("server", branch)
    world.settle()
    assert [world.states(name) for name in ("gathers", "waits", "runs")] == [["skipped"], ["skipped"], ["killed"]]


def test_a_renamed_branch_keeps_the_build_that_runs() -> None:
    world = grown(World())
    world.push("server", "before", "s2")
    world.settle()
    world.wait(GATHER)
    world.settle()
    world.begin(2)
    world.delete("server", "before")
    world.push("server", "after", "s2")
    world.settle()
    world.wait(GATHER)
    world.settle()
    assert world.states("before") == [BUILDING]
    assert world.states("after") == ["as 2"]
    world.end(2)
    assert world.settle() == []


def test_a_member_that_is_deleted_is_no_news_and_back_to_a_former_commit_is_no_new_build() -> None:
    world = grown(World())
    world.push("server", "fix", "s2")
    world.push("client", "fix", "c2")
    world.settle()
    world.wait(GATHER)
    world.settle()
    world.end(2)
    world.delete("client", "fix")
    assert world.settle() == []
    world.push("client", "fix", "c3")
    world.settle()
    world.wait(GATHER)
    world.settle()
    world.push("client", "fix", "c2")  # forced back
    world.settle()
    world.wait(GATHER)
    world.settle()
    assert world.states("fix") == ["ok", "skipped", "as 2"]


def test_forced_back_to_what_waits_goes_on_waiting() -> None:
    world = grown(World())
    world.push("server", "fix", "s2")
    world.settle()
    world.wait(GATHER)
    world.settle()
    world.push("server", "fix", "s3")
    world.settle()
    world.push("server", "fix", "s2")
    world.settle()
    world.wait(GATHER)
    world.settle()
    assert world.states("fix") == [WAITING, "as 2"]


def test_old_branches_are_not_built_but_sticky_ones_are() -> None:
    world = World()
    world.push("server", "main", "s1")
    world.push("server", "old", "s0")
    world.wait(31 * 86400)
    world.settle()
    assert [build.bundle for build in world.builds.values()] == ["main"]


def test_a_clock_that_was_set_back_holds_nothing_up() -> None:
    world = World()
    world.push("server", "main", "s1")
    world.settle()
    world.wait(-86400)
    assert kinds(world.settle()) == ["Launch"]


def test_an_ordered_build_is_made_once_more_and_gives_way_to_none() -> None:
    world = grown(World(), result="failed")
    again = world.rebuild(1)
    (launch,) = world.settle()
    assert isinstance(launch, Launch)
    assert launch.same_as is None
    world.push("server", "main", "s2")
    world.settle()
    world.wait(GATHER)
    world.settle()
    assert world.states("main") == ["failed", WAITING, GATHERING]
    world.end(again)
    world.settle()
    assert world.states("main") == ["failed", "ok", WAITING]


BRANCHES = ("main", "one", "two", "stable")
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.sampled_from(("server", "client")), st.sampled_from(BRANCHES), st.integers(1, 4)),
        st.tuples(st.just("delete"), st.sampled_from(("server", "client")), st.sampled_from(BRANCHES[1:])),
        st.tuples(st.just("wait"), st.sampled_from((1.0, GATHER / 2, GATHER, 5 * GATHER))),
        st.tuples(st.just("begin")),
        st.tuples(st.just("end"), st.sampled_from(("ok", "failed", "killed"))),
        st.tuples(st.just("again"), st.integers(0, 9)),
    ),
    max_size=40,
)


def act(world: World, kind: str, *what: object) -> None:
    if kind == "push":
        repository, branch, number = what
        world.push(str(repository), str(branch), f"{repository}{number}")
    elif kind == "delete":
        world.delete(*what)  # type: ignore[arg-type]
    elif kind == "wait":
        world.wait(float(what[0]))  # type: ignore[arg-type]
    elif kind == "begin":
        waiting = [build for build in world.builds.values() if build.state == WAITING]
        if waiting:
            world.begin(min(waiting, key=lambda build: (build.due_at, build.number)).number)  # type: ignore[arg-type,return-value]
    elif kind == "end":
        running = [build.number for build in world.builds.values() if build.state == BUILDING]
        if running:
            world.end(running[0], str(what[0]))
    elif kind == "again":
        done = [build.number for build in world.builds.values() if build.state == DONE and build.members]
        if done:
            world.rebuild(done[int(what[0]) % len(done)])  # type: ignore[call-overload]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTS)
def test_nothing_starves_and_nothing_is_built_twice(acts: list[tuple[object, ...]]) -> None:
    world = World()
    for each in acts:
        act(world, str(each[0]), *each[1:])
        world.settle()
        active: dict[str, int] = {}
        for build in world.builds.values():
            active[build.bundle] = active.get(build.bundle, 0) + (build.state in (WAITING, BUILDING))
        assert max(active.values(), default=0) <= 1, "one batch a bundle at a time"
    _let_it_come_to_rest(world)
    _assert_all_is_built(world)


def _let_it_come_to_rest(world: World) -> None:
    """Agents take what waits, and nobody pushes."""
    for _ in range(200):
        world.settle()
        open_ones = [build for build in world.builds.values() if build.state != DONE]
        if not open_ones:
            return
        for build in open_ones:
            if build.state == WAITING:
                world.begin(build.number)
                world.end(build.number)
            elif build.state == BUILDING:
                world.end(build.number)
        world.wait(GATHER)
    raise AssertionError(f"it comes to no rest: {[build for build in world.builds.values() if build.state != DONE]}")


def _assert_all_is_built(world: World) -> None:
    for bundle in world.bundles.by_name.values():
        newest = max(
            (build for build in world.builds.values() if build.bundle == bundle.name and not build.rebuilds),
            key=lambda build: build.number,
        )
        assert all(newest.heads.get(repository) == commit for repository, commit in bundle.commits.items())
    # What was built without being ordered was not there with a result before.
    good = set()
    for number, fingerprint in world.launched:
        if not world.builds[number].rebuilds:
            assert fingerprint not in good, "built twice"
        if world.results[number] in GOOD:
            good.add(fingerprint)
