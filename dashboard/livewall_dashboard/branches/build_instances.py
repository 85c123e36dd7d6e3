"""What builds left running, for people, programs and agents."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from livewall_agent.instancewire import FAILED, RUNNING, UP
from livewall_dashboard.base.errors import Conflict
from livewall_dashboard.branches.instance_address import UrlOf
from livewall_dashboard.branches.instance_plan import InstanceState, Wish, wishes
from livewall_dashboard.branches.instance_store import InstanceStore, Look
from livewall_dashboard.branches.resources import Instance
from livewall_dashboard.lab.model import Lab
from livewall_dashboard.lab.projects import Project, RunCommand
from livewall_dashboard.postgres.database import Database, Row
from livewall_dashboard.web.values import time_text

PLAN_EACH = 5.0
FORGOTTEN_AFTER = timedelta(days=14)
"""An instance of an agent that is not heard of for so long is taken for gone."""
TOUCH_EACH = 10.0
"""Seconds between two notes that an instance is used."""
KNOWN_FOR = 1.0
"""Seconds for which Postgres is not asked again where one is, unless that changes: a page of it is many requests."""
LAST_LINES, MOST_LINE = 10, 300
"""Of what one that has failed wrote, and how long each is at most."""


class BuildInstances:
    """`most`: how many of a project run at most, None: as it says. Raises Unavailable while Postgres is away."""

    def __init__(
        self,
        database: Database,
        lab: Callable[[], Lab],
        url_of: UrlOf,
        clock: Callable[[], datetime],
        *,
        most: int | None,
        on_change: Callable[[], object],
        look: Look,
    ) -> None:
        self._lab = lab
        self._url_of = url_of
        self._clock = clock
        self._most = most
        self._touched: dict[int, float] = {}
        self._found: dict[int, tuple[float, Row]] = {}
        self._on_change = on_change
        self.store = InstanceStore(database, self._decide, self._note_change, look)

    def of_builds(self, numbers: Sequence[int]) -> Mapping[int, Instance]:
        """By the number of the build that left them."""
        return {row["number"]: self._shown(row) for row in self.store.rows(numbers=list(numbers))} if numbers else {}

    def why_none(self, numbers: Sequence[int]) -> Mapping[int, str]:
        """Of builds that have left nothing that runs or could."""
        return self.store.why_none(numbers) if numbers else {}

    def page(self, project: str | None, before: int | None, limit: int) -> tuple[list[Instance], str | None]:
        """The newest first -> them, and where the next page begins."""
        rows = self.store.rows(project=project, before=before, limit=limit + 1)
        following = str(rows[limit - 1]["number"]) if len(rows) > limit else None
        return [self._shown(row) for row in rows[:limit]], following

    def count(self, project: Project) -> tuple[int, int | None]:
        """How many of a project run, and how many may, None where its builds leave none."""
        most = project.run.number if project.run and self._most is None else self._most
        return self.store.running(project.name), most if project.run else None

    def plan(self) -> None:
        """Something is other than it was: a build, a bundle, the configuration, the time."""
        self.store.plan()

    def wake(self, number: int) -> None:
        """That of a build, which may put another one to sleep. Raises Conflict where there is none."""
        if not self.store.wake(number):
            raise self._nothing(number, "could run")

    def stop(self, number: int, by: str) -> None:
        """That of a build sleeps until it is woken, also where it is kept. Raises Conflict where that is nothing."""
        said = f"stopped by {by}" if by else "stopped by hand"
        if not self.store.stop(number, f"{said}: it sleeps until somebody wakes it"):
            found = self.store.rows(numbers=[number])
            if found and found[0]["state"] == FAILED:
                raise Conflict(f"What the branch build {number} left running has failed: there is nothing to stop.")
            raise self._nothing(number, "could be stopped")

    def _nothing(self, number: int, that: str) -> Conflict:
        why = self.store.why_none([number]).get(number)
        return Conflict(f"The branch build {number} has left nothing that {that}{f': {why}' if why else ''}.")

    def find(self, number: int) -> Row | None:
        """That of a build, for a request to it; None where there is none."""
        now = time.monotonic()
        asked_at, row = self._found.get(number, (0.0, None))
        if row is None or now >= asked_at + KNOWN_FOR:
            row = next(iter(self.store.rows(numbers=[number])), None)
            self._found = {each: known for each, known in self._found.items() if now < known[0] + KNOWN_FOR}
            if row is not None:
                self._found[number] = now, row
        return row

    def touch(self, number: int) -> None:
        """Somebody uses it, and may say so as often as he likes."""
        now = time.monotonic()
        if now >= self._touched.get(number, 0.0) + TOUCH_EACH:
            self._touched = {each: at for each, at in self._touched.items() if now < at + TOUCH_EACH}
            self._touched[number] = now
            self.store.touch(number)

    def forget(self) -> None:
        self.store.forget(FORGOTTEN_AFTER)

    def _note_change(self) -> None:
        self._found = {}
        self._on_change()

    def _decide(self, project: str, states: Sequence[InstanceState]) -> Mapping[int, Wish]:
        run = next((each.run for each in self._lab().projects if each.name == project and each.run), None)
        most = None if run is None else run.number if self._most is None else self._most
        asleep = run.asleep if run else RunCommand("").asleep
        return wishes(states, most, now=self._clock(), asleep=asleep)

    def _shown(self, row: Row) -> Instance:
        """One whose agent is not heard of runs nowhere, as far as anybody knows."""
        is_lost = row["is_away"] and row["state"] in UP
        since = time_text(row["lease_until"])
        away = f"its agent {row['agent']} is not heard of since {since}" if row["is_away"] else ""
        return Instance(
            build=row["number"],
            project=row["project"],
            bundle=row["bundle"],
            state="stopped" if is_lost else row["state"],
            url=self._url_of(row),
            port=row["port"],
            host=row["host"] or None,
            started_at=time_text(row["started_at"]),
            last_used_at=time_text(row["last_used_at"]),
            agent=row["agent"],
            away=row["is_away"],
            wanted=row["wanted"],
            restarts=row["restarts"],
            exit_code=row["exit_code"],
            message=away or row["message"] or row["reason"],
            unhealthy_since=time_text(row["unhealthy_since"]) if row["state"] == RUNNING and not is_lost else None,
            last_lines=_last_lines(row["log_end"] or ""),
            log=f"/api/v1/branch-builds/{row['number']}/instance-log" if row["has_log"] else None,
        )


def _last_lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return [line[:MOST_LINE] for line in lines[-LAST_LINES:]]
