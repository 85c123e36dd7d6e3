"""What a job has to wait for, before it is submitted and afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard
from urllib.parse import quote

from livewall_agent.errors import Refused, Unavailable
from livewall_agent.server import Server


class Outlook:
    """Asks a wall, or a Testflinger server, which knows how many wait and not for how long."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def of_new(self, job: Mapping[str, Any]) -> dict[str, Any] | None:
        """Of a new job: `queue`, `position`, `agents`, `free`, and `wait` in seconds; None where nobody tells.

        Raises Refused for what is no job, and Unavailable.
        """
        try:
            return dict(self._server.ask("/api/v1/jobs/estimate", job) or {})
        except Refused as error:
            if error.status not in {404, 405}:
                raise
        return self._counted(str(job.get("job_queue", "")))

    def of_submitted(self, job_id: str) -> dict[str, Any]:
        """Of one that waits: `position`, and `wait` in seconds; None where nobody can tell."""
        try:
            found = dict(self._server.get(f"/api/v1/jobs/{quote(job_id)}") or {})
        except (Refused, Unavailable):  # what matters is done
            found = {}
        return {name: found.get(name) for name in ("position", "wait")}

    def queues(self) -> list[dict[str, Any]]:
        """All of them. Raises Unavailable, Refused."""
        try:
            return list((self._server.get("/api/v1/queues") or {}).get("queues", []))
        except Refused as error:
            if error.status not in {404, 405}:
                raise
        described = dict(self._server.get("/v1/agents/queues") or {})
        found = []
        for name in sorted(described):
            counted = self._counted(name) or {}
            found.append({"name": name, "description": described[name], "waiting": counted.get("position"), **counted})
        return found

    def _counted(self, queue: str) -> dict[str, Any] | None:
        """As far as Testflinger's API tells it."""
        try:
            agents = self._server.get(f"/v1/queues/{quote(queue)}/agents") or []
            jobs = self._server.get(f"/v1/queues/{quote(queue)}/jobs") or []
        except (Refused, Unavailable):
            return None
        waiting = sum(job.get("job_state") == "waiting" for job in jobs)
        free = sum(agent.get("state") == "waiting" for agent in agents)
        return {"queue": queue, "position": waiting, "agents": len(agents), "free": free, "wait": None}


def before_text(job: Mapping[str, Any], outlook: Mapping[str, Any]) -> str:
    """In a line: `queue rpi4: 5 jobs come first, 1 of 4 agents free; it would start in about 5 min`."""
    queue, attributes = job.get("job_queue"), job.get("attributes")
    asked = attributes.items() if isinstance(attributes, dict) else ()
    wanted = [f"queue {queue}"] * bool(queue) + [f"{name}={value}" for name, value in asked]
    return f"{', '.join(wanted)}: {ahead_text(outlook.get('position'))}, {agents_text(outlook)}{start_text(outlook)}"


def starts_text(submitted: Mapping[str, Any]) -> str:
    """Of one that waits; "" where nobody can tell."""
    wait = submitted.get("wait")
    if not _is_number(wait):
        return ""
    return f"it starts in about {rough(wait)}" if wait else "an agent is free"


def ahead_text(position: object) -> str:
    if not isinstance(position, int):
        return "nobody knows how many jobs come first"
    return (
        f"{plural(position, 'job')} {'comes' if position == 1 else 'come'} first" if position else "no job comes first"
    )


def agents_text(outlook: Mapping[str, Any]) -> str:
    agents, free = outlook.get("agents") or 0, outlook.get("free") or 0
    if not agents:
        return "no agent serves it"
    if outlook.get("there") == 0:
        return f"none of {plural(agents, 'agent')} is there"
    return f"{free} of {plural(agents, 'agent')} free"


def start_text(outlook: Mapping[str, Any]) -> str:
    """Nothing where nobody can tell."""
    wait = outlook.get("wait")
    if not _is_number(wait):
        return ""
    return f"; it would start in about {rough(wait)}" if wait else "; it would start at once"


def queue_row(queue: Mapping[str, Any]) -> str:
    """name, waiting, running, free of agents, wait, description: with tabs between them."""
    wait = queue.get("wait")
    words = [
        queue.get("name") or "-",
        f"{_known(queue.get('waiting'))} waiting",
        f"{_known(queue.get('running'))} at work",
        agents_text(queue),
        (f"a new job waits about {rough(wait)}" if wait else "a new job starts at once") if _is_number(wait) else "-",
        queue.get("description") or "-",
    ]
    return "\t".join(map(str, words))


def plural(count: int, noun: str) -> str:
    """1 job, 2 jobs."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def rough(seconds: float) -> str:
    """40 s, 5 min, 3 h."""
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"


def _is_number(wait: object) -> TypeGuard[float]:
    return isinstance(wait, (int, float))


def _known(number: object) -> object:
    return "?" if number is None else number
