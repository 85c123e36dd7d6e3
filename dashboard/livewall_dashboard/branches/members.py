"""Which commit of each repository a build is made of, and by which rule. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from livewall_dashboard.branches.bundles import Bundle, Bundles, Head
from livewall_dashboard.lab.projects import Project

HEAD = "head"
"""The bundle's own branch."""
BASE_MATCH = "base_match"
"""The base was built with the commit where the bundle's branch left it: what it was built with stands in."""
BASE = "base"
"""The newest one of the base, or of the main branch."""
NONE = "none"
"""The repository has none that could stand in."""


@dataclass(frozen=True, slots=True)
class Member:
    """`commit` "" for none."""

    repository: str
    commit: str
    match: str
    branch: str = ""
    remote: str = ""
    subject: str = ""
    author: str = ""
    committed_at: datetime | None = None


Fork = Mapping[str, Member]
"""By repository, what the base was built with where a bundle left it."""


def members_of(project: Project, bundle: Bundle, bundles: Bundles, fork: Fork) -> list[Member]:
    """One a repository, in the project's order."""
    base = bundles.by_name.get(bundle.base)
    found = []
    for repository in (each.name for each in project.repositories):
        own, old = bundle.heads.get(repository), fork.get(repository)
        new = (base and base.heads.get(repository)) or bundles.mains.get(repository)
        if own:
            found.append(_member(own, HEAD))
        elif old and old.commit:
            found.append(replace(old, match=BASE_MATCH))
        else:
            found.append(_member(new, BASE) if new else Member(repository, "", NONE))
    return found


def fingerprint_of(project: Project, members: Iterable[Member]) -> str:
    """The same for the same commits, steps and what is left running: what need not be built twice."""
    told = [
        project.name,
        sorted((member.repository, member.commit) for member in members),
        [[step.name, step.command, step.timeout] for step in project.steps],
        [project.queue, sorted(project.labels.items())],
    ]
    if project.run:
        told.append([project.run.command, project.run.cleanup, project.run.health])
    return hashlib.sha256(json.dumps(told).encode("utf-8", "surrogatepass")).hexdigest()


def lacks_members(project: Project, bundle: Bundle) -> bool:
    return len(bundle.heads) < len(project.repositories)


def _member(head: Head, match: str) -> Member:
    return Member(
        head.repository, head.commit, match, head.branch, head.remote, head.subject, head.author, head.committed_at
    )


def reason_of(commits: Mapping[str, str], before: Mapping[str, str] | None) -> str:
    """Why there is a build, for people. `before`: what the one before was built of, None where there was none."""
    news = [repository for repository, commit in commits.items() if (before or {}).get(repository) != commit]
    return f"{'new branch in' if before is None else 'new commits in'} {', '.join(news) or 'nothing'}"
