"""The queue's stores on a database, and its routes without a socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from livewall_dashboard.jobqueue.agent_store import AgentStore
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.result_store import ResultStore
from livewall_dashboard.postgres.database import Database

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def database(writer_url: str) -> Iterator[Database]:
    """As the role that has the least rights for it."""
    database = Database(writer_url)
    database.open()
    yield database
    database.close()


@pytest.fixture
def jobs(database: Database) -> JobStore:
    return JobStore(database)


@pytest.fixture
def results(database: Database) -> ResultStore:
    return ResultStore(database)


@pytest.fixture
def agents(database: Database) -> AgentStore:
    return AgentStore(database)


class Flinger:
    """Speaks to the wall as programs of Testflinger do; `agent` shows the cookie of an agent of this name."""

    def __init__(self, client: FlaskClient, agent: str = "") -> None:
        self._client = client.application.test_client(use_cookies=False)
        self._agent = agent

    def get(self, path: str, **query: Any) -> TestResponse:
        return self._client.get(f"/v1{path}", query_string=query, headers=self._headers(), buffered=True)

    def post(self, path: str, body: object = None, **options: Any) -> TestResponse:
        given = {"json": body} if body is not None else {}
        return self._client.post(f"/v1{path}", headers=self._headers(), buffered=True, **given, **options)

    def submit(self, queue: str = "q", **members: Any) -> str:
        reply = self.post("/job", {"job_queue": queue, **members})
        assert reply.status_code == 200, reply.data
        return str(reply.get_json()["job_id"])

    def claim(self, *queues: str) -> Any:
        """The job, None where there is none."""
        reply = self.get("/job", queue=queues or ["q"], wait="0")
        assert reply.status_code in (200, 204), reply.data
        return reply.get_json() if reply.status_code == 200 else None

    def result(self, job_id: str) -> Any:
        return self.get(f"/result/{job_id}").get_json()

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"agent_name={self._agent}"} if self._agent else {}


@pytest.fixture
def flinger(client: FlaskClient) -> Flinger:
    return Flinger(client)
