"""What people ask of a queue: submit a job, follow it, read what became of it."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode

from livewall_agent import archives
from livewall_agent.errors import BadJob, Refused
from livewall_agent.jobwire import COMPLETE, ENDED, PHASES
from livewall_agent.outlook import Outlook
from livewall_agent.phases import exit_code
from livewall_agent.server import Server

NOT_DONE = 125
"""Exit code of a job that was cancelled, or is no more."""


@dataclass(frozen=True)
class News:
    """Of a job that is followed. `text`: what it has written since; `before`: jobs that come first, if it waits."""

    state: str
    text: str = ""
    before: int | None = None


@dataclass
class Following:
    """How far somebody has read a job's output."""

    job_id: str
    read: int = 0
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return str(self.result.get("job_state", ""))

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


class Jobs:
    """Raises Unavailable, Refused."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.outlook = Outlook(server)

    def submit(self, job: Mapping[str, Any], files: Mapping[str, Path]) -> str:
        """`files`: by the name they get below attachments/ on the agent. -> the job's id. Raises OSError, too."""
        with TemporaryDirectory(prefix="livewall-") as folder:
            archive = Path(folder, "attachments.tar.gz")
            if files:  # before the job is there: a file that cannot be read must not leave one that waits for ever
                archives.pack_attachments(dict(files), archive)
            job_id = str((self._server.ask("/v1/job", job) or {})["job_id"])
            if files:
                self._server.upload(f"/v1/job/{job_id}/attachments", archive)
        return job_id

    def require_queue(self, queue: str) -> None:
        """Raises BadJob for a queue that nobody serves, with the names that are near it."""
        known = set(self._server.get("/v1/agents/queues") or {})
        known.update(name for agent in self._server.get("/v1/agents/data") or [] for name in agent.get("queues", []))
        if queue in known:
            return
        hint = near_names(queue, known)
        raise BadJob(f"no agent serves a queue {queue!r}; {hint} --new-queue submits it all the same")

    def result(self, job_id: str) -> dict[str, Any]:
        """Raises BadJob for a job that is not there."""
        found = self._server.get(f"/v1/result/{quote(job_id)}")
        if found is None:
            raise BadJob(f"there is no job {job_id}")
        return dict(found)

    def definition(self, job_id: str) -> dict[str, Any]:
        return dict(self._server.get(f"/v1/job/{quote(job_id)}") or {})

    def exit_code(self, job_id: str, result: Mapping[str, Any]) -> int:
        """Of a job that has ended."""
        if result.get("job_state") != COMPLETE:
            return NOT_DONE
        statuses = {
            phase: result[f"{phase}_status"] for phase in PHASES if isinstance(result.get(f"{phase}_status"), int)
        }
        wanted_test = bool(self.definition(job_id).get("test_data"))
        code = exit_code(statuses, wanted_test=wanted_test)
        return code if 0 <= code <= 255 else 1

    def news(self, following: Following) -> Iterator[News]:
        """What there is since the last look; nothing where that is nothing."""
        following.result = self.result(following.job_id)
        if following.state == "waiting":
            yield News(following.state, before=self._position(following.job_id))
        for text in self._output(following):
            yield News(following.state, text)

    def _position(self, job_id: str) -> int | None:
        try:
            found = self._server.get(f"/v1/job/{quote(job_id)}/position")
        except Refused:  # it has just begun
            return None
        return found if isinstance(found, int) else None

    def _output(self, following: Following) -> Iterator[str]:
        while True:
            path = f"/v1/result/{quote(following.job_id)}/log/output?start_fragment={following.read}"
            told = (self._server.get(path) or {}).get("output", {})
            parts = [told[phase] for phase in PHASES if told.get(phase, {}).get("log_data")]
            if not parts:
                return
            following.read = 1 + max(part["last_fragment_number"] for part in parts)
            for part in parts:
                yield part["log_data"]

    def cancel(self, job_id: str) -> None:
        self._server.post(f"/v1/job/{quote(job_id)}/action", {"action": "cancel"})

    def artifacts(self, job_id: str, target: Path) -> bool:
        """-> whether there are some. Raises OSError, too."""
        return self._server.download(f"/v1/result/{quote(job_id)}/artifact", target)

    def newest(self, *, mine: bool, limit: int, **filters: str | None) -> list[dict[str, Any]]:
        """Jobs, the latest first. A server without our own API says less of them, and not whose they are."""
        told = {name: value for name, value in filters.items() if value}
        own = {**told, "limit": limit, **({"mine": "true"} if mine else {})}
        try:
            return list((self._server.get(f"/api/v1/jobs?{urlencode(own)}") or {}).get("jobs", []))
        except Refused as error:
            if error.status != 404:
                raise
        if mine:
            raise BadJob("this server does not tell whose jobs are whose: leave --mine out")
        return self._search(told.get("queue"), told.get("state"))[:limit]

    def _search(self, queue: str | None, state: str | None) -> list[dict[str, Any]]:
        path = f"/v1/queues/{quote(queue)}/jobs" if queue else "/v1/job/search"
        found = self._server.get(f"{path}?state={quote(state)}" if state and not queue else path) or []
        jobs = [{"id": job["job_id"], "state": job["job_state"], "queue": job.get("job_queue"), **job} for job in found]
        return [job for job in jobs if not state or _is_in(job["state"], state)]


def near_names(queue: str, known: Collection[str]) -> str:
    """What may have been meant, else all that there are."""
    near = difflib.get_close_matches(queue, known, 3, 0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sorted(known)) or 'none'}."


def _is_in(state: str, wanted: str) -> bool:
    return state == wanted or (wanted == "active" and state not in ENDED)


def attachments_of(job: Mapping[str, Any], folder: Path) -> dict[str, Path]:
    """Those that the job names, by phase; `local` is meant from its file's folder. Raises BadJob."""
    found = {}
    for phase in PHASES:
        data = job.get(f"{phase}_data")
        for each in (data.get("attachments") or []) if isinstance(data, dict) else []:
            if not isinstance(each, dict) or not each.get("local"):
                raise BadJob(
                    f"{phase}_data.attachments: each is `local: FILE`, and `agent: NAME` where that is another"
                )
            name = str(each.get("agent") or Path(str(each["local"])).name).lstrip("/")
            found[f"{phase}/{name}"] = folder / str(each["local"])
    return found
