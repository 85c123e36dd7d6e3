"""docs/architecture.md shows the house as it is: each room, each module beside them, in the layer it is in."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_python

ROOT = Path(__file__).parents[3]
WALL = ROOT / "dashboard" / "livewall_dashboard"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

_ROW = re.compile(r"^\|[^|]*\| ((?:`[^`|]+`(?:, )?)+) \|", re.MULTILINE)


def told() -> list[str]:
    """What the rows of the wall's rooms are about, from top to bottom: `jenkins/`, `app.py`."""
    table = PAGE.partition("| layer | room |")[2].partition("\n\n")[0]
    return [name for cell in _ROW.findall(table) for name in re.findall(r"`([^`]+)`", cell)]


def there() -> set[str]:
    modules = {path.name for path in WALL.glob("*.py") if path.name != "__init__.py"}
    rooms = {f"{path.parent.name}/" for path in WALL.glob("*/*") if path.is_file() and path.parent.name[0] not in "._"}
    return modules | rooms | {"static/", "templates/"}


def layers() -> list[set[str]]:
    """Those of import-linter, from top to bottom: `{"history", "live"}`."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition('id = "rooms"')[2]
    found = re.findall(r'^    "([^"]+)",', text.partition("layers = [")[2].partition("\n]")[0], re.MULTILINE)
    return [set(layer.split(" | ")) for layer in found]


def test_architecture_tells_of_each_room_there_is_and_of_no_other() -> None:
    assert sorted(told()) == sorted(there())


def test_architecture_tells_of_rooms_in_the_order_of_their_layers() -> None:
    depth = {name: number for number, layer in enumerate(layers()) for name in layer}
    names = [name.removesuffix("/").removesuffix(".py") for name in told()]
    assert {name for name in names if name not in depth} == {"static", "templates"}
    inner = [name for name in names if name in depth]
    assert [(above, below) for above, below in pairwise(inner) if depth[above] > depth[below]] == []


def test_architecture_names_no_file_that_is_not_there() -> None:
    """Of a room in full, as `history/recorder.py`. The section on a new feature speaks of one that is not there yet."""
    page = re.sub(r"## A new feature.*?(?=^## )", "", PAGE, flags=re.DOTALL | re.MULTILINE)
    named = set(re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|js|sql))`", page))
    bases = (ROOT, WALL, ROOT / "listener" / "livewall_listener", ROOT / "agent" / "livewall_agent")
    assert len(named) > 5
    assert {name for name in named if not any((base / name).is_file() for base in bases)} == set()
