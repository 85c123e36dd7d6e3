"""Files of the pages lead to files that are there, and those of one feature to its own and to shared ones."""

from __future__ import annotations

import graphlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_python

PACKAGE = Path(__file__).parents[3] / "dashboard" / "livewall_dashboard"
STATIC = PACKAGE / "static"
SOURCES = [
    path
    for folder in (STATIC, PACKAGE / "templates")
    for path in folder.rglob("*")
    if path.suffix in {".js", ".css", ".html"} and "vendor" not in path.parts
]
ABSOLUTE = re.compile(r"""["'](/static/[^"'{}]+)["']""")
RELATIVE = re.compile(r"""(?:\bfrom |\bimport\(|\burl\()"(?!/|types/)(\.{0,2}[^":#][^":]*)\"""")
"""But what is imported in comments, for tsc."""


def asked_by(path: Path) -> Iterator[Path]:
    text = path.read_text(encoding="utf-8")
    for address in ABSOLUTE.findall(text):
        yield PACKAGE / address.lstrip("/")
    for address in RELATIVE.findall(text):
        yield Path(os.path.normpath(path.parent / address))


def preloaded(template: str) -> set[str]:
    """What a page has the browser load before it knows why."""
    text = (PACKAGE / "templates" / template).read_text(encoding="utf-8")
    (loop,) = re.findall(r"for module in \(([^)]*)\)", text)
    return set(re.findall(r'"([^"]+)"', loop))


def static_imports(module: str) -> set[str]:
    """The modules that a module cannot do without, and all those of theirs; by name, as the template has them."""
    found: set[str] = set()
    todo = [STATIC / f"{module}.js"]
    while todo:
        path = todo.pop()
        for address in re.findall(r'from "(\.[^"]+)"', path.read_text(encoding="utf-8")):
            asked = Path(os.path.normpath(path.parent / address))
            name = asked.relative_to(STATIC).with_suffix("").as_posix()
            if name not in found and "vendor" not in asked.parts:
                found.add(name)
                todo.append(asked)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_lead_to_files_that_exist(path: Path) -> None:
    assert [str(asked) for asked in asked_by(path) if not asked.is_file()] == []


def test_addresses_of_each_form_are_seen() -> None:
    asked = {str(found.relative_to(STATIC)) for path in SOURCES for found in asked_by(path)}
    assert {"shared/base.css", "shared/dom.js", "builds/popup.js", "builds/popup.css"} <= asked
    assert any(name.startswith("vendor/") and name.endswith(".woff2") for name in asked)
    assert any(name.startswith("vendor/") and name.endswith(".js") for name in asked)


@pytest.mark.parametrize(
    ("template", "module"),
    [
        ("wall/wall.html", "wall/main"),
        ("history/timeline.html", "history/timeline"),
        ("history/test-history.html", "history/test-history"),
    ],
)
def test_a_page_preloads_what_it_cannot_do_without_and_nothing_else(template: str, module: str) -> None:
    assert preloaded(template) == static_imports(module)


def feature_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[1]


def test_a_feature_knows_itself_and_what_is_shared() -> None:
    crossed = {
        (str(path.relative_to(PACKAGE)), str(asked.relative_to(PACKAGE)))
        for path in SOURCES
        for asked in asked_by(path)
        if feature_of(asked) not in {feature_of(path), "shared", "vendor"}
    }
    assert crossed == {("static/wall/main.js", "static/builds/popup.js")}


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    modules = [path for path in SOURCES if path.suffix == ".js"]
    circles = graphlib.TopologicalSorter({path: list(asked_by(path)) for path in modules})
    assert list(circles.static_order())  # raises CycleError, which names the circle


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_is_short_enough_to_be_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450
