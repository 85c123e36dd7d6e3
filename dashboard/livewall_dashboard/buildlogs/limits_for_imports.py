"""Tells imports by other processes what this wall takes: they know its database, and not its configuration."""

from __future__ import annotations

from collections.abc import Callable

from livewall_dashboard.buildlogs.store import ReportStore
from livewall_dashboard.lab.model import ReportLimits


class LimitsForImports:
    """`limits()`: those that the wall is configured with."""

    def __init__(self, store: ReportStore, limits: Callable[[], ReportLimits]) -> None:
        self._store = store
        self._limits = limits
        self._told: ReportLimits | None = None

    def tell(self) -> None:
        """Raises Unavailable."""
        limits = self._limits()
        if limits != self._told:
            self._store.set_limits(limits)
            self._told = limits
