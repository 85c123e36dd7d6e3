"""What is asked of a build: the options that pretest's `pretest-auto-build-check` has, and the same words for them."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from livewall_agent.errors import Misconfigured

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True)
class BuildOptions:
    """`configure`, `make`, `check`: each as it was given; spaces part parameters, quotes hold them together.

    `environment`: names and values.
    """

    branch: str = ""
    configure: tuple[str, ...] = ()
    make: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


def words_of(parameters: tuple[str, ...]) -> list[str]:
    """Raises Misconfigured."""
    words = []
    for given in parameters:
        try:
            words += shlex.split(given)
        except ValueError as error:
            raise Misconfigured(f"{given!r} cannot be taken apart: {error}") from None
    return words


def variable(text: str) -> tuple[str, str]:
    """NAME=VALUE. Raises Misconfigured."""
    name, is_there, value = text.partition("=")
    if not is_there or not _NAME.fullmatch(name):
        raise Misconfigured(f"-e {text!r} is not NAME=VALUE")
    return name, value
