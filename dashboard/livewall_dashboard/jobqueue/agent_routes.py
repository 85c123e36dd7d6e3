"""Agents and queues, as Testflinger's agents tell of themselves and its CLI asks."""

from __future__ import annotations

import re
from typing import Annotated

from flask import Blueprint, Response
from msgspec import UNSET, Meta, Struct

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.access.rate_limits import JOBS
from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.jobqueue.agent_data import AgentData, AgentRecord, record_of
from livewall_dashboard.jobqueue.agent_store import AgentStore
from livewall_dashboard.jobqueue.bodies import convert, read_object
from livewall_dashboard.jobqueue.definition import Name
from livewall_dashboard.jobqueue.errors import invalid
from livewall_dashboard.jobqueue.leases import Leases
from livewall_dashboard.jobqueue.model import job_id_of
from livewall_dashboard.jobqueue.permissions import require_agent, require_queues
from livewall_dashboard.jobqueue.provisioning import Provisioning
from livewall_dashboard.jobqueue.v1 import COOKIE, OK, Agent, FlingerBlueprint, Queue, flinger, ok
from livewall_dashboard.web.operation import Answer
from livewall_dashboard.web.responses import json_response

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""An agent's name is a cookie."""

Words = Annotated[str, Meta(max_length=10_000, pattern=r"^[^\x00]*$")]
Queues = dict[Name, Words]
Images = dict[Name, dict[Name, Words]]


MAX_DETAIL = 100_000


class ProvisionLog(Struct):
    job_id: str
    exit_code: Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
    detail: str = ""


class Status(Struct):
    status: str


_QUEUES = Answer(200, "Descriptions by name.", dict[str, str])
_IMAGES = Answer(200, "What provisioning needs, by the image's name; nothing for an unknown queue.", dict[str, str])
_AGENTS = Answer(200, "They are.", list[AgentRecord])
_AGENT = Answer(200, "It is.", AgentRecord)
_SAID = Answer(200, "It is taken; the cookie agent_name names the agent from here on.", Status)


def blueprint(agents: AgentStore, leases: Leases, provisioning: Provisioning) -> Blueprint:
    routes = FlingerBlueprint("flinger_agents", __name__, url_prefix="/v1/agents")

    @routes.post("/queues")
    @scope("agent", JOBS)
    @flinger("postQueues", "Queues that an agent serves; scope agent.", OK, errors=(422,), takes=Queues)
    def post_queues() -> Response:
        queues = convert(read_object(), Queues)
        require_queues(caller(), queues)
        agents.advertise(queues)
        return ok()

    @routes.get("/queues")
    @scope("jobs", JOBS)
    @flinger("getQueues", "The queues of all agents.", _QUEUES)
    def queues() -> Response:
        return json_response(agents.queues())

    @routes.post("/images")
    @scope("agent", JOBS)
    @flinger("postImages", "Images by queue; what was known of it is replaced.", OK, errors=(422,), takes=Images)
    def post_images() -> Response:
        images = convert(read_object(), Images)
        require_queues(caller(), images)
        agents.put_images(images)
        return ok()

    @routes.get("/images/<path:queue>")
    @scope("jobs", JOBS)
    @flinger("getImages", "Images of a queue.", _IMAGES)
    def images(queue: Queue) -> Response:
        return json_response(agents.images(queue.replace("\0", "")))

    @routes.get("/data")
    @scope("jobs", JOBS)
    @flinger("getAgents", "All agents.", _AGENTS)
    def all_agents() -> Response:
        return json_response([record_of(row) for row in agents.agents()])

    @routes.get("/data/<name>")
    @scope("jobs", JOBS)
    @flinger("getAgent", "An agent.", _AGENT, errors=(404,))
    def agent(name: Agent) -> Response:
        return json_response(record_of(agents.agent(require_name(name))))

    @routes.post("/data/<name>")
    @scope("agent", JOBS)
    @flinger("postAgent", "What an agent says of itself; scope agent.", _SAID, errors=(422,), takes=AgentData)
    def post_agent(name: Agent) -> Response:
        body = convert(read_object(), AgentData)
        if len(name) > 200 or _CONTROL.search(name):
            raise invalid("name", "An agent's name has at most 200 characters, and no control characters.")
        require_agent(caller(), agents, name)
        require_queues(caller(), () if body.queues is UNSET else body.queues)
        if body.state == "waiting":
            leases.lose_of(name)
        agents.put(name, body)
        response = json_response(Status("OK"))
        response.set_cookie(COOKIE, name, httponly=True, samesite="Strict")
        return response

    @routes.post("/provision_logs/<name>")
    @scope("agent", JOBS)
    @flinger("postProvisionLog", "How provisioning went; scope agent.", OK, errors=(404, 422), takes=ProvisionLog)
    def post_provision_log(name: Agent) -> Response:
        told = convert(read_object(), ProvisionLog)
        require_agent(caller(), agents, require_name(name))
        detail = told.detail.replace("\0", "\ufffd")[:MAX_DETAIL]
        provisioning.note(name, job_id_of(told.job_id), told.exit_code, detail)
        return ok()

    return routes


def require_name(name: str) -> str:
    """Raises NotFound for what can be no agent's name."""
    if len(name) > 200 or "\0" in name:
        raise NotFound(f"There is no agent {name[:200]!r}.")
    return name
