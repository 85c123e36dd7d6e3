"""A project as the first runbot's JSON file had it: the jobs of its branches, the last ones of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from livewall_dashboard.branches.overview import Overview
from livewall_dashboard.branches.resources import BranchBuild, BuildStep
from livewall_dashboard.lab.projects import Project

MOST = 1000
"""Bundles, and builds, in the file."""

_ODD = re.compile(r"[^a-z0-9]+")


def runbot_json(overview: Overview, project: Project) -> dict[str, Any]:
    """Raises Unavailable."""
    bundles, _ = overview.bundles([project.name], limit=MOST)
    wanted = {point.number for bundle in bundles for point in bundle.builds}
    builds, _ = overview.builds(project=project.name, limit=MOST)
    return {"jobs": [_job(build) for build in builds if build.number in wanted]}


def _job(build: BranchBuild) -> dict[str, Any]:
    """`test_base_result` is that of the first step, `test_all_result` of all: true, false, or null while unknown."""
    name = f"{_ODD.sub('-', build.bundle.lower()).strip('-') or 'branch'}-{build.number}"
    return {
        "job_id": build.number,
        "name": build.bundle,
        "db": None,
        "running_path": build.instance.url if build.instance else None,
        "subdomain": name,
        "need_run_reason": build.reason,
        "state": build.state,
        "test_base_result": _first(build.steps),
        "test_all_result": None if build.result is None else build.result in ("ok", "warnings"),
    }


def _first(steps: Sequence[BuildStep]) -> bool | None:
    ended = [step for step in steps[:1] if step.status in ("ok", "failed", "killed")]
    return ended[0].status == "ok" if ended else None
