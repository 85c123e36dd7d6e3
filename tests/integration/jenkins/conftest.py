"""A recorded Jenkins, and whoever asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.jenkins.client import JenkinsClient
from livewall_dashboard.lab.model import JenkinsServer
from support.certificates import Certificates, make
from support.jenkins import RecordedJenkins
from support.jenkins.walls import walls_of


@pytest.fixture
def jenkins() -> Iterator[RecordedJenkins]:
    with RecordedJenkins() as recorded:
        yield recorded


@pytest.fixture
def connect() -> Iterator[Callable[..., JenkinsClient]]:
    """Makes clients (`JenkinsServer`'s members), none of which outlives the test."""
    made: list[JenkinsClient] = []

    def connect(url: str, **members: object) -> JenkinsClient:
        client = JenkinsClient(JenkinsServer("main", url, **members))  # type: ignore[arg-type]
        made.append(client)
        return client

    yield connect
    for client in made:
        client.close()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A private authority's, for 127.0.0.1."""
    folder: Path = tmp_path_factory.mktemp("certificates")
    return make(folder)


@pytest.fixture
def open_wall(database_url: str, tmp_path: Path, jenkins: RecordedJenkins) -> Iterator[Callable[..., FlaskClient]]:
    with walls_of(database_url, tmp_path, jenkins) as open_wall:
        yield open_wall


@pytest.fixture
def wall(open_wall: Callable[..., FlaskClient]) -> FlaskClient:
    return open_wall()
