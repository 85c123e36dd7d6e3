"""A wall of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.dashboard import Dashboard, running_dashboard
from support.postgres import Databases


@pytest.fixture
def wall(databases: Databases, template: str, tmp_path: Path) -> Iterator[Dashboard]:
    with running_dashboard(databases, template, tmp_path) as wall:
        yield wall
