"""The promises in the documentation: each names a test, and the test is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SECURITY, README = ROOT / "docs" / "security.md", ROOT / "README.md"
NAMED = re.compile(r"(?<=[` ])tests/[\w/.-]+(?:::\w+)?(?=[` ])")
ROW = re.compile(r"^\| .*\|$", re.MULTILINE)


def promises(page: Path) -> list[str]:
    """The rows of the table of promises."""
    section = re.split(r"^## .*promise.*$", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.IGNORECASE)[1]
    return ROW.findall(section.split("\n## ")[0])[1:]


def tests_in(name: str) -> set[str]:
    """Functions of a file of tests, or of all below a folder; those of the long form alone do not count."""
    path = ROOT / name
    files = sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
    found = {node.name: node for file in files for node in ast.parse(file.read_text(encoding="utf-8")).body
             if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}  # fmt: skip
    return {each for each, node in found.items() if "pytest.mark.soak" not in map(ast.unparse, node.decorator_list)}


@pytest.mark.parametrize("page", [SECURITY, README], ids=["security", "README"])
def test_every_promise_names_tests_that_run(page: Path) -> None:
    assert len(promises(page)) >= 8
    for promise in promises(page):
        named = NAMED.findall(promise)
        assert named, f"held by nothing: {promise}"
        for name in named:
            path, _, function = name.partition("::")
            assert (ROOT / path).exists(), name
            assert function in tests_in(path) if function else tests_in(path), name


def test_all_checks_of_the_threat_model_are_there() -> None:
    numbers = [number for row in promises(SECURITY) for number in re.findall(r"\d+", row.split("|")[1])]
    assert numbers == [str(number) for number in range(1, 16)]
