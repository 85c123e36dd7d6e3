"""A whole dashboard without a socket, and runs reported to it as nodes do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from livewall_dashboard.config import Settings
from livewall_dashboard.db import Database
from livewall_dashboard.lab import Lab, LabFile, SetupConfig
from support.reporter import Reporter, through_flask

LAB = LabFile.of(Lab.of([SetupConfig("rack-1", group="rack"), SetupConfig("never-heard-of", group="rack")]))


@pytest.fixture
def make_app(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Dashboard]]:
    """Makes a running dashboard with these settings; one at a time, as it holds the database's recording lock."""
    made: list[Dashboard] = []

    def make(**settings: object) -> Dashboard:
        chosen = Settings(**{"data": tmp_path, **settings})  # type: ignore[arg-type]
        dashboard = Dashboard(chosen, LAB, Database(database_url), async_mode="threading")
        dashboard.start()
        made.append(dashboard)
        return dashboard

    yield make
    for dashboard in made:
        dashboard.stop()


@pytest.fixture
def app(make_app: Callable[..., Dashboard]) -> Dashboard:
    return make_app()


@pytest.fixture
def client(app: Dashboard) -> FlaskClient:
    return app.flask.test_client()


@pytest.fixture
def reporter(client: FlaskClient) -> Reporter:
    return Reporter(through_flask(client))
