"""A wall that publishes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.screen_stage import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    stage.publisher.loop.start()
    yield stage
    stage.publisher.loop.stop()
