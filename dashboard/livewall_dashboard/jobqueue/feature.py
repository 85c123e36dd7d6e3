"""Jobs wait in queues, agents take them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import request
from werkzeug.wrappers import Request

from livewall_dashboard.access.guard import caller
from livewall_dashboard.access.tokens import Token
from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.feature import Counter, Feature, Gauge, NavItem
from livewall_dashboard.base.presence import LOOK_EACH, Presence
from livewall_dashboard.core import Core
from livewall_dashboard.jobqueue import (
    agent_routes,
    api_routes,
    file_routes,
    job_routes,
    leases,
    login_routes,
    old_output,
    pages,
    queue_routes,
    result_routes,
)
from livewall_dashboard.jobqueue.agent_store import AgentStore
from livewall_dashboard.jobqueue.errors import flinger_error
from livewall_dashboard.jobqueue.job_files import JobFiles
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.job_tokens import JobTokens
from livewall_dashboard.jobqueue.leases import Leases
from livewall_dashboard.jobqueue.model import known_job_id
from livewall_dashboard.jobqueue.output_limit import OutputLimit
from livewall_dashboard.jobqueue.overview import Overview
from livewall_dashboard.jobqueue.provisioning import Provisioning
from livewall_dashboard.jobqueue.result_store import ResultStore
from livewall_dashboard.jobqueue.topics import Topics
from livewall_dashboard.jobqueue.v1 import heard_agent
from livewall_dashboard.jobqueue.waiting_agents import WaitingAgents
from livewall_dashboard.jobqueue.wall_feed import WallFeed
from livewall_dashboard.jobqueue.webhooks import Webhooks
from livewall_dashboard.live import Agent
from livewall_dashboard.postgres.notifications import Listener
from livewall_listener import wire

REMOVE_EACH = 600.0
"""Seconds between two looks for jobs that are older than jobs are kept."""


def feature(core: Core) -> Feature:
    database = core.database
    feed = WallFeed(database, partial(_show, core))
    topics = Topics(core.changes.note, feed.note)
    jobs, results = (
        JobStore(database, topics=topics),
        ResultStore(database, topics=topics, limit=OutputLimit(core.settings.job_output)),
    )
    agents, held = AgentStore(database, topics=topics), Leases(database, topics=topics)
    files, waiting = JobFiles(core.artifacts), WaitingAgents(jobs)
    overview = Overview(database, topics=topics)
    tokens = JobTokens(database, on_change=core.tokens.look_again)
    presence = Presence(overview.is_used)

    def note_run(begun: tuple[str, wire.RunInfo]) -> None:
        run, info = begun
        if info.job and (job_id := known_job_id(info.job)):
            overview.note_run(job_id, run)

    def prepare() -> None:
        held.extend_all()
        presence.look()
        feed.look()

    def remove_old() -> None:
        tokens.remove_ended()
        kept = core.settings.retention
        before = None if kept is None else core.clock() - kept
        while jobs.remove_ended(before):
            core.artifacts.sweep()

    core.run_begun.connect(note_run)
    core.run_stored.connect(overview.note_stored_run)
    hooks = Webhooks(database, key=core.settings.webhook_key, allowed=core.settings.webhooks_to)
    listener = Listener(database.url, "livewall_job", waiting.ring)
    take_job, take_output = job_routes.take_job(agents, waiting), result_routes.take_output(jobs, results, held)
    spoken_by_agents = [
        job_routes.blueprint(jobs, take_job, hooks),
        result_routes.blueprint(jobs, results, held, take_output),
        file_routes.blueprint(jobs, files),
        old_output.blueprint(jobs, results, held),
    ]

    def note_heard(request: Request, token: Token | None) -> None:
        if name := heard_agent(request, token):
            agents.note_heard(name)

    for routes in spoken_by_agents:
        routes.before_request(lambda: note_heard(request, caller()))
    return Feature(
        name="jobqueue",
        blueprints=[
            *spoken_by_agents,
            agent_routes.blueprint(agents, held, Provisioning(database, jobs, topics=topics)),
            queue_routes.blueprint(jobs, agents),
            api_routes.blueprint(jobs, agents, overview, tokens),
            login_routes.blueprint(core.guard),
            pages.blueprint(core.guard),
        ],
        short_routes=[job_routes.short_route(take_job, note_heard), result_routes.short_route(take_output, note_heard)],
        nav=[
            NavItem("jobs", "Jobs", "/jobs", presence.is_known),
            NavItem("agents", "Agents", "/agents", presence.is_known),
        ],
        prepare=prepare,
        background=[
            Loop("job queue", held.expire, leases.LOOK_EACH),
            Loop("jobs in the bar", presence.look, LOOK_EACH),
            feed.loop,
            hooks.loop,
            Loop("old jobs", remove_old, REMOVE_EACH, stuck_after=900.0),
            Loop("notifications of jobs", listener.work, listener.pause),
        ],
        close=listener.close,
        measures=[
            Gauge("waiting_agents", "Agents whose question for a job is held", lambda: waiting.count),
            Counter("failed_webhooks", "Webhooks that were given up", lambda: hooks.failed),
        ],
        run_members={"job": overview.job_of_run},
        error_shapes={"/v1": flinger_error},
    )


def _show(core: Core, agents: Mapping[str, Agent], queue: dict[str, int] | None) -> None:
    with core.lock:
        is_news = core.wall.show_agents(agents)
    core.publisher.set_queue(queue)
    if is_news:
        core.publisher.wake()
