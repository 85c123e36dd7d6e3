"""Reads what is submitted: what is known of a job is checked, all else is passed on to its agent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from uuid import uuid4

from msgspec import UNSET, Meta, Struct, UnsetType

from livewall_dashboard.jobqueue.bodies import convert
from livewall_dashboard.jobqueue.errors import invalid
from livewall_dashboard.jobqueue.model import ANY_QUEUE, PHASES, Submission, job_id_of

MAX_DEFINITION = 4 * 1024 * 1024
"""Bytes of a submitted job. What is larger belongs into its attachments."""
MAX_NAME = 200
MOST_NAMED = 1000
"""Tags, attributes, agents: each agent that asks for a job looks through those of all that wait."""
MAX_RETRIES = 10
RESERVED_FOR = 3600
"""Seconds."""
OF_FEATURES = frozenset({"branch_build"})
"""Members of jobs that the wall submits by itself: an agent keeps what such a job has left, till the wall says no."""

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?:in)?)?(?:(\d+)s)?")
_SECONDS = (86400, 3600, 60, 1)

Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME, pattern=r"^[^\x00]+$")]
Text = Annotated[str, Meta(max_length=MAX_NAME, pattern=r"^[^\x00]*$")]
Names = Annotated[list[Name], Meta(max_length=MOST_NAMED)]
Seconds = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Reserve(Struct):
    """`timeout`: seconds, or text like 1h30m."""

    ssh_keys: list[Annotated[str, Meta(pattern=r"^(lp|gh):\S+$")]] | UnsetType = UNSET
    timeout: Seconds | str | UnsetType = UNSET


class Job(Struct):
    """A job to be run: what it needs besides is up to its agent.

    `attributes`: those that its agent must have, such as {"arch": "arm64"}; with them no queue need be named.
    `retries`: how often it is run again when its agent is lost.
    """

    job_queue: Name | UnsetType = UNSET
    attributes: Annotated[dict[Name, Text], Meta(max_length=MOST_NAMED)] | UnsetType = UNSET
    job_id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    tags: Names | UnsetType = UNSET
    job_priority: Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)] | UnsetType = UNSET
    exclude_agents: Names | UnsetType = UNSET
    retries: Annotated[int, Meta(ge=0, le=MAX_RETRIES)] | UnsetType = UNSET
    global_timeout: Seconds | UnsetType = UNSET
    output_timeout: Seconds | UnsetType = UNSET
    allocation_timeout: Seconds | UnsetType = UNSET
    job_status_webhook: Annotated[str, Meta(max_length=2000, pattern=r"^$|^https?://")] | UnsetType | None = UNSET
    parent_job_id: str | UnsetType = UNSET
    provision_data: dict[str, Any] | UnsetType | None = UNSET
    firmware_update_data: dict[str, Any] | UnsetType | None = UNSET
    test_data: dict[str, Any] | UnsetType | None = UNSET
    allocate_data: dict[str, Any] | UnsetType | None = UNSET
    reserve_data: Reserve | UnsetType | None = UNSET


def read_definition(body: dict[str, Any]) -> Submission:
    """Raises BadRequest for a bad job_id, Invalid for a known member that is not what it must be."""
    job = convert(body, Job)
    if job.job_queue is UNSET and not job.attributes:
        raise invalid("job_queue", "Missing data for required field.")
    attributes = _or(job.attributes, {})
    definition = dict(body)
    if isinstance(reserve := body.get("reserve_data"), dict) and "timeout" in reserve:
        definition["reserve_data"] = {**reserve, "timeout": seconds_of(reserve["timeout"])}
    return Submission(
        id=uuid4() if job.job_id is UNSET else job_id_of(job.job_id),
        definition={name: value for name, value in definition.items() if name != "job_id"},
        queue=_or(job.job_queue, ANY_QUEUE),
        priority=_or(job.job_priority, 0),
        name=_or(job.name, "").replace("\0", "")[:MAX_NAME],
        tags=_or(job.tags, []),
        wants=attributes,
        excluded=_or(job.exclude_agents, []),
        awaits_attachments=any(_attachments(body)),
        retries=_or(job.retries, None),
    )


def of_anybody(body: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody submits, also where he has copied it from a job of the wall's own."""
    return {name: value for name, value in body.items() if name not in OF_FEATURES}


def seconds_of(duration: int | str) -> int:
    """5400 for 1h30m. Raises Invalid."""
    if isinstance(duration, int):
        return duration
    if duration.isascii() and duration.isdigit() and len(duration) < 10:
        return int(duration)
    match = _DURATION.fullmatch(duration.strip()) if len(duration) < 40 else None
    if match is None or not any(match.groups()):
        raise invalid("reserve_data", f"timeout: {duration[:50]!r} is neither seconds nor a duration like 1h30m.")
    total = sum(int(number or 0) * seconds for number, seconds in zip(match.groups(), _SECONDS, strict=True))
    if total >= 2**31:
        raise invalid("reserve_data", "timeout: that is longer than 68 years.")
    return total


def reserved_seconds(definition: Mapping[str, Any]) -> int:
    """For how long a job wants its rig to itself: an hour where it does not say, 0 where it does not want it."""
    data = definition.get("reserve_data")
    if not isinstance(data, dict) or data.get("skip") is True:
        return 0
    return data["timeout"] if isinstance(data.get("timeout"), int) else RESERVED_FOR


def _attachments(body: Mapping[str, Any]) -> Iterator[bool]:
    """Whether each phase has files that come after the job."""
    for phase in PHASES:
        data = body.get(f"{phase}_data")
        yield isinstance(data, dict) and bool(data.get("attachments"))


def _or(value: Any, otherwise: Any) -> Any:
    return otherwise if value is UNSET else value
