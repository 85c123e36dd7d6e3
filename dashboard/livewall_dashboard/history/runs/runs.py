"""A run as the API shows it."""

from __future__ import annotations

from typing import Any

from livewall_dashboard.base.run_status import COUNTS

Row = dict[str, Any]

_SAME = ("setup", "name", "suite", "state", "status", "verification", "branch", "labels", "warnings", "errors", "lost",
         "missing", "missing_failures", "processes", "started_at", "ended_at", "received_at",
         "last_news_at")  # fmt: skip
_FROM_INFO = ("host", "platform", "robot_version", "python_version", "listener_version", "pabot")


def as_row(row: Row) -> Row:
    """A row of the query `runs` with the API's names. `elapsed_time`: seconds, None while the run runs."""
    info = row["info"]
    ended_at = row["ended_at"]
    return {
        "id": row["key"],
        **{name: row[name] for name in _SAME},
        "elapsed_time": None if ended_at is None else max((ended_at - row["started_at"]).total_seconds(), 0.0),
        "counts": {name: row[name] for name in COUNTS},
        "commit": row["commit"] or "",
        "repository": row["repository"] or info.get("repository", ""),
        "build": build_of(info),
        **{name: info.get(name) for name in _FROM_INFO},
    }


def build_of(info: Row) -> Row | None:
    """`{system, url, job, number}` of the CI build that started the run, or None."""
    build: Row | None = info.get("build")
    return build
