"""What becomes of a test from one run to another, as the wall calls it, and in words."""

from __future__ import annotations

WORDS = {
    "new_failures": ("new failure", "new failures"),
    "not_executed": ("not executed", "not executed"),
    "still_failing": ("still failing", "still failing"),
    "fixed": ("fixed", "fixed"),
    "slower": ("slower", "slower"),
}
"""By kind, the worst first: of one test, and of several."""

WORSE = ("new_failures", "not_executed")
"""What is worse than before, unless somebody says otherwise."""


def count_text(kind: str, count: int) -> str:
    return f"{count:,} {WORDS[kind][count != 1]}"
