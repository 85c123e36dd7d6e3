"""What an agent says of itself, and how it is told to others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from livewall_dashboard.base.clock import UTC
from livewall_dashboard.jobqueue.definition import Name, Text

Words = Annotated[str, Meta(max_length=10_000, pattern=r"^[^\x00]*$")]

_TOLD = ("state", "comment", "queues", "location", "provision_type", "identifier", "attributes", "restricted_to", "log")


class AgentData(Struct):
    """Part of an agent's record: members that are not there stay as they were.

    `attributes`: by which jobs select agents, such as {"arch": "arm64"}. `log`: lines to be added to its own log.
    """

    state: Text | UnsetType = UNSET
    comment: Words | UnsetType = UNSET
    queues: list[Name] | UnsetType = UNSET
    location: Text | UnsetType = UNSET
    provision_type: Text | UnsetType = UNSET
    identifier: Text | UnsetType = UNSET
    attributes: dict[Name, Text] | UnsetType = UNSET
    restricted_to: dict[Name, list[Name]] | UnsetType = UNSET
    job_id: str | UnsetType = UNSET
    log: list[str] | UnsetType = UNSET

    @property
    def job(self) -> UUID | None:
        """None for "", which is none, and for what is no id."""
        try:
            return UUID(str(self.job_id)) if self.job_id else None
        except ValueError:
            return None

    def last_lines(self, most: int) -> list[str]:
        """Of the log, as text that Postgres takes."""
        return [] if self.log is UNSET else [line.replace("\0", "\ufffd") for line in self.log[-most:]]


class AgentRecord(Struct, omit_defaults=True):
    """An agent as it last said to be; what it never said is not there."""

    name: str
    updated_at: str
    state: str = ""
    comment: str = ""
    queues: list[str] = []
    location: str = ""
    provision_type: str = ""
    identifier: str = ""
    job_id: str = ""
    attributes: dict[str, str] = {}
    restricted_to: dict[str, list[str]] = {}
    log: list[str] = []


def record_of(row: Mapping[str, Any]) -> AgentRecord:
    at = row["updated_at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    job_id = str(row["job_id"]) if row["job_id"] else ""
    return AgentRecord(name=row["name"], updated_at=at, job_id=job_id, **{name: row[name] for name in _TOLD})
