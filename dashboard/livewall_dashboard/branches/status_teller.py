"""Tells the hosts of repositories what became of their commits: from Postgres, until they have heard it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from livewall_dashboard.base.background import Loop
from livewall_dashboard.branches.queries import QUERIES
from livewall_dashboard.branches.status_request import (
    CommitStatus,
    change_of,
    changes_request,
    request_of,
    state_of,
    was_heard_before,
)
from livewall_dashboard.lab.model import Lab
from livewall_dashboard.lab.projects import StatusHost
from livewall_dashboard.postgres.database import Database, Row
from livewall_dashboard.web.outgoing import WITHIN, Networks, NotSent, Reply, send

LOOK_EACH = 2.0
MOST_TRIES = 8
FIRST_PAUSE = 5.0
"""Seconds after a failure; four times as many after each that follows: the last one comes after a day."""
MOST_AT_ONCE = 50
"""Builds that are told of in one turn: where a host hangs, that is minutes."""
MOST_READ = 256 * 1024
"""Bytes of what a host answers."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """A build to speak of. `told`: states by repository that were heard. `changes`: which of its states it is."""

    number: int
    told: Mapping[str, str]
    changes: int
    tries: int


class StatusTeller:
    """`allowed`: networks of our own house that hosts may be in. `may_work()`: whether this wall watches."""

    def __init__(
        self, lab: Callable[[], Lab], database: Database, *, allowed: Networks, may_work: Callable[[], bool]
    ) -> None:
        self._lab = lab
        self._database = database
        self._allowed = allowed
        self._may_work = may_work
        self.loop = Loop("statuses of commits", self.work, LOOK_EACH, stuck_after=600.0)
        self.failed = 0
        """Given up, since the start."""

    def work(self) -> None:
        """Tells what is due. Raises Unavailable."""
        for _ in range(MOST_AT_ONCE):
            if not self._may_work() or (due := self._next()) is None:
                return
            troubles = self._tell_all(due)
            again = bool(troubles) and due.tries < MOST_TRIES
            if troubles and not again:
                self.failed += 1
                log.warning("The status of branch build %d is given up: %s", due.number, troubles[0])
            values = {"number": due.number, "changes": due.changes, "trouble": "; ".join(troubles)[:1000]}
            self._rows("note_status", {**values, "again": again})

    def _next(self) -> Due | None:
        """Taken for as long as it may last: killed meanwhile, we tell again what was not noted."""
        rows = self._rows("next_status", {"first": FIRST_PAUSE, "within": WITHIN})
        return Due(**rows[0]) if rows else None

    def _tell_all(self, due: Due) -> list[str]:
        """-> what went wrong. Each host that has heard is noted at once."""
        lab = self._lab()
        (build,) = self._rows("status_of_build", [due.number])
        hosts = _hosts(lab, build["project"])
        if not hosts or build["state"] == "gathering":
            return []
        state, troubles = state_of(build["state"], build["result"]), []
        for row in self._rows("own_commits", {"number": due.number, "project": build["project"]}):
            host = hosts.get(row["repository"])
            if host is None or due.told.get(row["repository"]) == state:
                continue
            url = f"{lab.url}/branch-builds/{due.number}"
            said = CommitStatus(
                row["commit"],
                row["branch"],
                state,
                _description(due.number, build),
                f"livewall/{build['project']}",
                url,
            )
            try:
                self._tell(host, said)
            except NotSent as error:
                troubles.append(f"{row['repository']}: {error}")
            else:
                self._rows("note_told", {"number": due.number, "repository": row["repository"], "state": state})
        return troubles

    def _tell(self, host: StatusHost, status: CommitStatus) -> None:
        """Raises NotSent."""
        change = self._change(host, status.commit) if host.kind == "gerrit" else ""
        if change is None:
            return  # it is no commit that is reviewed
        request = request_of(host, status, change)
        reply = self._send("POST", request.url, request.body, request.headers)
        if not (200 <= reply.status < 300 or was_heard_before(host, reply.status, reply.body)):
            raise NotSent(_refused(host, reply))

    def _change(self, host: StatusHost, commit: str) -> str | None:
        request = changes_request(host, commit)
        reply = self._send("GET", request.url, None, request.headers)
        if reply.status != 200:
            raise NotSent(_refused(host, reply))
        try:
            return change_of(reply.body)
        except msgspec.DecodeError:
            raise NotSent(f"{host.kind} answers with what is no list of changes") from None

    def _send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        return send(method, url, body, headers, self._allowed, what="status", read=MOST_READ)

    def _rows(self, name: str, values: Any) -> list[Row]:
        with self._database.connection() as connection:
            cursor = connection.execute(QUERIES[name], values)
            return cursor.fetchall() if cursor.description else []


def _hosts(lab: Lab, project: str) -> dict[str, StatusHost]:
    """By repository."""
    return {
        repository.name: repository.status
        for one in lab.projects
        if one.name == project
        for repository in one.repositories
        if repository.status
    }


def _description(number: int, build: Row) -> str:
    """One line for people; the host shows it beside the commit."""
    what = {"waiting": "waits", "building": "is built"}.get(build["state"], build["result"] or "")
    reason = f": {build['reason']}" if build["state"] == "done" and build["reason"] else ""
    return " ".join(f"Build {number} of {build['bundle']} {what}{reason}".split())


def _refused(host: StatusHost, reply: Reply) -> str:
    hint = {
        401: ": its token is not good",
        403: ": its token may not do that",
        404: ": it knows no such repository or commit",
    }
    return f"{host.kind} answers {reply.status}{hint.get(reply.status, '')}"
