"""How often Python looks for garbage among all there is, where much is made that goes by itself."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 20, 100)
"""Thresholds of the collector: with Python's own a fifth of the time that thousands of rows take goes into looking."""


@contextmanager
def collected_seldom() -> Iterator[None]:
    """For a block that makes rows by the thousand."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
