"""The shell commands that the documentation shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy.md"

_HEREDOC = re.compile(r"^(.*?)<<'(\w+)'(.*?)\n(.*?)^\2$", re.DOTALL | re.MULTILINE)
_REDIRECTION = re.compile(r"\d?>>?")


def shell_blocks(page: Path) -> list[str]:
    """The text of each shell example."""
    return re.findall(r"^ *```sh\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def shell_lines(page: Path) -> Iterator[list[str]]:
    """The words of each command in the page's shell examples.

    Continued lines are joined, `&&` parted; what a command is given to read, or where it writes, is left out.
    """
    for block in shell_blocks(page):
        for line in _HEREDOC.sub(r"\1\3", block).replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            while words:
                end = words.index("&&") if "&&" in words else len(words)
                command = _without_redirection(words[:end])
                while command and re.match(r"[A-Z_]+=", command[0]):
                    command.pop(0)
                yield command
                words = words[end + 1 :]


def heredocs(page: Path) -> list[str]:
    """What is written in the page for commands to read."""
    return [match[4] for block in shell_blocks(page) for match in _HEREDOC.finditer(block)]


def without_user(command: list[str]) -> list[str]:
    """`runuser -u NAME -- COMMAND` without its beginning."""
    return command[command.index("--") + 1 :] if command[:1] == ["runuser"] else command


def _without_redirection(words: list[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for word in words:
        if skip or _REDIRECTION.fullmatch(word):
            skip = not skip
        else:
            kept.append(word)
    return kept
