"""Branches of projects are watched, built and shown."""

from __future__ import annotations

from datetime import timedelta

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.feature import Counter, Feature, Gauge, NavItem
from livewall_dashboard.base.signal import Signal
from livewall_dashboard.branches import (
    badge_routes,
    connect_routes,
    hook_routes,
    html_routes,
    instance_routes,
    pages,
    routes,
)
from livewall_dashboard.branches.branch_store import BranchStore
from livewall_dashboard.branches.build_actions import BuildActions
from livewall_dashboard.branches.build_instances import PLAN_EACH, BuildInstances
from livewall_dashboard.branches.build_store import BuildStore
from livewall_dashboard.branches.build_tickets import BuildTickets
from livewall_dashboard.branches.distance_store import DistanceStore
from livewall_dashboard.branches.distances import Distances
from livewall_dashboard.branches.fetchers import Fetchers
from livewall_dashboard.branches.finish_build import BuildFinisher
from livewall_dashboard.branches.follower import Follower
from livewall_dashboard.branches.forks import ForkPoints
from livewall_dashboard.branches.handover import Handover
from livewall_dashboard.branches.html_store import HtmlStore
from livewall_dashboard.branches.instance_address import address_of
from livewall_dashboard.branches.job_store import BuildJobStore
from livewall_dashboard.branches.jobs import Jobs
from livewall_dashboard.branches.mirror import Mirrors
from livewall_dashboard.branches.overview import Overview
from livewall_dashboard.branches.planner import Planner
from livewall_dashboard.branches.reading import ImportFiles, ReadStep
from livewall_dashboard.branches.sources import Sources
from livewall_dashboard.branches.status_teller import StatusTeller
from livewall_dashboard.branches.step_logs import StepLogs
from livewall_dashboard.branches.watch_lock import WatchLock
from livewall_dashboard.core import Core
from livewall_dashboard.lab.model import Lab

KEPT = timedelta(days=90)
"""How long builds are kept where nothing is said of runs."""
REMOVE_EACH = 3600.0
REMOVED_AT_ONCE = 500
TOPIC = "branches"
"""Of what its pages are told that something has changed."""


def feature(core: Core, jobs: Jobs, read_step: ReadStep, import_files: ImportFiles) -> Feature:
    """`jobs`: the queue that builds wait in. What reads logs and files of results is others', too."""

    def note() -> None:
        core.changes.note(TOPIC)
        teller.loop.wake()

    database, folder = core.database, core.settings.data.expanduser().absolute() / "branches"
    instances = BuildInstances(
        database,
        lambda: core.lab.current,
        address_of(core.settings, lambda: core.lab.current),
        core.clock,
        most=core.settings.instances,
        on_change=note,
        look=jobs.look,
    )
    store, overview, lock = BuildStore(database, note), Overview(database, instances), WatchLock(database.url)
    of_jobs = BuildJobStore(database, store, note)

    def may_work() -> bool:
        return overview.is_used and lock.is_ours

    html = HtmlStore(database, core.artifacts)
    tickets = BuildTickets(core.guard.still_admits, lambda: core.clock().timestamp())
    mirrors, due = Mirrors(folder), Signal[str]("branch builds may be due")
    sources = Sources(folder / ".sources", mirrors, lambda *names: _url(core.lab.current, *names), database.offload)
    finisher = BuildFinisher(
        of_jobs,
        jobs,
        html,
        core.result_sets,
        core.artifacts,
        import_files,
        core.store.run,
        folder=folder / ".results",
        offload=database.offload,
        clock=core.clock,
    )
    distances = Distances(mirrors, DistanceStore(database), may_work=may_work, on_change=note)
    planner = Planner(
        lambda: core.lab.current,
        store,
        ForkPoints(mirrors, store),
        jobs,
        may_work=may_work,
        on_due=due.send,
        on_bundles=distances.note,
    )
    fetchers = Fetchers(mirrors, BranchStore(database), may_work=may_work, on_news=planner.note)
    handover = Handover(of_jobs, jobs, sources, may_work=may_work, on_end=planner.note)
    follower = Follower(of_jobs, jobs, finisher, read_step, database.offload, may_work=may_work, on_end=planner.note)

    teller = StatusTeller(lambda: core.lab.current, database, allowed=core.settings.webhooks_to, may_work=may_work)

    due.connect(lambda _: handover.loop.wake())

    def configure(lab: Lab) -> None:
        overview.is_used |= bool(lab.projects)  # what goes on of a project that is taken out is ended
        fetchers.configure(lab)
        planner.note()
        note()

    def prepare() -> None:
        sources.tidy()
        finisher.tidy()
        overview.look()
        overview.is_used |= bool(core.lab.current.projects)
        if core.settings.first_build:
            store.raise_number(core.settings.first_build)

    def remove_old() -> None:
        before = core.clock() - (core.settings.retention or KEPT)
        while may_work() and store.remove_old(before, REMOVED_AT_ONCE):
            pass
        if may_work():
            instances.forget()

    def plan_instances() -> None:
        if may_work():
            instances.plan()

    fetchers.configure(core.lab.current)
    core.lab.changed.connect(configure)
    actions = BuildActions(store, jobs, planner.note, instances)
    return Feature(
        name="branches",
        blueprints=[
            routes.blueprint(lambda: core.lab.current, overview, actions, StepLogs(overview, jobs).response),
            instance_routes.blueprint(lambda: core.lab.current, instances, overview),
            hook_routes.blueprint(lambda: core.lab.current, core.guard, fetchers.hasten),
            connect_routes.blueprint(lambda: core.lab.current, core.settings, core.guard, instances, overview, tickets),
            html_routes.blueprint(core.guard, html, tickets),
            badge_routes.blueprint(lambda: core.lab.current, core.guard, overview),
            pages.blueprint(lambda: core.lab.current, core.guard),
        ],
        nav=[NavItem("branches", "Branches", "/branches", lambda: bool(core.lab.current.projects))],
        prepare=prepare,
        background=[
            fetchers,
            planner.loop,
            distances.loop,
            handover.loop,
            follower.loop,
            teller.loop,
            Loop("old branch builds", remove_old, REMOVE_EACH, stuck_after=900.0),
            Loop("instances", plan_instances, PLAN_EACH),
        ],
        close=lock.close,
        measures=[
            Gauge("branch_watcher", "Whether this wall watches branches", lambda: float(may_work())),
            Counter("failed_statuses", "Statuses of commits that no host has heard", lambda: teller.failed),
        ],
    )


def _url(lab: Lab, project: str, repository: str) -> str:
    """Where a repository is fetched from, "" for one that is no longer configured."""
    return next(
        (
            each.remotes[0].url
            for one in lab.projects
            if one.name == project
            for each in one.repositories
            if each.name == repository
        ),
        "",
    )
