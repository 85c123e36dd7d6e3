"""The words that agent and wall have in common: phases, states, and what a job says. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from livewall_agent.errors import BadJob

PHASES = ("setup", "provision", "firmware_update", "test", "allocate", "reserve", "cleanup")
"""In the order they are run. After one that fails only cleanup is; a test that fails is in nobody's way."""
CLEANUP = "cleanup"
ALWAYS = ("setup", CLEANUP)
"""Phases that need nothing in the job to be run."""

ALLOCATED = "allocated"
"""State of a job whose rig is lent to another one."""
COMPLETE, CANCELLED = "complete", "cancelled"
ENDED = (COMPLETE, CANCELLED)
WAITING, OFFLINE = "waiting", "offline"
"""States of an agent without a job."""

KILLED = 247
"""Exit code of a phase that was ended: by a time-out, a limit, or because the job was cancelled."""
REFUSED = 126
"""Exit code of a phase whose commands the agent does not run for jobs."""
RECOVERY_FAILED = 46
"""With this exit code a command says that the rig is out of order: the agent goes offline."""
RESERVED_FOR = 3600.0
"""Seconds of a reservation that names none."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Job:
    """`definition` is all that was submitted, unknown fields included."""

    id: str
    queue: str
    definition: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, definition: Any) -> Job:
        """Raises BadJob: its id becomes the name of a folder."""
        if not isinstance(definition, dict):
            raise BadJob("a job is a JSON object")
        try:
            job_id = str(UUID(str(definition.get("job_id", ""))))
        except ValueError:
            raise BadJob(f"job_id {definition.get('job_id')!r} is not a UUID") from None
        return cls(job_id, str(definition.get("job_queue", "")), definition)

    def data(self, phase: str) -> dict[str, Any] | None:
        """What the job says of a phase; None where it says nothing, or to skip it."""
        found = self.definition.get(f"{phase}_data")
        if found is None or found is False or (isinstance(found, dict) and found.get("skip") is True):
            return None
        return found if isinstance(found, dict) else {}

    def commands(self, phase: str) -> tuple[str, ...] | None:
        """Those it brings along: one text, or several to be run one after the other until one fails."""
        given = (self.data(phase) or {}).get(f"{phase}_cmds")
        return commands_of(given) if given else None

    def timeout(self, name: str) -> float | None:
        """`global_timeout` or `output_timeout` in seconds, None where the job says none that can be read."""
        return seconds_of(self.definition.get(name))

    @property
    def reserved_for(self) -> float:
        """Seconds for which the rig is wanted, 0 where it is not."""
        data = self.data("reserve")
        return 0.0 if data is None else seconds_of(data.get("timeout")) or RESERVED_FOR

    @property
    def is_lent(self) -> bool:
        """Whether its rig, once it is provisioned, is for the job that this one is part of."""
        return (self.data("allocate") or {}).get("allocate") is True

    @property
    def parent(self) -> str:
        """The id of the job that this one is part of, "" where it is none's."""
        try:
            return str(UUID(self.text("parent_job_id")))
        except ValueError:
            return ""

    def text(self, name: str) -> str:
        value = self.definition.get(name)
        return value if isinstance(value, str) else ""

    @property
    def labels(self) -> dict[str, str]:
        found = self.definition.get("labels")
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}

    @property
    def awaits_attachments(self) -> bool:
        return self.definition.get("attachments_status") == "complete"


def commands_of(given: Any) -> tuple[str, ...]:
    """A text is one script; the members of a list are scripts of their own."""
    return tuple(str(each) for each in given) if isinstance(given, (list, tuple)) else (str(given),)


def seconds_of(value: Any) -> float | None:
    """90, "90", "90s", "1h30m" -> seconds; None for what is no duration."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return float(value) if value > 0 else None
    text = str(value).strip().lower()
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != re.sub(r"\s", "", text):
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts) or None
