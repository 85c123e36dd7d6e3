"""resultsdbpy in memory, as its documentation sets it up: run by its own Python, with a port.

It imports a module for bug trackers that it does not ship; here is an empty one.
"""

from __future__ import annotations

import os
import sys
import types
from typing import Any


class _NoTracker:
    def name(self) -> str:
        return "none"

    def set_commit_context(self, context: object) -> None:
        pass


del sys.path[0]  # modules of the tests have names of packages
package, module = types.ModuleType("resultsdbpy.bug_trackers"), types.ModuleType("resultsdbpy.bug_trackers.bugzilla")
module.WebKitBugzilla = _NoTracker  # type: ignore[attr-defined]
sys.modules.update({package.__name__: package, module.__name__: module})
os.environ["CQLENG_ALLOW_SCHEMA_MANAGEMENT"] = "1"


def application() -> Any:
    from fakeredis import FakeStrictRedis  # noqa: PLC0415  # after the one that is missing
    from flask import Flask  # noqa: PLC0415  # after the one that is missing
    from resultsdbpy.controller.api_routes import APIRoutes  # noqa: PLC0415  # after the one that is missing
    from resultsdbpy.model.mock_cassandra_context import MockCassandraContext  # noqa: PLC0415  # after the one that is missing
    from resultsdbpy.model.model import Model  # noqa: PLC0415  # after the one that is missing
    from resultsdbpy.view.view_routes import ViewRoutes  # noqa: PLC0415  # after the one that is missing

    cassandra = MockCassandraContext(nodes=["localhost"], keyspace="livewall", create_keyspace=True)
    model = Model(redis=FakeStrictRedis(), cassandra=cassandra, default_ttl_seconds=None, archive_ttl_seconds=None)
    routes = APIRoutes(model=model, import_name=__name__)
    app = Flask(__name__)
    for status in (404, 405):
        app.register_error_handler(status, routes.error_response)
    app.register_blueprint(routes)
    app.register_blueprint(ViewRoutes(model=model, controller=routes, import_name=__name__))
    return app


if __name__ == "__main__":
    application().run(host="127.0.0.1", port=int(sys.argv[1]))
