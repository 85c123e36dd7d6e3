"""Branches of projects are watched, built and shown."""

from __future__ import annotations

from flask import Response

from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.base.feature import Feature
from livewall_dashboard.branches import routes
from livewall_dashboard.branches.build_actions import BuildActions
from livewall_dashboard.branches.build_store import BuildStore
from livewall_dashboard.branches.jobs import Jobs
from livewall_dashboard.branches.overview import Overview
from livewall_dashboard.core import Core


def feature(core: Core, jobs: Jobs) -> Feature:
    store, overview = BuildStore(core.database), Overview(core.database)
    actions = BuildActions(store, jobs, lambda: None)

    def log(number: int, step: str) -> Response:
        raise NotFound(f"The branch build {number} has no log of {step[:100]!r}.")

    return Feature(
        name="branches",
        blueprints=[routes.blueprint(lambda: core.lab.current, overview, actions, log)],
    )
