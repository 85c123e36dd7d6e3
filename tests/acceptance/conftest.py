"""One dashboard for all acceptance tests that leave it well; those that hurt it make their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.dashboard import Dashboard, running_dashboard
from support.lab import Lab
from support.postgres import Databases


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The one that takes minutes comes first: the others fill the time of the other workers.

    Then those that share a server that deploys itself, so that one worker has all of them, and makes it once.
    """
    first = "test_deployments_during_a_run.py"
    items.sort(key=lambda item: (item.path.name != first, item.path.parent.name != "deploy"))


@pytest.fixture(scope="session")
def shared_dashboard(
    databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    with running_dashboard(databases, template, tmp_path_factory.mktemp("shared-dashboard")) as dashboard:
        yield dashboard


@pytest.fixture
def lab(shared_dashboard: Dashboard, tmp_path: Path) -> Lab:
    return Lab(shared_dashboard, tmp_path)
