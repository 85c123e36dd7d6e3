"""One dashboard behind nginx for all tests that leave it well, and what else stands around a wall."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import certificates, nginx
from support.certificates import Certificates
from support.dashboard import Dashboard
from support.edge import Edge, edge
from support.postgres import Databases

BOARD_7 = "127.0.0.77"
"""The address of a node that is configured."""


@pytest.fixture(scope="session")
def board_7() -> str:
    return BOARD_7


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def needs_nginx() -> None:
    if nginx.program() is None:
        pytest.skip("nginx is not installed: apt-get install nginx-light")


@pytest.fixture(scope="session")
def shared_edge(
    databases: Databases,
    template: str,
    authority: Certificates,
    needs_nginx: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Edge]:
    url, folder = databases.create(template), tmp_path_factory.mktemp("edge")
    config = folder / "setups_config.json"
    config.write_text(json.dumps({"setups": [{"name": "Board 7", "addresses": [BOARD_7]}]}), encoding="utf-8")
    with edge(url, folder, authority, Dashboard, "--config", str(config)) as made:
        yield made
    databases.drop(url)


@pytest.fixture
def own_edge(database_url: str, authority: Certificates, needs_nginx: None, tmp_path: Path) -> Iterator[Edge]:
    """One that the test may hurt."""
    with edge(database_url, tmp_path, authority) as made:
        yield made


@pytest.fixture
def program() -> object:
    """`program(name)`: the path of a program of the system, also of those that only root has on PATH."""

    def find(name: str) -> str:
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
        if found is None:
            pytest.skip(f"{name} is not installed")
        return found

    return find
