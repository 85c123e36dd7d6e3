"""Health and metrics of all the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from livewall_dashboard.base.feature import Check, Feature, Gauge, WatchedThread
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.base.version import VERSION
from livewall_dashboard.monitoring import routes
from livewall_dashboard.monitoring.metrics import Metrics
from livewall_dashboard.postgres.disk_space import free_bytes


def feature(
    others: Sequence[Feature],
    metrics: Metrics,
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    release: Mapping[str, str] | None,
) -> Feature:
    """Of all `others`: what they have checked, how their threads are. Their measures are for the caller to add."""

    def background() -> str | None:
        return "; ".join(f"{name}: {trouble}" for name, trouble in unwell(others).items()) or None

    checks: dict[str, Check] = {name: check for each in others for name, check in each.checks.items()}
    checks["background"] = background
    return Feature(
        name="monitoring",
        blueprints=[routes.blueprint(checks, metrics, version=VERSION, started_at=clock(), release=release)],
        measures=[
            Gauge("background_unwell", "Parts beside the requests that fail or stand", lambda: len(unwell(others))),
            Gauge("disk_free_bytes", "Free on the disk of the data folder", lambda: free_bytes(settings.data)),
            Gauge("last_backup_timestamp_seconds", "When `livewall backup` last made one, or 0", settings.last_backup),
        ],
    )


def threads_of(features: Sequence[Feature]) -> Iterator[WatchedThread]:
    """Every thread of ours, but the recorder's, of which the check of the database speaks."""
    for each in features:
        for background in each.background:
            yield from background.threads


def unwell(features: Sequence[Feature]) -> dict[str, str]:
    """Why which thread is not well."""
    return {thread.name: trouble for thread in threads_of(features) if (trouble := thread.trouble)}
