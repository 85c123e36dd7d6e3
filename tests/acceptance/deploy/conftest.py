"""Servers that deploy themselves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.deployment import Deployment
from support.postgres import Databases

for _program in ("git", "flock"):
    if not shutil.which(_program):
        pytest.skip(f"{_program} is not installed", allow_module_level=True)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Deployment]:
    """A server of the test's own: nothing is deployed yet; the service waits for its first release."""
    with _served(Deployment(tmp_path / "server", database_url)) as server:
        yield server


@pytest.fixture(scope="session")
def shared_server(
    databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    url = databases.create(template)
    with _served(Deployment(tmp_path_factory.mktemp("deployed") / "server", url)) as server:
        server.commit("The first release")
        server.deploy()
        yield server
    databases.drop(url)


@pytest.fixture
def deployed(shared_server: Deployment) -> Deployment:
    """A server that all tests share, with a good release in service. A test leaves it so, whatever it deploys."""
    commit = shared_server.current["commit"]
    assert shared_server.runs(commit), shared_server.log
    shared_server.back(commit, f"As {commit[:10]}, which is in service")
    return shared_server


@contextmanager
def _served(server: Deployment) -> Iterator[Deployment]:
    try:
        server.start_service()
        yield server
    finally:
        server.stop_service()
