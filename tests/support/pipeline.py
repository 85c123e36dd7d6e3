"""A Jenkinsfile as a Groovy parser sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import tree_sitter
import tree_sitter_groovy

_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_groovy.language()))


class Pipeline:
    """Raises ValueError, with the line, for a text that is no Groovy."""

    def __init__(self, text: str) -> None:
        self._root = _PARSER.parse(text.encode()).root_node
        if self._root.has_error:
            raise ValueError(f"line {_first_error(self._root) + 1} is no Groovy")

    @classmethod
    def read(cls, path: Path) -> Pipeline:
        return cls(path.read_text(encoding="utf-8"))

    @property
    def stages(self) -> list[str]:
        """Names, in order."""
        return [_text(node) for node in self._arguments("stage")]

    def steps(self, name: str) -> list[str]:
        """The first argument of each call of a step: of `sh`, the script."""
        return [_text(node) for node in self._arguments(name)]

    def calls(self, name: str) -> bool:
        """Whether something of this name is called or opened as a block."""
        return any(_name(node) == name for node in _all(self._root))

    def _arguments(self, name: str) -> Iterator[tree_sitter.Node]:
        for node in _all(self._root):
            if _name(node) == name:
                strings = [child for child in _all(node) if child.type in ("character_literal", "string_literal")]
                if strings:
                    yield strings[0]


def _name(node: tree_sitter.Node) -> str:
    """What a call calls."""
    if node.type not in ("method_invocation", "juxt_function_call"):
        return ""
    first = node.named_children[0]
    return _bytes(first).decode() if first.type == "identifier" else ""


def _text(node: tree_sitter.Node) -> str:
    return _bytes(node).decode()[1:-1]


def _bytes(node: tree_sitter.Node) -> bytes:
    assert node.text is not None
    return node.text


def _all(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    yield node
    for child in node.named_children:
        yield from _all(child)


def _first_error(root: tree_sitter.Node) -> int:
    """Line of the first thing that is wrong, from 0."""
    bad = [node for node in _every(root) if node.is_missing or node.type == "ERROR"]
    return int(max((node.start_point[0] for node in bad), default=0))


def _every(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    yield node
    for child in node.children:
        yield from _every(child)
