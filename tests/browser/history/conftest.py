"""A wall of each file's own, and a page of it that complains of what its scripts do wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browser.reported import report_red_run
from support.dashboard import Dashboard, running_dashboard
from support.postgres import Databases
from support.reporter import Reporter


@pytest.fixture(scope="module")
def wall(databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with running_dashboard(databases, template, tmp_path_factory.mktemp("wall")) as wall:
        yield wall


@pytest.fixture(scope="module")
def reporter(wall: Dashboard) -> Reporter:
    return Reporter(wall.request)


@pytest.fixture
def page(browser: Browser, wall: Dashboard) -> Iterator[Page]:
    """A page on which no script fails and nothing breaks the policy."""
    context = browser.new_context(base_url=wall.url, viewport={"width": 1400, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def red(wall: Dashboard) -> str:
    """A run of two suites with every kind of test; its log.html is there."""
    return report_red_run(wall)
