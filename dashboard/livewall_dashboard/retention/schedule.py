"""The wall keeps to its rules by itself: each hour, what is due goes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg

from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.complaint import Complaint
from livewall_dashboard.base.errors import LivewallError, Unavailable
from livewall_dashboard.history.retention.rules import THINK_IT_OVER, Retention, read_retention, set_retention
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.retention.pruning import BeingPruned, Pruning

LOOK_EACH = 60.0
SLICE = 1.0
"""Seconds of work; as many of rest follow, so that half of the disk is for who records."""
PRUNE_EACH = timedelta(hours=1)

log = logging.getLogger(__name__)


class PruneSchedule:
    """`rules()`: those that the wall is configured with, as rows. `forget_gone()` takes off the wall what is gone."""

    def __init__(
        self,
        database: Database,
        artifacts: ArtifactStore,
        *,
        rules: Callable[[], list[dict[str, Any]]],
        forget_gone: Callable[[], object],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._artifacts = artifacts
        self._rules = rules
        self._forget_gone = forget_gone
        self._clock = clock
        self._pruning: Pruning | None = None
        self._next_at: datetime | None = None
        self._is_sweeping = False
        self._complaint = Complaint(log)
        self.trouble = ""
        self.last: Retention | None = None
        self.removed = 0
        """Runs, since the start."""
        self.loop = Loop("retention", self.work, self._pause)

    def work(self) -> None:
        """Raises Unavailable."""
        self.take_over_rules()
        if self._is_sweeping:
            self._is_sweeping = self._artifacts.sweep() > 0
        if self._pruning is not None or self._is_time():
            self._prune()
        else:
            self._forget_gone()

    def _pause(self) -> float:
        return SLICE if self._pruning is not None or self._is_sweeping else LOOK_EACH

    def take_over_rules(self) -> None:
        """Those that the wall is configured with are in force from now on, for imports and commands too."""
        rules = self._rules()
        with self._database.connection() as connection:
            if set_retention(connection, rules):
                self._pruning = None
                self._announce(connection, rules)
            last = read_retention(connection)
        # Who pruned, this wall or a command, leaves the files behind.
        self._is_sweeping |= self.last is None or self.last.pruned_at != last.pruned_at
        self.last = last

    def _announce(self, connection: psycopg.Connection[Any], rules: list[dict[str, Any]]) -> None:
        words = "; ".join(rule["text"] for rule in rules) or "all runs: for ever"
        log.info("Runs are kept by these rules from now on: %s. What is due by them goes in an hour.", words)

    def _is_time(self) -> bool:
        assert self.last is not None
        now = self._clock()
        if not self.last.rules or now - self.last.set_at < THINK_IT_OVER or (self._next_at and now < self._next_at):
            return False
        return self.last.pruned_at is None or now - max(self.last.pruned_at, self.last.set_at) >= PRUNE_EACH

    def _prune(self) -> None:
        assert self.last is not None
        if self._pruning is None:
            self._pruning = Pruning(self._database, self.last.rules)
        pruning, before = self._pruning, self._pruning.done.runs
        try:
            pruning.go_on(SLICE)
        except Unavailable:
            raise
        except BeingPruned:
            self._put_off()
        except (LivewallError, psycopg.Error) as error:
            self.trouble = f"Old runs stay: {error}"
            self._complaint.say(self.trouble, level=logging.ERROR)
            self._put_off()
        else:
            if pruning.is_over:
                self._end(pruning)
        finally:
            self.removed += pruning.done.runs - before

    def _put_off(self) -> None:
        self._pruning, self._next_at = None, self._clock() + PRUNE_EACH

    def _end(self, pruning: Pruning) -> None:
        self._pruning, self._next_at, self.trouble = None, None, ""
        self._complaint.end("Old runs go again")
        if pruning.done.runs:
            log.info("%d runs were older than they are kept, and are removed.", pruning.done.runs)
        self._forget_gone()
