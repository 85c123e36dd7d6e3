"""Runs of any age: reported as they happened, and then made as old as a test wants them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.history.retention import prune
from livewall_dashboard.history.retention.prune import Done
from livewall_dashboard.history.retention.rules import due_runs
from livewall_dashboard.lab.retention import RetentionRule, rules_in_force
from support.history_lab import Lab, end_process, end_test, start_suite
from support.waiting import wait_for

Row = dict[str, Any]
TABLES = ("result", "suite_result", "process")
"""What every run of these has rows in."""


@dataclass
class OldRuns:
    """On a lab's database. `connection` gives dicts and commits by itself."""

    lab: Lab
    connection: psycopg.Connection[Row] = field(init=False)

    def __post_init__(self) -> None:
        self.connection = psycopg.connect(self.lab.database.url, autocommit=True, row_factory=dict_row)

    def add(self, run: str, age: float, *, tests: int = 2, tags: Sequence[str] = ("smoke",), **info: Any) -> str:
        """A run that ended `age` days ago."""
        now = utc_now().isoformat()
        process = self.lab.process(run, **{"started_at": now, "sent_at": now, **info})
        process.tell(
            start_suite(), *(end_test(f"s1-t{no}", tags=list(tags)) for no in range(1, tests + 1)), end_process()
        )
        self.lab.state(run, "finished")
        wait_for(lambda: self._has_ended(run), what="the end of the run to be stored")
        self.age(run, age)
        return run

    def _has_ended(self, run: str) -> bool:
        ended = "SELECT FROM run WHERE key = %s AND state = 'finished'"
        return self.connection.execute(ended, [run]).fetchone() is not None

    def age(self, run: str, days: float, *, news: float | None = None, state: str = "finished") -> None:
        """`news`: days since the last."""
        self.connection.execute(
            "UPDATE run SET sorted_at = now() - %s * interval '1 day', last_news_at = now() - %s * interval '1 day', "
            "state = %s WHERE key = %s",
            [days, days if news is None else news, state, run],
        )

    def due(self, *rules: RetentionRule) -> dict[str, int]:
        """The runs that are due, and the number of the rule that says so."""
        keys = {row["id"]: row["key"] for row in self.connection.execute("SELECT id, key FROM run").fetchall()}
        due = due_runs(self.connection, rules_in_force(rules, None))
        return {keys[run]: no for no, runs in due.items() for run in runs}

    def prune(self, *rules: RetentionRule, most: int = 1_000) -> Done:
        """In at most so many steps."""
        due = due_runs(self.connection, rules_in_force(rules, None))
        plan, done = prune.plan_of(self.connection, [run for runs in due.values() for run in runs]), Done()
        while plan and most:
            prune.step(self.connection, plan, done)
            most -= 1
        return done

    def left(self) -> list[str]:
        """The runs that are there; each has all its rows, and those that are gone have none."""
        runs = {row["id"]: row["key"] for row in self.connection.execute("SELECT id, key FROM run").fetchall()}
        for table in TABLES:
            found = self.connection.execute(f"SELECT DISTINCT run_id FROM {table}").fetchall()
            assert {row["run_id"] for row in found} == set(runs), table
        counted = self.connection.execute(
            "SELECT run.key FROM run JOIN process p ON p.run_id = run.id WHERE p.passed <> "
            "(SELECT count(*) FROM result r WHERE r.run_id = run.id)"
        ).fetchall()
        assert not counted, "some of its results are gone"
        return sorted(runs.values())

    def partitions(self) -> int:
        row = self.connection.execute(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'result'::regclass"
        ).fetchone()
        assert row is not None
        return int(row["count"])
