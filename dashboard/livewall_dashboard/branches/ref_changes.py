"""What became of a remote's branches between two looks. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from livewall_dashboard.branches.mirror import Branch


@dataclass(frozen=True, slots=True)
class Known:
    """A branch as it is stored. `is_there`: at the look before."""

    id: int
    name: str
    commit: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class Change:
    """`kind`: new, moved, forced (the former commit is no part of it any more), deleted, renamed.

    `branch` None: deleted. `known` None: never seen. `former`: the name before.
    """

    kind: str
    branch: Branch | None
    known: Known | None
    former: str = ""


def ref_changes(known: Sequence[Known], seen: Sequence[Branch], is_part: Callable[[str, str], bool]) -> list[Change]:
    """`is_part(commit, head)`: whether a commit is part of what a head is."""
    before = {each.name: each for each in known}
    now = {each.name: each for each in seen}
    gone = {name: each for name, each in before.items() if each.is_there and name not in now}
    changes = [Change("deleted", None, each) for each in gone.values()]
    left: dict[str, str] = {each.commit: name for name, each in gone.items()}
    for name, branch in now.items():
        former = before.get(name)
        if former is None or not former.is_there:
            old_name = left.pop(branch.commit, "")
            changes.append(Change("renamed" if old_name else "new", branch, former, old_name))
        elif former.commit != branch.commit:
            kind = "moved" if is_part(former.commit, branch.commit) else "forced"
            changes.append(Change(kind, branch, former))
    return changes
