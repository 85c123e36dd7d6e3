"""Keys of Postgres's advisory locks, which all that a database's users lock share."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_python

WALL = Path(__file__).parents[3] / "dashboard" / "livewall_dashboard"
KEY = re.compile(r"^\w*LOCK = (0x[0-9A-Fa-f_]+)$", re.MULTILINE)


def test_no_two_locks_have_one_key() -> None:
    keys = [int(key, 16) for path in WALL.rglob("*.py") for key in KEY.findall(path.read_text(encoding="utf-8"))]
    assert len(keys) > 5, "the pattern finds them"
    assert [hex(key) for key, number in Counter(keys).items() if number > 1] == []
