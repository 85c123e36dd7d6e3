"""A wall of the file's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.dashboard import Dashboard, running_dashboard
from support.postgres import Databases


@pytest.fixture(scope="module")
def wall(databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with running_dashboard(databases, template, tmp_path_factory.mktemp("wall")) as wall:
        yield wall
