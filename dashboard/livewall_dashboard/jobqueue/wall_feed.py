"""What the wall shows of the queue: its length, and what the agent beside each setup does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from livewall_dashboard.base.background import Loop
from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.jobqueue.topics import AGENTS
from livewall_dashboard.live import Agent
from livewall_dashboard.postgres.database import Database, Row

LOOK_EACH = 5.0
"""Seconds between two looks where nothing is told: for what another process has changed, and for pauses that end."""
TICK = 0.1
BUSY_SHARE = 4
"""After a look that took t seconds, at least t times this without another, though never longer than REST."""
REST = 1.0


class WallFeed:
    """`show(agents, queue)`: agents by setup; `queue` None: neither jobs nor agents are known."""

    def __init__(
        self, database: Database, show: Callable[[Mapping[str, Agent], dict[str, int] | None], object]
    ) -> None:
        self._database = database
        self._show = show
        self.loop = Loop("queue on the wall", self._look_and_rest, LOOK_EACH)

    def note(self, *topics: str) -> None:
        """Something of these has changed."""
        if AGENTS in topics:
            self.loop.wake()

    def look(self) -> None:
        """Raises Unavailable while Postgres is away: the wall goes on showing what it had."""
        with self._database.connection() as connection:
            agents = connection.execute(QUERIES["agents_of_setups"]).fetchall()
            length = connection.execute(QUERIES["queue_length"]).fetchone() or {}
        is_used = bool(agents) or length["known"]
        queue = {"waiting": length["waiting"], "at_work": length["at_work"]} if is_used else None
        self._show({row["setup"]: _agent_of(row) for row in agents}, queue)

    def _look_and_rest(self) -> None:
        began = time.monotonic()
        self.look()
        time.sleep(min(max(TICK, (time.monotonic() - began) * BUSY_SHARE), REST))


def _agent_of(row: Row) -> Agent:
    return Agent(
        name=row["name"],
        state=row["job_state"] or ("paused" if row["is_paused"] and row["state"] != "offline" else row["state"]),
        since=row["since"],
        job=row["job_id"] and str(row["job_id"]),
        job_name=row["job_name"] or "",
        until=row["reserved_until"]
        if row["job_state"] == "reserve"
        else row["paused_until"]
        if row["is_paused"]
        else None,
    )
