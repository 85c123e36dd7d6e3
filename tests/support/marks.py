"""Marks that several tests give to their parameters."""

from __future__ import annotations

from typing import Any

import pytest


def in_the_long_form(*values: Any) -> list[Any]:
    """Further values of a parameter, for `make soak` alone; a tuple is a value of several parameters."""
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.soak) for value in values
    ]
