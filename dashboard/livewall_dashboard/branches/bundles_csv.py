"""The branches of a project as CSV, for spreadsheets."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from livewall_dashboard.branches.resources import Bundle

COLUMNS = (
    "project", "name", "sticky", "alive", "pushed_at", "commits", "build", "state", "result", "reason", "started_at",
    "ended_at", "instance", "url",
)  # fmt: skip
"""From `build` on they are of the newest build."""


def row_of(bundle: Bundle) -> dict[str, Any]:
    newest = bundle.builds[0] if bundle.builds else None
    return {
        **asdict(bundle),
        "commits": {each.repository: each.commit or "none" for each in bundle.commits},
        **(asdict(newest) if newest else {}),
        "build": newest and newest.number,
        "instance": bundle.instance and bundle.instance.state,
        "url": newest and f"/branch-builds/{newest.number}",
    }
