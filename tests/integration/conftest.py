"""A whole dashboard without a socket, and runs reported to it as nodes do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from livewall_dashboard.lab import Lab, SetupConfig
from support.postgres import Databases
from support.reporter import Reporter, through_flask
from support.walls import wall_on

LAB = Lab.of([SetupConfig("rack-1", group="rack"), SetupConfig("never-heard-of", group="rack")])


@pytest.fixture
def make_app(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Dashboard]]:
    """Makes a running dashboard with these settings; one at a time, as it holds the database's recording lock."""
    made: list[Dashboard] = []

    def make(**settings: object) -> Dashboard:
        dashboard = wall_on(database_url, LAB, **{"data": tmp_path, **settings})
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


@pytest.fixture(scope="module")
def shared_client(
    databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """Of one wall for the tests of a file that only read or are refused: to make one costs more than most of them."""
    url = databases.create(template)
    dashboard = wall_on(url, LAB, data=tmp_path_factory.mktemp("shared"))
    dashboard.start()
    yield dashboard.flask.test_client()
    dashboard.stop()
    databases.drop(url)


@pytest.fixture(scope="module")
def shared_reporter(shared_client: FlaskClient) -> Reporter:
    """For what many tests of a file only read."""
    return Reporter(through_flask(shared_client))


@pytest.fixture
def reporter(client: FlaskClient) -> Reporter:
    return Reporter(through_flask(client))
