"""config/node/Jenkinsfile is Groovy, shaped as Jenkins's declarative pipelines are, and calls what a node has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_groovy
from tree_sitter import Language, Node, Parser

pytestmark = pytest.mark.unit

CONFIG = Path(__file__).parents[3] / "config" / "node"
SOURCE = (CONFIG / "Jenkinsfile").read_bytes()
SECTIONS = {"agent", "options", "parameters", "triggers", "environment", "tools", "stages", "post"}
"""What may stand in a declarative pipeline."""


def parse(source: bytes) -> Node:
    return Parser(Language(tree_sitter_groovy.language())).parse(source).root_node


def every(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from every(child)


def test_it_is_groovy() -> None:
    assert [node.start_point for node in every(parse(SOURCE)) if node.is_error or node.is_missing] == []
    assert parse(SOURCE.replace(b"stages {", b"stages", 1)).has_error, "it would have said so"


def test_it_is_a_declarative_pipeline() -> None:
    text = SOURCE.decode()
    assert set(re.findall(r"^ {4}(\w+) \{", text, re.MULTILINE)) <= SECTIONS
    assert {"agent", "stages", "post"} <= set(re.findall(r"^ {4}(\w+) \{", text, re.MULTILINE))
    assert re.findall(r"stage\('(\w+)'\)", text) == ["Revision", "Suites"]
    assert "disableConcurrentBuilds()" in text, "no run on top of a run"


def test_it_calls_what_a_node_has() -> None:
    """Under the lock that the node's own timers take."""
    scripts = re.findall(r"script: '(.*)'", SOURCE.decode())
    installer = (CONFIG / "install.sh").read_text(encoding="utf-8")
    called = {word for script in scripts for word in re.findall(r"livewall-(?:robot|env|revision|schedule)\b", script)}
    assert called == {"livewall-robot", "livewall-revision"}
    assert all(re.search(rf"\bprogram {name} ", installer) for name in called)
    assert any("flock /var/lib/livewall-node/node.lock livewall-robot" in script for script in scripts)
    assert "state=$prefix/var/lib/livewall-node" in installer
