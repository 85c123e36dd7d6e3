"""Every page that has a table offers it as CSV, and by one piece of code."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_python

PACKAGE = Path(__file__).parents[3] / "dashboard" / "livewall_dashboard"
STATIC = PACKAGE / "static"
TABLE = re.compile(r"""new Table\(|element\("table"|tableOf\(|"grid-row|"test-list"|"agents"\)""")
"""How modules make what is rows and columns to a reader."""
OFFER = re.compile(r"(?:offerCsv|csvLink|aimCsv)\(")
ADDRESS = re.compile(r"""(?:offerCsv|csvLink)\("[^"]+", ["`]([^"`]+)["`]""")


def page_scripts() -> Iterator[tuple[str, list[Path]]]:
    """Pages by their template, and what features add to pages by its script."""
    for template in sorted((PACKAGE / "templates").rglob("*.html")):
        scripts = re.findall(r'<script type="module"[^>]* src="/static/([^"{]+)"', template.read_text(encoding="utf-8"))
        yield template.relative_to(PACKAGE).as_posix(), [STATIC / script for script in scripts]
    for feature in sorted(PACKAGE.glob("*/feature.py")):
        for script in re.findall(r'PageAddition\("[^"]+", "([^"]+)"', feature.read_text(encoding="utf-8")):
            yield script, [STATIC / script]


def modules_of(scripts: list[Path]) -> set[Path]:
    found, todo = set(scripts), list(scripts)
    while todo:
        path = todo.pop()
        for address in re.findall(r'(?:from |import\()"(\.[^"]+)"', path.read_text(encoding="utf-8")):
            asked = Path(os.path.normpath(path.parent / address))
            if asked not in found and "vendor" not in asked.parts:
                found.add(asked)
                todo.append(asked)
    return found


PAGES = {name: modules_of(scripts) for name, scripts in page_scripts()}
NO_TABLE_OF_DATA = {
    "templates/wall/wall.html",  # the whole wall, once more as a table: what is now, of which nobody keeps a file
    "buildlogs/compare-panel.js",  # what differs between two reports, beside the comparison's own
}


def has(modules: set[Path], pattern: re.Pattern[str]) -> bool:
    own = (path for path in modules if path.parent.name != "shared" and path.name != "dom.js")
    return any(pattern.search(path.read_text(encoding="utf-8")) for path in own)


def test_tables_are_seen() -> None:
    with_table = {name for name, modules in PAGES.items() if has(modules, TABLE)}
    assert {
        "templates/history/runs.html", "templates/history/run.html", "templates/history/test-history.html",
        "templates/history/timeline.html", "templates/history/grid.html", "templates/history/compare.html",
        "templates/history/search.html", "templates/jobqueue/jobs.html", "templates/jobqueue/agents.html",
        "templates/buildlogs/reports.html", "templates/buildlogs/project.html", "templates/buildlogs/version.html",
        "templates/branches/project.html",
    } <= with_table  # fmt: skip


@pytest.mark.parametrize("page", sorted(PAGES.keys() - NO_TABLE_OF_DATA))
def test_a_page_with_a_table_offers_it_as_csv(page: str) -> None:
    assert has(PAGES[page], OFFER) or not has(PAGES[page], TABLE), f"{page} has a table and no link to it as CSV"


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_that_offers_csv_itself_has_a_place_for_it(page: str) -> None:
    if page.endswith(".html") and has(PAGES[page], re.compile(r"\bofferCsv\(")):
        assert 'id="actions"' in (PACKAGE / page).read_text(encoding="utf-8")


def test_links_and_routes_are_the_same() -> None:
    document = json.loads((PACKAGE.parents[1] / "docs" / "openapi.json").read_text(encoding="utf-8"))
    routes = {re.sub(r"\{[^}]+\}", "*", path) for path in document["paths"] if path.endswith(".csv")}
    assert set(offered()) == routes


def offered() -> Iterator[str]:
    """Addresses, with * in place of what differs from page to page."""
    for path in STATIC.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        known = dict(re.findall(r'const (PATH) = "([^"]+)"', text))
        known |= {f"this.{name}": value for name, value in re.findall(r"this\.(path) = `([^`]+)`", text)}
        for name, value in known.items():
            text = text.replace(f"${{{name}}}", value)
        for address in ADDRESS.findall(text.replace("${runPath(runId)}", "/api/v1/runs/*")):
            yield re.sub(r"\$\{[^}]+\}", "*", address)
