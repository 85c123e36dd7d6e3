"""Labs that may be hurt, and runs to hurt them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.dashboard import Dashboard
from support.lab import Lab
from support.postgres import Databases, Postgres
from support.steady import SteadyRun


@pytest.fixture
def own_lab(make_dashboard: Callable[..., Dashboard], tmp_path: Path) -> Lab:
    """A lab with a dashboard that may be hurt."""
    return Lab(make_dashboard().start(), tmp_path)


@pytest.fixture
def lab_on(make_dashboard: Callable[..., Dashboard], tmp_path: Path) -> Callable[[Postgres], Lab]:
    """Makes a lab on a Postgres that may be hurt."""

    def make(server: Postgres) -> Lab:
        return Lab(make_dashboard(database_url=Databases(server.url).create()).start(), tmp_path)

    return make


@pytest.fixture
def steady(tmp_path: Path) -> Iterator[Callable[..., SteadyRun]]:
    """Starts runs, none of which outlives the test."""
    started: list[SteadyRun] = []

    def start(lab: Lab, *arguments: str, **options: object) -> SteadyRun:
        started.append(SteadyRun(lab, tmp_path / f"go-{len(started)}", *arguments, **options))
        started[-1].wait_begun()
        return started[-1]

    yield start
    for run in started:
        run.kill()
