"""Whose commits the wall reads by itself, as the configuration says. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from livewall_dashboard.history.commits.commit_source import CommitSource
from livewall_dashboard.lab.model import Lab


def sources_of(lab: Lab) -> list[CommitSource]:
    """The repositories that are configured, and those of projects, each of them once."""
    found: dict[str, CommitSource] = {}
    names: set[str] = set()
    for source in (*_configured(lab), *_of_projects(lab)):
        if source.url and source.address not in found and source.name not in names:
            found[source.address] = source
            names.add(source.name)
    return list(found.values())


def _configured(lab: Lab) -> Iterator[CommitSource]:
    for each in lab.repositories:
        yield CommitSource(each.name, each.url, True, each.default_branch, each.branches, each.fetch_every)


def _of_projects(lab: Lab) -> Iterator[CommitSource]:
    """By their short name, or where another has that, with the project's."""
    for project in lab.projects:
        for each in project.repositories:
            for name in (each.name, f"{project.name}/{each.name}"):
                yield CommitSource(name, each.remotes[0].url, False, each.main)
