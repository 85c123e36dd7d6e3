"""How what may block is run: directly where threads are real, in an OS thread of its own where they are green."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Offload = Callable[..., Any]
"""`offload(function, *args)` runs a blocking function where it may block, and returns what it returns."""


def call_directly(function: Callable[..., T], *args: Any) -> T:
    """The `Offload` of a server on real threads: its threads may block."""
    return function(*args)
