"""Real robot processes against a small wall that remembers what it is told."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.wall import RecordingWall

SUITES = Path(__file__).parents[1] / "suites"
OLD = os.environ.get("LIVEWALL_TEST_OLD_ROBOT", "")
"""A Python interpreter with the oldest Robot Framework that is supported."""


@pytest.fixture
def wall() -> Iterator[RecordingWall]:
    with RecordingWall() as wall:
        yield wall


@pytest.fixture(params=["newest", "oldest"])
def robot(request: pytest.FixtureRequest) -> str | None:
    """The interpreter to run robot with, as `start_robot` takes it: None is this one."""
    if request.param == "newest":
        return None
    if not OLD:
        pytest.skip("LIVEWALL_TEST_OLD_ROBOT names no interpreter")
    assert sys.executable != OLD
    return OLD
