"""Real robot processes against a small wall that remembers what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.environment import DELIVERY
from support.robots import interpreter
from support.wall import RecordingWall

BOTH = "both_deliveries"
SUITES = Path(__file__).parents[1] / "suites"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test by a courier; by threads, too, those that are marked, and under soak all."""
    marks = [] if metafunc.definition.get_closest_marker(BOTH) else [pytest.mark.soak]
    metafunc.parametrize("delivery", ["process", pytest.param("threads", marks=marks)], indirect=True)


@pytest.fixture(autouse=True)
def delivery(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the listeners of the test deliver."""
    monkeypatch.setenv(DELIVERY, request.param)
    return str(request.param)


@pytest.fixture
def wall() -> Iterator[RecordingWall]:
    with RecordingWall() as wall:
        yield wall


@pytest.fixture(params=["newest", "oldest"])
def robot(request: pytest.FixtureRequest) -> str | None:
    """The interpreter to run robot with, as `start_robot` takes it: None is this one."""
    return interpreter(request.param)
