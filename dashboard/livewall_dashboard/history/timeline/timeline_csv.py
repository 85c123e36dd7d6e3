"""Timelines as CSV, for spreadsheets: point by point, and how often a test passes on each setup. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from statistics import median
from typing import Any

from livewall_dashboard.base.clock import UTC
from livewall_dashboard.history.timeline.model import MessageGroup, Timeline
from livewall_dashboard.web.links import page_of

Row = dict[str, Any]
POINTS = ("started_at", "setup", "suite", "branch", "commits", "labels", "part", "outcome", "failed", "total",
          "elapsed_time", "is_broken_rig", "run", "url")  # fmt: skip
MESSAGES = ("count", "message", "setups", "first_at", "first_run", "last_at", "last_run")
RATES = ("setup", "labels", "passed", "failed", "rate", "median_time")
WORDS = {
    "p": "passed", "f": "failed", "s": "skipped", "n": "not run", "e": "failed as expected", "u": "passed unexpectedly",
    "t": "passed at a later try", "r": "running", "a": "abandoned", "i": "incomplete",
}  # fmt: skip
PASSED, FAILED = "pte", "fu"


def points_of(told: Timeline) -> Iterator[Row]:
    """The latest first, each with the names of `POINTS`."""
    runs, points = told.runs, told.points
    for place, run in enumerate(points.run):
        yield {
            "started_at": datetime.fromtimestamp(runs.started_at[run], UTC),
            "setup": told.setups[runs.setup[run]],
            "suite": told.suites[runs.suite[run]],
            "branch": told.branches[runs.branch[run]],
            "commits": _commits(told, run),
            "labels": told.configurations[runs.configuration[run]],
            "part": told.parts[points.part[place]].longname if points.part else "",
            "outcome": WORDS[points.outcome[place]],
            "failed": points.failed[place],
            "total": points.total[place],
            "elapsed_time": None if points.elapsed_time[place] < 0 else points.elapsed_time[place],
            "is_broken_rig": bool(runs.broken[run]),
            "run": runs.id[run],
            "url": page_of(runs.id[run]),
        }


def message_row(group: MessageGroup) -> Row:
    """With the names of `MESSAGES`."""
    ends = {"first_at": group.first.started_at, "first_run": group.first.run}
    ends |= {"last_at": group.last.started_at, "last_run": group.last.run}
    return {"count": group.count, "message": group.message, "setups": group.setups, **ends}


def rates_of(told: Timeline) -> Iterator[Row]:
    """A row for each setup, with the names of `RATES`; runs in which nearly all failed tell of the rig: left out.

    `labels`: those that all its runs have in common. `median_time`: of what passed, in seconds.
    """
    sound: dict[int, list[int]] = {}
    for place, run in enumerate(told.points.run):
        if not told.runs.broken[run]:
            sound.setdefault(told.runs.setup[run], []).append(place)
    for setup, places in sorted(sound.items(), key=lambda each: told.setups[each[0]]):
        yield {"setup": told.setups[setup], "labels": _common_labels(told, places), **_rate(told, places)}


def _rate(told: Timeline, places: list[int]) -> Row:
    outcomes, times = told.points.outcome, told.points.elapsed_time
    passed = [place for place in places if outcomes[place] in PASSED]
    failed = sum(outcomes[place] in FAILED for place in places)
    took = [times[place] for place in passed if times[place] >= 0]
    tried = len(passed) + failed
    return {
        "passed": len(passed),
        "failed": failed,
        "rate": round(len(passed) / tried, 4) if tried else None,
        "median_time": median(took) if took else None,
    }


def _common_labels(told: Timeline, places: list[int]) -> dict[str, str]:
    of_runs = [told.configurations[told.runs.configuration[told.points.run[place]]] for place in places]
    return dict(sorted(set.intersection(*(set(labels.items()) for labels in of_runs))))


def _commits(told: Timeline, run: int) -> list[str]:
    known = [told.commits[place].hash for place in told.commit_sets[told.runs.commits[run]]]
    revision = told.runs.revision[run]
    return known or ([told.revisions[revision]] if revision >= 0 else [])
