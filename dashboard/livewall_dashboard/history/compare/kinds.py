"""What became of a test from one run to another: the rules, in words. The query `pair_runs` applies them."""

from __future__ import annotations

from typing import Literal, get_args

Kind = Literal["new_failures", "not_executed", "still_failing", "fixed", "slower"]
"""In the order of how much they matter, which is that of the list.

`new_failures`: fails, and did not fail before, or was not there. `not_executed`: had a result, and now has none or was
skipped. `still_failing`: failed, and fails again, be it as expected by now. `fixed`: failed, and passes. `slower`:
passed both times, and took at least `SLOWER_RATIO` times as long, which is at least `SLOWER_BY` seconds more.
"""

KINDS: tuple[Kind, ...] = get_args(Kind)

SLOWER_RATIO = 1.5
SLOWER_BY = 0.5
"""Seconds."""
