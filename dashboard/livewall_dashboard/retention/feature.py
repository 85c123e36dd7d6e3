"""Old runs go by the rules of the configuration and of --retention; pinned ones stay."""

from __future__ import annotations

from typing import Any

from livewall_dashboard.base.feature import Counter, Feature, Gauge
from livewall_dashboard.core import Core
from livewall_dashboard.lab.retention import rules_in_force
from livewall_dashboard.retention import routes
from livewall_dashboard.retention.schedule import PruneSchedule


def feature(core: Core) -> Feature:
    def rules() -> list[dict[str, Any]]:
        return rules_in_force(core.lab.current.retention, core.settings.retention)

    def forget_gone() -> None:
        with core.lock:
            shown = core.wall.shown_runs()
        if gone := core.store.runs_gone(shown):
            core.intake.forget_runs(gone)

    def last_prune() -> float:
        at = schedule.last and schedule.last.pruned_at
        return at.timestamp() if at else 0.0

    schedule = PruneSchedule(core.database, core.artifacts, rules=rules, forget_gone=forget_gone, clock=core.clock)
    core.lab.changed.connect(lambda _: schedule.loop.wake())
    return Feature(
        name="retention",
        blueprints=[routes.blueprint(core.store)],
        prepare=schedule.take_over_rules,
        background=[schedule.loop],
        checks={"retention": lambda: schedule.trouble or None},
        measures=[
            Gauge(
                "last_prune_timestamp_seconds", "When all runs that were due had last been removed, or 0", last_prune
            ),
            Counter("pruned_runs", "Runs removed as they were older than they are kept", lambda: schedule.removed),
        ],
    )
