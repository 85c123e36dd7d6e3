"""Jobs wait in queues, agents take them."""

from __future__ import annotations

from livewall_dashboard.base.feature import Feature
from livewall_dashboard.core import Core
from livewall_dashboard.jobqueue import agent_routes, job_routes, result_routes
from livewall_dashboard.jobqueue.agent_store import AgentStore
from livewall_dashboard.jobqueue.errors import flinger_error
from livewall_dashboard.jobqueue.job_files import JobFiles
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.result_store import ResultStore


def feature(core: Core) -> Feature:
    database = core.database
    jobs, results, agents = JobStore(database), ResultStore(database), AgentStore(database)
    files = JobFiles(core.artifacts)
    return Feature(
        name="jobqueue",
        blueprints=[
            job_routes.blueprint(jobs),
            result_routes.blueprint(results, files),
            agent_routes.blueprint(agents),
        ],
        error_shapes={"/v1": flinger_error},
    )
