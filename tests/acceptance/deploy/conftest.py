"""A server that deploys itself, for each test one of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.deployment import Deployment

for _program in ("git", "flock"):
    if not shutil.which(_program):
        pytest.skip(f"{_program} is not installed", allow_module_level=True)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Deployment]:
    """Nothing is deployed yet; the service waits for its first release."""
    server = Deployment(tmp_path / "server", database_url)
    try:
        server.start_service()
        yield server
    finally:
        server.stop_service()


@pytest.fixture
def deployed(server: Deployment) -> Deployment:
    """The first release is in service."""
    server.commit("The first release")
    server.deploy()
    return server
