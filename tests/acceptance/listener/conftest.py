"""Real robot processes against a small wall that remembers what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.robots import interpreter
from support.wall import RecordingWall

SUITES = Path(__file__).parents[1] / "suites"


@pytest.fixture
def wall() -> Iterator[RecordingWall]:
    with RecordingWall() as wall:
        yield wall


@pytest.fixture(params=["newest", "oldest"])
def robot(request: pytest.FixtureRequest) -> str | None:
    """The interpreter to run robot with, as `start_robot` takes it: None is this one."""
    return interpreter(request.param)
