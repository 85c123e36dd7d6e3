"""How many tests a build says it ran: in the JUnit report, the Robot plugin's, or its description."""

from __future__ import annotations

import re
from functools import lru_cache

from livewall_dashboard.jenkins.model import BuildTests
from livewall_dashboard.jenkins.values import Object, objects, text, whole

DESCRIPTION_LENGTH = 500
"""Characters of a description that the pattern is tried on: a careless pattern may take long on more."""

_TAGS = re.compile(r"<[^<>]*>")


def tests_of(build: Object, pattern: str) -> BuildTests | None:
    """The first that says something, of: JUnit (Maven's and others' that count alike), Robot plugin, description."""
    junit = robot = None
    for action in objects(build, "actions"):
        total, failed, skipped = (whole(action, name) for name in ("totalCount", "failCount", "skipCount"))
        if total is None or total < 0:
            continue
        counts = _sane(total, failed or 0, skipped or 0)
        if "robot" in text(action, "_class").lower() or text(action, "urlName") == "robot":
            robot = robot or BuildTests(*counts, source="robot")
        else:
            junit = junit or BuildTests(*counts, source="junit")
    return junit or robot or described(text(build, "description"), pattern)


def described(description: str, pattern: str) -> BuildTests | None:
    """The counts that `pattern`'s groups total, passed, failed and skipped find; what is left out is calculated."""
    compiled = _compiled(pattern)
    if compiled is None or not description:
        return None
    plain = description[:DESCRIPTION_LENGTH]
    found = compiled.search(plain) or compiled.search(_TAGS.sub("", plain))
    if found is None:
        return None
    total, passed, failed, skipped = (_number(found, name) for name in ("total", "passed", "failed", "skipped"))
    if total is None:
        total = (passed or 0) + (failed or 0) + (skipped or 0)
    if failed is None and passed is not None:
        failed = total - passed - (skipped or 0)
    if skipped is None and passed is not None:
        skipped = total - passed - (failed or 0)
    return BuildTests(*_sane(total, failed or 0, skipped or 0), source="description")


def _sane(total: int, failed: int, skipped: int) -> tuple[int, int, int, int]:
    """Total, passed, failed, skipped: none below 0, and the parts no more than the whole."""
    failed = min(max(failed, 0), total)
    skipped = min(max(skipped, 0), total - failed)
    return total, total - failed - skipped, failed, skipped


def _number(found: re.Match[str], group: str) -> int | None:
    value = found.groupdict().get(group)
    return int(value) if value and value.isdecimal() and len(value) < 10 else None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern) if pattern else None
    except (re.error, RecursionError, OverflowError):
        return None
