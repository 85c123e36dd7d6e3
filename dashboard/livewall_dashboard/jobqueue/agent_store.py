"""Agents and queues, as they tell of themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from msgspec import UNSET
from psycopg.types.json import Jsonb

from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.jobqueue.agent_data import AgentData
from livewall_dashboard.jobqueue.bodies import dumps
from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.jobqueue.topics import Topics
from livewall_dashboard.postgres.database import Database

MOST_LINES = 100
"""Of an agent's log."""
HEARD_EACH = 10.0
"""Seconds between two notes that an agent was heard."""

Row = dict[str, Any]


class AgentStore:
    """Raises Unavailable while Postgres is away."""

    def __init__(self, database: Database, *, topics: Topics | None = None) -> None:
        self._database = database
        self._topics = topics or Topics()
        self._heard: dict[str, float] = {}
        self._without_queues: set[str] = set()

    def advertise(self, queues: Mapping[str, str]) -> None:
        """Queues that an agent serves, with what they are for."""
        with self._database.connection() as connection:
            said = [{"name": name, "description": description} for name, description in sorted(queues.items())]
            changed = sum(connection.execute(QUERIES["advertise_queue"], each).rowcount for each in said)
        if changed:
            self._topics.note_jobs()

    def queues(self) -> dict[str, str]:
        with self._database.connection() as connection:
            rows = connection.execute(QUERIES["queues"]).fetchall()
        return {row["name"]: row["description"] for row in rows}

    def put_images(self, images: Mapping[str, Mapping[str, str]]) -> None:
        """By queue: what was known of that one before is replaced."""
        with self._database.connection() as connection:
            for name, known in sorted(images.items()):
                connection.execute(QUERIES["put_images"], {"name": name, "images": dumps(known)})

    def images(self, queue: str) -> dict[str, str]:
        with self._database.connection() as connection:
            row = connection.execute(QUERIES["images"], [queue]).fetchone()
        return row["images"] if row else {}

    def put(self, name: str, data: AgentData) -> None:
        """What is not said stays as it was."""
        said = {
            member: None if (value := getattr(data, member)) is UNSET else value
            for member in ("state", "comment", "location", "provision_type", "identifier", "queues")
        }
        values = {
            **said,
            "name": name,
            "attributes": None if data.attributes is UNSET else Jsonb(data.attributes),
            "restricted_to": None if data.restricted_to is UNSET else Jsonb(data.restricted_to),
            "job_id": data.job,
            "sets_job": data.job_id is not UNSET,
            "log": data.last_lines(MOST_LINES),
            "lines": MOST_LINES,
        }
        with self._database.connection() as connection:
            connection.execute(QUERIES["put_agent"], values)
        self._topics.note_agents()

    def note_heard(self, name: str) -> None:
        """It asked or said something."""
        now = monotonic()
        if now < self._heard.get(name, float("-inf")) + HEARD_EACH:
            return
        with self._database.connection() as connection:
            row = connection.execute(QUERIES["note_heard"], [name]).fetchone()
        if row is None:
            return
        self._heard[name] = now
        if row["queues"]:
            self._without_queues.discard(name)
        else:
            self._without_queues.add(name)

    def note_queues(self, name: str, queues: Sequence[str]) -> None:
        """An agent asks for jobs of these. They are its own where it has said of none.

        Testflinger's says them as it starts, and may have been removed since.
        """
        if name not in self._without_queues:
            return
        with self._database.connection() as connection:
            connection.execute(QUERIES["serve_asked"], {"name": name, "queues": list(queues)})
        self._without_queues.discard(name)
        self._topics.note_agents()

    def agents(self) -> list[Row]:
        with self._database.connection() as connection:
            return connection.execute(QUERIES["agents"]).fetchall()

    def agent(self, name: str) -> Row:
        """Raises NotFound."""
        with self._database.connection() as connection:
            row = connection.execute(QUERIES["agent"], [name]).fetchone()
        if row is None:
            raise NotFound(f"There is no agent {name[:200]!r}.")
        return row

    def served_by(self, name: str) -> list[str]:
        """The queues of an agent; none of one that is not known."""
        with self._database.connection() as connection:
            row = connection.execute(QUERIES["agent"], [name]).fetchone()
        return row["queues"] if row else []

    def of_queue(self, queue: str) -> list[Row]:
        with self._database.connection() as connection:
            return connection.execute(QUERIES["agents_of_queue"], [queue]).fetchall()
