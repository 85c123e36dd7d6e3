"""What the wall takes in is of none of the wire's classes: code that asks whether it is hears no, and goes on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from livewall_dashboard.ingest.event_structs import STRUCTS
from livewall_listener import wire

pytestmark = pytest.mark.any_python

WALL = Path(__file__).parents[3] / "dashboard" / "livewall_dashboard"
EVENTS = {"Event", *(cls.__name__ for cls in wire.EVENTS.values())}
ASKING = ("isinstance", "issubclass", "type")


def wrong_lines(source: str) -> list[int]:
    """Where a class of the wire's events decides: isinstance, type(...) is, and the patterns of a match."""
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("wire")
        for alias in node.names
        if alias.name in EVENTS
    }
    asked = (each for node in ast.walk(tree) for each in _classes(node))
    return sorted({each.lineno for each in asked if _is_event(each, imported)})


def _classes(node: ast.AST) -> Iterator[ast.expr]:
    """All that stands where it is asked of what class something is."""
    if isinstance(node, ast.MatchClass):
        yield from _expressions(node.cls)
    elif isinstance(node, ast.Call) and _asks(node):
        for argument in node.args[1:]:
            yield from _expressions(argument)
    elif isinstance(node, ast.Compare) and any(map(_asks, [node.left, *node.comparators])):
        yield from _expressions(node)


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    return (each for each in ast.walk(node) if isinstance(each, ast.expr))


def _asks(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKING


def _is_event(node: ast.expr, imported: set[str]) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in EVENTS and isinstance(node.value, ast.Name) and node.value.id == "wire"
    return isinstance(node, ast.Name) and node.id in imported


def test_events_are_told_apart_by_their_kind() -> None:
    files = list(WALL.rglob("*.py"))
    assert len(files) > 300
    wrong = {str(path.relative_to(WALL)): lines for path in files if (lines := wrong_lines(path.read_text("utf-8")))}
    assert wrong == {}, "go by event.kind: what is decoded is a struct of event_structs"


def test_what_is_decoded_is_none_of_the_wires() -> None:
    assert not any(issubclass(STRUCTS[kind], cls) for kind, cls in wire.EVENTS.items())


@pytest.mark.parametrize(
    ("source", "is_wrong"),
    [
        ("isinstance(event, wire.EndTest)", True),
        ("isinstance(event, (str, wire.EndTest | wire.Lost))", True),
        ("from livewall_listener.wire import Lost as L\nisinstance(event, L)", True),
        ("type(event) is wire.StartSuite", True),
        ("match event:\n    case wire.EndProcess(passed=1): pass", True),
        ("event.kind == wire.EndTest.kind", False),
        ("isinstance(info, wire.RunInfo)", False),
        ("isinstance(node, Lost)", False),
        ("made = wire.EndTest('s1-t1')", False),
    ],
)
def test_what_counts_as_wrong(source: str, is_wrong: bool) -> None:
    assert bool(wrong_lines(source)) is is_wrong
