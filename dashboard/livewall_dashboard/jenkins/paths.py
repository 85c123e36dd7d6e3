"""Names of jobs: their addresses, and the patterns that stand for several of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, unquote

DEEPEST = 5
"""Levels that `**` stands for at most."""

_UNQUOTED = "!$&'()*+,-.=@_"
"""What Jenkins leaves as it is in addresses."""


def address(full_name: str) -> str:
    """The path of a job or folder below its Jenkins, with the last slash; "" for Jenkins itself.

    A branch `feature/x` of a multibranch job is called `feature%2Fx`, and its address has `feature%252Fx`.
    """
    return "".join(f"job/{quote(part, safe=_UNQUOTED).replace('~', '%7E')}/" for part in _parts(full_name))


def title_of(full_name: str) -> str:
    return unquote(full_name.rpartition("/")[2])


def is_pattern(path: str) -> bool:
    return "*" in path


def matches(pattern: str, full_name: str) -> bool:
    """`*` stands for anything within a level, `**` for any levels; a branch may be written as `feature/x`, too."""
    compiled = _compiled(pattern)
    return bool(compiled.fullmatch(full_name) or ("%" in full_name and compiled.fullmatch(unquote(full_name))))


def base_of(patterns: Iterable[str]) -> str:
    """The innermost folder that has everything the patterns may match; "" is Jenkins itself."""
    folders = [_folder(pattern) for pattern in patterns]
    if not folders:
        return ""
    common = []
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return "/".join(common)


def step_towards(base: str, pattern: str) -> str:
    """The next folder below `base` on the way to what the pattern matches; "" where that may be in `base` itself."""
    folder, above = _folder(pattern), len(_parts(base))
    return folder[above] if len(folder) > above else ""


def depth_below(base: str, patterns: Iterable[str]) -> int:
    """How many levels below `base` the patterns reach."""
    above = len(_parts(base))
    return max((_levels(pattern) - above for pattern in patterns), default=1)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _folder(pattern: str) -> list[str]:
    """The levels before the last one, as far as they are no pattern."""
    parts = _parts(pattern)
    fixed = next((index for index, part in enumerate(parts) if is_pattern(part)), len(parts))
    return parts[: min(fixed, len(parts) - 1)]


def _levels(pattern: str) -> int:
    return sum(DEEPEST if "**" in part else 1 for part in _parts(pattern))


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*)", "/".join(_parts(pattern)))
    expressions = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return re.compile("".join(expressions.get(part, re.escape(part)) for part in parts), re.DOTALL)
