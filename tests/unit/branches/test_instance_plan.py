"""Which instances run, sleep and go: decided alone from what stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from livewall_agent.instancewire import GONE, RUNNING, STOPPED, STOPPING, UP
from livewall_dashboard.branches.instance_plan import MOST_ASLEEP, InstanceState, Wish, wishes

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
ASLEEP = timedelta(days=14)


def instance(number: int, state: str = STOPPED, *, used: float = 0.0, since: float = 0.0, **more: Any) -> InstanceState:
    """`used`, `since`: hours ago."""
    wanted = more.pop("wanted", RUNNING if state == RUNNING else STOPPED)
    ago = (NOW - timedelta(hours=used), NOW - timedelta(hours=since))
    return InstanceState(number, state, wanted, *ago, **more)


def wanted(instances: Sequence[InstanceState], most: int | None = 2) -> dict[int, str]:
    return {number: wish.wanted for number, wish in decide(instances, most).items()}


def decide(instances: Sequence[InstanceState], most: int | None = 2) -> dict[int, Wish]:
    return dict(wishes(instances, most, now=NOW, asleep=ASLEEP))


def test_those_used_last_run() -> None:
    assert wanted([instance(1, used=1), instance(2, used=3), instance(3, used=2)]) == {
        1: RUNNING, 2: STOPPED, 3: RUNNING,
    }  # fmt: skip


def test_a_new_one_waits_until_the_least_used_has_stopped() -> None:
    old, used, new = instance(1, RUNNING, used=3), instance(2, RUNNING, used=1), instance(3)
    assert wanted([old, used, new]) == {1: STOPPED, 2: RUNNING, 3: STOPPED}
    stopping = replace(old, state=STOPPING, wanted=STOPPED)
    assert wanted([stopping, used, new]) == {1: STOPPED, 2: RUNNING, 3: STOPPED}
    assert wanted([replace(stopping, state=STOPPED), used, new]) == {1: STOPPED, 2: RUNNING, 3: RUNNING}


def test_what_stays_runs_before_all_others_and_beyond_the_number() -> None:
    found = decide([*(instance(number, used=9, stays=True) for number in (1, 2, 3)), instance(4, RUNNING)])
    assert {number: wish.wanted for number, wish in found.items()} == {1: STOPPED, 2: RUNNING, 3: RUNNING, 4: STOPPED}
    assert "stay" in found[4].reason
    found = decide([*(instance(number, used=9, stays=True) for number in (1, 2, 3)), instance(4)])
    assert [found[number].wanted for number in (1, 2, 3)] == [RUNNING] * 3
    assert found[1].reason == "3 stay, though 2 may run"


def test_nothing_runs_where_the_number_is_none() -> None:
    assert wanted([instance(1, RUNNING), instance(2, stays=True)], most=0) == {1: STOPPED, 2: STOPPED}


def test_what_goes_for_good() -> None:
    gone = [
        instance(1, RUNNING, is_alive=False),
        instance(2, RUNNING, is_good=False),
        instance(3, RUNNING, wanted=GONE),
        instance(4, STOPPED, used=99, since=24 * 15),
    ]
    others = [instance(number) for number in (11, 12)]
    found = decide([*gone, *others])
    assert [found[each.number].wanted for each in gone] == [GONE] * 4
    assert [found[number].reason for number in (1, 4)] == ["its branch is gone", "it was asleep since 2026-02-14"]


def test_what_is_kept_outlives_its_branch() -> None:
    assert wanted([instance(1, RUNNING, is_alive=False, stays=True, since=24 * 99)]) == {1: RUNNING}


def test_one_whose_build_goes_on_waits_for_its_result() -> None:
    assert wanted([instance(1, is_good=None)]) == {1: STOPPED}


def test_one_that_has_failed_makes_room_until_it_is_woken() -> None:
    failed = instance(1, "failed", wanted=RUNNING, is_spent=True)
    assert wanted([failed, instance(2, used=9)], most=1) == {1: STOPPED, 2: RUNNING}
    assert wanted([replace(failed, is_spent=False, wanted=STOPPED), instance(2, used=9)], most=1)[1] == RUNNING


def test_one_that_is_stopped_by_hand_makes_room_whatever_it_is() -> None:
    said = "stopped by ann"
    found = decide([instance(1, RUNNING, stays=True, stopped=said), instance(2, RUNNING, stopped=said), instance(3)], 3)
    assert {number: (wish.wanted, wish.reason) for number, wish in found.items()} == {
        1: (STOPPED, said), 2: (STOPPED, said), 3: (RUNNING, ""),
    }  # fmt: skip
    assert wanted([instance(1, stays=True, stopped=said, since=24 * 99)])[1] == STOPPED, "it stays, if asleep"


def test_one_whose_agent_is_away_takes_no_place_and_stays_as_it_was() -> None:
    away = instance(1, RUNNING, is_away=True)
    assert wanted([away, instance(2, used=9)], most=1) == {1: RUNNING, 2: RUNNING}


def test_only_so_many_sleep() -> None:
    found = wanted([instance(number, used=100 - number) for number in range(1, 30)], most=2)
    assert sorted(found.values()).count(GONE) == 29 - 2 - MOST_ASLEEP
    assert {found[number] for number in range(1, 12)} == {GONE}


def test_of_a_project_that_is_not_configured_all_sleep_and_age_alone_ends_them() -> None:
    some = [instance(number, RUNNING) for number in range(1, 5)]
    some += [instance(number, since=24.0) for number in range(5, 5 + 2 * MOST_ASLEEP)]
    assert set(wanted(some, most=None).values()) == {STOPPED}
    assert wanted([*some, instance(99, since=24 * 15)], most=None)[99] == GONE


states = st.builds(
    instance,
    st.integers(1, 40),
    st.sampled_from(["starting", "running", "stopping", "stopped", "failed"]),
    used=st.floats(0, 500),
    since=st.floats(0, 500),
    wanted=st.sampled_from([RUNNING, STOPPED, GONE]),
    is_good=st.sampled_from([True, True, True, None, False]),
    is_alive=st.sampled_from([True, True, False]),
    stays=st.booleans(),
    is_away=st.sampled_from([False, False, False, True]),
    is_spent=st.sampled_from([False, False, True]),
    stopped=st.sampled_from(["", "", "stopped by ann"]),
)
labs = st.lists(states, max_size=40, unique_by=lambda each: each.number)


def follow(each: InstanceState, wish: Wish, move: Callable[[InstanceState], str]) -> InstanceState | None:
    """What an agent makes of it; None: nothing of it is left."""
    if each.is_away:
        return replace(each, wanted=wish.wanted)
    is_up = each.state in UP
    if wish.wanted == GONE and not is_up:
        return None
    if wish.wanted == RUNNING and not (each.state == "failed" and each.is_spent):
        state = move(each) if each.state in ("starting", "stopping") else each.state if is_up else "starting"
    else:
        state = {"running": "stopping", "starting": "stopping", "stopping": "stopped"}.get(each.state, each.state)
    return replace(each, wanted=wish.wanted, state=state)


def up(instances: Sequence[InstanceState]) -> list[InstanceState]:
    return [each for each in instances if each.is_up]


@given(labs, st.integers(0, 6))
def test_never_more_than_may_and_it_settles(instances: list[InstanceState], most: int) -> None:
    """Whatever stands at first, what is started keeps to the number, and after a while nothing moves any more."""
    now = instances
    for _ in range(300):
        found = decide(now, most)
        assert found.keys() == {each.number for each in now}
        begun = [each for each in now if found[each.number].wanted == RUNNING and not each.has_place]
        begun = [each for each in begun if not each.is_away]
        able = [each for each in now if not each.is_away and not each.is_spent and not each.stopped]
        able = [each for each in able if each.wanted != GONE]
        places = max(most, sum(each.stays for each in able)) if most else 0
        wished = [each for each in now if not each.is_away and (each.is_up or found[each.number].wanted == RUNNING)]
        assert not begun or len(wished) <= places
        following = [
            after
            for each in now
            if (
                after := follow(
                    each, found[each.number], lambda one: "running" if one.state == "starting" else "stopped"
                )
            )
        ]
        if following == now:
            break
        now = following
    else:
        raise AssertionError(f"it never settles: {now}")
    assert decide(now, most) == found
    able = [each for each in now if not each.is_away and not each.is_spent and not each.stopped and each.is_good]
    staying = [each for each in able if each.stays]
    places = max(most, len(staying)) if most else 0
    first = sorted(able, key=lambda each: (each.stays, each.last_used_at, each.number), reverse=True)[:places]
    assert {each.number for each in up(now)} == {each.number for each in first}, "those that stay, then those used last"
