"""Which instances of a project run, which sleep, and which go for good: a pure function, asked again after each change.

Those used last run, as many as may; all others sleep until somebody wakes them, which is to use them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from livewall_agent.instancewire import FAILED, GONE, RUNNING, STOPPED, UP

MOST_ASLEEP = 16
"""So many are kept asleep, or as many as may run where that is more."""


@dataclass(frozen=True, slots=True)
class InstanceState:
    """What stands of one. `is_good`: whether its build is, None while that goes on. `stays`: it is kept, or the
    newest of a sticky bundle. `is_away`: its agent is not heard of. `is_spent`: it has failed since it was last woken.
    `stopped`: why it is to sleep until it is woken, "" where nobody said so.
    """

    number: int
    state: str
    wanted: str
    last_used_at: datetime
    changed_at: datetime
    is_good: bool | None = True
    is_alive: bool = True
    stays: bool = False
    is_away: bool = False
    is_spent: bool = False
    stopped: str = ""

    @property
    def is_up(self) -> bool:
        """Whether processes of it may be there."""
        return self.state in UP and not self.is_away

    @property
    def has_place(self) -> bool:
        """Whether it takes one of those that there are."""
        return self.is_up or self.wanted == RUNNING


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of one, and why for people, "" where that needs no word."""

    wanted: str
    reason: str = ""


def wishes(
    instances: Iterable[InstanceState], most: int | None, *, now: datetime, asleep: timedelta
) -> Mapping[int, Wish]:
    """Of one project. `most`: how many run, but for those that stay; None: it is not configured, or leaves none running
    any more, as after a slip of somebody's: then none goes for being one too many. `asleep`: how long one that does
    not run is kept.
    """
    every = list(instances)
    kept_asleep = len(every) if most is None else max(most, MOST_ASLEEP)
    most = most or 0
    found = {each.number: wish for each in every if (wish := _settled(each))}
    rest = sorted((each for each in every if each.number not in found), key=_rank, reverse=True)
    here = [each for each in rest if not each.is_away]
    able = [each for each in here if not each.is_spent and not each.stopped] if most else []
    staying = sum(each.stays for each in able)
    places = max(most, staying)
    chosen = able[:places]
    numbers = {each.number for each in chosen}
    others = [each for each in rest if each.number not in numbers]
    found |= dict(_asleep(others, kept_asleep, now - asleep, _why_asleep(most, staying)))
    crowded = f"{staying} stay, though {most} may run" if staying > most else ""
    leaving = sum(each.is_up for each in every if each.number not in numbers)
    free = places - leaving - sum(each.has_place for each in chosen)
    for each in chosen:
        if not each.has_place and free <= 0:
            found[each.number] = Wish(STOPPED, "it waits for another one to stop")
            continue
        free -= not each.has_place
        found[each.number] = Wish(RUNNING, crowded if each.stays else "")
    return found


def _settled(each: InstanceState) -> Wish | None:
    """What is wanted whatever the others are."""
    if each.wanted == GONE:
        return Wish(GONE)
    if each.is_good is False:
        return Wish(GONE, "its build is no good one, or was removed")
    if not each.is_alive and not each.stays:
        return Wish(GONE, "its branch is gone")
    return Wish(STOPPED, "its build goes on") if each.is_good is None else None


def _rank(each: InstanceState) -> tuple[bool, datetime, int]:
    return each.stays, each.last_used_at, each.number


def _asleep(others: Sequence[InstanceState], most: int, before: datetime, why: str) -> Iterable[tuple[int, Wish]]:
    """`others` in their order. One goes for good once it has stopped."""
    for place, each in enumerate(others, 1):
        if each.is_away:
            yield each.number, Wish(each.wanted)
        elif each.stays or each.state not in (STOPPED, FAILED):
            yield each.number, Wish(STOPPED, each.stopped or why)
        elif place > most:
            yield each.number, Wish(GONE, f"{most} others that sleep were used later")
        elif each.changed_at < before:
            yield each.number, Wish(GONE, f"it was asleep since {each.changed_at:%Y-%m-%d}")
        else:
            yield each.number, Wish(STOPPED, "" if each.state == FAILED else each.stopped or why)


def _why_asleep(most: int, staying: int) -> str:
    if not most:
        return "none of its project may run"
    return (
        f"asleep: {staying} that stay take all {most} places" if staying >= most else "asleep: others were used later"
    )
