"""What became of one file that was imported."""

from __future__ import annotations

from dataclasses import dataclass

from livewall_dashboard.history.result_sets.complete_run import Change


@dataclass(frozen=True)
class Outcome:
    """`change`: None where nothing was missing. `is_new`: nobody had reported the run. `note`: what else is to be said.

    `is_partial`: the file itself says that it lacks results.
    """

    key: str
    setup: str
    tests: int
    is_new: bool
    change: Change | None
    is_partial: bool = False
    note: str = ""
