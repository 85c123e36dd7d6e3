"""Jenkins's `tree` parameter: `jobs[name,builds[number]{0,10}]`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r"([^\[\]{},]+)|([\[\]{},])")


@dataclass
class Tree:
    """Members by name; `first` and `last` cut a list."""

    members: dict[str, Tree] = field(default_factory=dict)
    first: int = 0
    last: int | None = None


def parse(text: str) -> Tree:
    """Raises ValueError for what Jenkins answers with an error."""
    tokens = [word or sign for word, sign in _TOKEN.findall(text)]
    tree = Tree(_members(tokens))
    if tokens:
        raise ValueError(f"left over: {tokens}")
    return tree


def _members(tokens: list[str]) -> dict[str, Tree]:
    members: dict[str, Tree] = {}
    while True:
        name = tokens.pop(0)
        if name in "[]{},":
            raise ValueError(f"{name} where a name belongs")
        members[name] = inner = Tree()
        if tokens[:1] == ["["]:
            tokens.pop(0)
            inner.members = _members(tokens)
            _expect(tokens, "]")
        if tokens[:1] == ["{"]:
            tokens.pop(0)
            inner.first = int(tokens.pop(0))
            _expect(tokens, ",")
            inner.last = int(tokens.pop(0))
            _expect(tokens, "}")
        if tokens[:1] != [","]:
            return members
        tokens.pop(0)


def _expect(tokens: list[str], wanted: str) -> None:
    if tokens.pop(0) != wanted:
        raise ValueError(f"{wanted} is missing")


def prune(value: Any, tree: Tree) -> Any:
    """What of `value` the tree names; `_class` is always there, as in Jenkins's JSON."""
    if isinstance(value, list):
        return [prune(item, Tree(tree.members)) for item in value[tree.first : tree.last]]
    if not isinstance(value, dict):
        return value
    return {
        name: prune(member, tree.members.get(name, Tree()))
        for name, member in value.items()
        if name == "_class" or name in tree.members
    }
