"""Pages never say "1 jobs": before a noun for several stands a number that `plural` knows, or that is never one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_python

STATIC = Path(__file__).parents[3] / "dashboard" / "livewall_dashboard" / "static"
NOUNS = (
    "agents", "attempts", "branches", "builds", "columns", "commits", "days", "errors", "failures", "files", "folders",
    "instances", "jobs", "lines", "messages", "names", "processes", "queues", "results", "runs", "screens", "setups",
    "steps", "suites", "tests", "tries", "warnings",
)  # fmt: skip
COUNTED = re.compile(rf"\$\{{([^{{}}]*)\}} (?:{'|'.join(NOUNS)})(?![\w/])")
"""A number in a text, and a noun that goes for several."""
ONE = re.compile(r"=== 1\b|> 1\b|=== 2\b")
"""What goes for one is said beside it."""
CONSTANT = re.compile(r"[A-Z_]+$")
NEVER_ONE = ("count.toLocaleString", "attempts}` : `${attempts} tries")
"""A page of a search that has a next one; tries of a test that was tried again."""


def wrong_lines(text: str) -> list[str]:
    found = []
    for line in text.splitlines():
        numbers = [number for number in COUNTED.findall(line) if not CONSTANT.match(number)]
        if numbers and not ONE.search(line) and not any(known in line for known in NEVER_ONE):
            found.append(line.strip())
    return found


def test_no_page_says_1_jobs() -> None:
    files = [path for path in STATIC.rglob("*.js") if "vendor" not in path.parts]
    assert len(files) > 50
    wrong = {str(path.relative_to(STATIC)): lines for path in files if (lines := wrong_lines(path.read_text("utf-8")))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [
        ("`${count} jobs wait`", True),
        ("`${done} of ${total} tests`", True),
        ("`${done} of ${plural(total, 'test')}`", False),
        ("count === 1 ? 'once' : `${count} tries`", False),
        ("`At most ${MOST} runs are compared`", False),
    ],
)
def test_what_counts_as_wrong(line: str, is_wrong: bool) -> None:
    assert bool(wrong_lines(line)) is is_wrong
