"""Words of the job queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from livewall_agent import jobwire
from livewall_dashboard.base.errors import BadRequest

PHASES = jobwire.PHASES
ENDED = ("complete", "cancelled", "lost")
"""States after which nothing changes."""
STATES = ("waiting", "running", *PHASES, "allocated", *ENDED)
TOLD_BY_AGENTS = ("running", *PHASES, "allocated", "complete", "cancelled")
"""What a state becomes by an agent's word; other words are kept with the result."""
KINDS = ("output", "serial")
"""Of what a job writes: what its commands print, and the device's console."""

ANY_QUEUE = ""
"""The queue of jobs that name none: any agent may take them that has the attributes they want."""

State = str


@dataclass(frozen=True, slots=True)
class Submission:
    """A job as it was submitted.

    `wants`: the attributes that its agent must have; `excluded`: agents that must not take it; `retries`: how often it
    is run again when its agent is lost, None: as its queue says.
    """

    id: UUID
    definition: Mapping[str, Any]
    queue: str
    priority: int = 0
    name: str = ""
    tags: Sequence[str] = ()
    wants: Mapping[str, str] | None = None
    excluded: Sequence[str] = ()
    awaits_attachments: bool = False
    retries: int | None = None


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who asks for a job. `name` "": nobody in particular, as a plain `curl` is."""

    queues: Sequence[str]
    name: str = ""


def shown_state(state: State) -> State:
    """In words that Testflinger's programs know: what was lost is cancelled for them."""
    return "cancelled" if state == "lost" else state


def known_job_id(text: str) -> UUID | None:
    """None for what is no UUID."""
    try:
        return UUID(text)
    except ValueError:
        return None


def job_id_of(text: object) -> UUID:
    """Raises BadRequest for what is no UUID."""
    try:
        return UUID(str(text))
    except ValueError:
        raise BadRequest(f"Invalid job id: {str(text)[:100]!r} is no UUID.") from None
