"""What an agent says of the instances it keeps, and what it is told of them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from livewall_agent.instancewire import MOST_LOG, MOST_MESSAGE

Host = Annotated[str, Meta(max_length=253, pattern=r"^[A-Za-z0-9._:-]*$")]
Job = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class InstanceSaid(Struct):
    """`job`: which made the build. `tried`: the `wakes` of the answer that it was last started for. `exit_code`: of the
    last time it ended by itself. `log`: the end of what it wrote, null where the wall has that.
    `unhealthy_for`: seconds that it runs and does not answer well.
    """

    build: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    job: Job
    state: Literal["starting", "running", "stopping", "stopped", "failed"]
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    restarts: Count = 0
    exit_code: Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)] | None = None
    message: Annotated[str, Meta(max_length=MOST_MESSAGE)] = ""
    tried: Count = 0
    log: Annotated[str, Meta(max_length=MOST_LOG)] | None = None
    unhealthy_for: Annotated[float, Meta(ge=0, le=10**9)] | None = None


class InstanceReport(Struct):
    """`instances`: all that the agent keeps; of others it had, nothing is left. `host`: under which it is reached, ""
    for the address it calls from.
    """

    agent: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    instances: Annotated[list[InstanceSaid], Meta(max_length=10_000)]
    host: Host = ""


class InstanceWanted(Struct):
    """`wakes`: how often somebody wanted it awake: one that has failed is started again when that grows."""

    build: int
    job: str
    wanted: Literal["running", "stopped", "gone"]
    wakes: int = 0


class InstancesWanted(Struct):
    instances: list[InstanceWanted]
