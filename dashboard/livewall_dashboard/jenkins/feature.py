"""Latest builds of the lab's Jenkins servers; starting and stopping them."""

from __future__ import annotations

from livewall_dashboard.base.feature import Counter, Feature, Gauge
from livewall_dashboard.core import Core
from livewall_dashboard.jenkins import routes
from livewall_dashboard.jenkins.build_actions import BuildActions
from livewall_dashboard.jenkins.latest import LatestBuilds
from livewall_dashboard.jenkins.poller_set import PollerSet
from livewall_dashboard.jenkins.runs_of_builds import RunsOfBuilds


def feature(core: Core) -> Feature:
    pollers = PollerSet(core.database.offload)
    pollers.configure(core.lab.current)
    core.lab.changed.connect(pollers.configure)
    latest, actions = LatestBuilds(pollers, RunsOfBuilds(core.store)), BuildActions(pollers)
    return Feature(
        name="jenkins",
        blueprints=[routes.blueprint(latest, actions, core.guard)],
        background=[pollers],
        close=actions.close,
        measures=[
            Gauge("jenkins_away", "Jenkins servers that do not answer", lambda: pollers.away),
            Counter("jenkins_requests", "Questions to Jenkins servers", lambda: pollers.requests),
        ],
    )
