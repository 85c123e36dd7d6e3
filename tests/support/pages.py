"""The shell commands that the documentation shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy.md"


def shell_blocks(page: Path) -> list[str]:
    """The text of each shell example."""
    return re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def shell_lines(page: Path) -> Iterator[list[str]]:
    """The words of each command in the page's shell examples, continued lines joined, `&&` parted."""
    for block in shell_blocks(page):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            while words:
                end = words.index("&&") if "&&" in words else len(words)
                command = words[:end]
                while command and re.match(r"[A-Z_]+=", command[0]):
                    command.pop(0)
                yield command
                words = words[end + 1 :]
