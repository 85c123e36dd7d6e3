"""Prints the OpenAPI document: `python -m livewall_dashboard.serving.openapi_document > docs/openapi.json`."""

from __future__ import annotations

import sys
from contextlib import closing

from livewall_dashboard.app import Dashboard
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.base.version import VERSION
from livewall_dashboard.lab import Lab, LabFile
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.web import openapi


def document() -> str:
    """Of a wall on no database, which is never started."""
    with closing(Database("")) as database:
        wall = Dashboard(Settings(), LabFile.of(Lab.of([])), database, async_mode="threading")
        return openapi.encoded(wall.flask, VERSION)


if __name__ == "__main__":
    sys.stdout.write(document())
