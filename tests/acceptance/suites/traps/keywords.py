"""Keywords that misbehave in ways plain Robot Framework data cannot."""

from __future__ import annotations

import sys

from robot.api import logger
from robot.api.exceptions import ContinuableFailure, SkipExecution
from robot.libraries.BuiltIn import BuiltIn


def recurse_forever() -> None:
    recurse_forever()


def recurse_through_robot(depth: int = 60) -> None:
    """Ends in RecursionError somewhere deep between Robot Framework's own frames."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(400)
    try:
        BuiltIn().run_keyword("Recurse Through Robot", depth)
    finally:
        sys.setrecursionlimit(limit)


def fail_and_continue(message: str) -> None:
    raise ContinuableFailure(message)


def fail_in_html(message: str) -> None:
    error = AssertionError(f"*HTML* {message}")
    raise error


def skip_from_python(message: str) -> None:
    raise SkipExecution(message)


def fail_without_message() -> None:
    raise AssertionError


def fail_with(message: str) -> None:
    raise AssertionError(message)


def raise_odd_error() -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            return "odd \x00\x01 text \r\n with \ttabs "

    raise Odd


def warn_and_error(warnings: int, errors: int) -> None:
    for number in range(warnings):
        logger.warn(f"warning {number}")
    for number in range(errors):
        logger.error(f"error {number}")
