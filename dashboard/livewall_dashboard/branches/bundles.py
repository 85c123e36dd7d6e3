"""Which branches belong together: a bundle has those of one name over the repositories of a project. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from livewall_dashboard.lab.projects import MAIN_NAMES, Project, Repository

AFTER_BASE = "-_./"
"""What may follow the name of a base in the names of what was branched there: stable-6 and stable-6-fix."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest commit of a branch. `pushed_at`: when it was found there."""

    repository: str
    remote: str
    branch: str
    commit: str
    pushed_at: datetime
    subject: str = ""
    author: str = ""
    committed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """`heads`: by repository. `base`: the bundle whose commits stand in for what is missing, "" for none."""

    name: str
    heads: Mapping[str, Head]
    is_sticky: bool = False
    base: str = ""

    @property
    def pushed_at(self) -> datetime:
        return max(head.pushed_at for head in self.heads.values())

    @property
    def commits(self) -> dict[str, str]:
        return {repository: head.commit for repository, head in self.heads.items()}


@dataclass(frozen=True, slots=True)
class Bundles:
    """Those of a project. `mains`: by repository, what stands in where even the base has nothing."""

    by_name: Mapping[str, Bundle] = field(default_factory=dict)
    mains: Mapping[str, Head] = field(default_factory=dict)


def bundles_of(project: Project, heads: Iterable[Head]) -> Bundles:
    """Of several remotes with a branch of one name, the first one's counts."""
    by_repository: dict[str, list[Head]] = {}
    for head in heads:
        by_repository.setdefault(head.repository, []).append(head)
    base_name = _base_name(project, by_repository)
    found: dict[str, dict[str, Head]] = {}
    mains: dict[str, Head] = {}
    for repository in project.repositories:
        ranks = {remote.name: rank for rank, remote in enumerate(repository.remotes)}
        own = [head for head in by_repository.get(repository.name, []) if head.remote in ranks]
        main = _main(repository, own)
        if main:
            mains[repository.name] = main
        for head in sorted(own, key=lambda head: (ranks[head.remote], head.branch)):
            name = base_name if main and head.branch == main.branch else bundle_name(project, head.branch)
            found.setdefault(name, {}).setdefault(repository.name, head)
    sticky = [name for name in found if is_sticky(project, name, base_name)]
    wanted = {name: of for name, of in found.items() if name in sticky or is_wanted(project, name)}
    return Bundles(
        {name: Bundle(name, of, name in sticky, _base_of(name, sticky, base_name)) for name, of in wanted.items()},
        mains,
    )


def bundle_name(project: Project, branch: str) -> str:
    """By the project's rule; a branch that it does not fit is called as it is."""
    found = project.bundle.fullmatch(branch) if project.bundle else None
    return (found[1] if found else "") or branch


def is_sticky(project: Project, name: str, base_name: str) -> bool:
    """By the patterns; without any, the main branch is."""
    return _matches(project.sticky, name) if project.sticky else name == base_name


def is_wanted(project: Project, name: str) -> bool:
    return (not project.only or _matches(project.only, name)) and not _matches(project.never, name)


def _matches(patterns: Iterable[str], name: str) -> bool:
    return any(_compiled(pattern).fullmatch(name) for pattern in patterns)


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> re.Pattern[str]:
    """`*` is anything, `?` a character."""
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _base_name(project: Project, heads: Mapping[str, Sequence[Head]]) -> str:
    """What the main branches of all repositories are called together: as in the first that has one."""
    for repository in project.repositories:
        main = _main(repository, heads.get(repository.name, []))
        if main:
            return bundle_name(project, main.branch)
    return project.repositories[0].main or MAIN_NAMES[0]


def _main(repository: Repository, heads: Iterable[Head]) -> Head | None:
    """Of its own remote; a branch of that name that another team has is no main one."""
    own = {head.branch: head for head in heads if head.remote == repository.remotes[0].name}
    names = (repository.main,) if repository.main else MAIN_NAMES
    return next((own[name] for name in names if name in own), None)


def _base_of(name: str, sticky: Iterable[str], base_name: str) -> str:
    """The sticky bundle with the longest name that this one's begins with; else the main one."""
    longer = [each for each in sticky if len(each) < len(name) and name.startswith(each)]
    before = [each for each in longer if name[len(each)] in AFTER_BASE]
    return max(before, key=len, default=base_name if name != base_name else "")
