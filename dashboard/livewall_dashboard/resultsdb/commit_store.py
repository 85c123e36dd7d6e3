"""Commits for resultsdbpy's routes: found by its queries, registered by its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from livewall_dashboard.history.commits.known_commits import KnownCommit, KnownCommits
from livewall_dashboard.history.commits.register_commits import Registration
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.resultsdb import commit_json, commit_search
from livewall_dashboard.resultsdb.commit_json import Reference
from livewall_dashboard.resultsdb.parameters import BranchesQuery, CommitsQuery, OneCommitQuery

Json = dict[str, Any]


class CommitStore:
    """Raises `Unavailable` while Postgres is away."""

    def __init__(self, database: Database):
        self._database = database

    def find(self, query: CommitsQuery) -> list[Json]:
        with self._database.connection() as connection:
            return list(map(commit_json.write, commit_search.find(KnownCommits(connection), query, query.limit)))

    def siblings(self, query: OneCommitQuery) -> dict[str, list[Json]]:
        """What other repositories had at the only commit that the query names."""
        with self._database.connection() as connection:
            commits = KnownCommits(connection)
            found = commits.siblings(commit_search.find_one(commits, query))
        return {name: list(map(commit_json.write, siblings)) for name, siblings in found.items()}

    def beside(self, query: OneCommitQuery, *, later: bool) -> list[Json]:
        """The commit after or before the only one that the query names; empty at an end of its branch."""
        with self._database.connection() as connection:
            commits = KnownCommits(connection)
            found = commits.beside(commit_search.find_one(commits, query), later=later)
        return [] if found is None else [commit_json.write(found)]

    def repositories(self) -> list[str]:
        with self._database.connection() as connection:
            return list(KnownCommits(connection).repositories)

    def branches(self, query: BranchesQuery) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        with self._database.connection() as connection:
            commits = KnownCommits(connection)
            for repository in query.repository_id or commits.repositories:
                if repository in commits.repositories and (names := self._branches(commits, repository, query)):
                    found[repository] = names
        return found

    def register(self, given: Sequence[Any]) -> list[KnownCommit]:
        """Commits and references to such, in their order. Raises BadRequest, NotFound; then none is stored."""
        told = [commit_json.read(commit) for commit in given]
        whole = [commit for commit in told if not isinstance(commit, Reference)]
        with self._database.connection() as connection:
            registration, known = Registration(connection), KnownCommits(connection)
            if len(whole) == len(told) and (found := registration.known(whole)) is not None:
                return found
            with connection.transaction():
                registered = iter(registration.register(whole))
                commits = [
                    commit_search.resolve(known, commit) if isinstance(commit, Reference) else next(registered)
                    for commit in told
                ]
            registration.link_runs()
        return commits

    def _branches(self, commits: KnownCommits, repository: str, query: BranchesQuery) -> list[str]:
        found: list[str] = []
        for beginning in query.branch or [""]:
            found += commits.branches(repository, beginning, query.limit - len(found))
        return found
