"""A run is linked to its commit whichever of the two is known first, and by whichever way the commit is told of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.history.commits.register_commits import NewCommit, Registration
from livewall_dashboard.history.identity.run_looker import RunLooker
from livewall_dashboard.history.store import Store
from support.history_lab import INFO, Lab, end_process, start_suite
from support.reporter import Reporter, T
from support.uploads import commit, register, send, upload
from support.waiting import wait_for

Tell = Callable[[FlaskClient, dict[str, Any]], object]
"""Makes a commit known."""


def tell_by_upload(client: FlaskClient, told: dict[str, Any]) -> None:
    send(client, upload({"a.html": {}}, told))


@pytest.fixture(params=[register, tell_by_upload], ids=["registered", "uploaded"])
def tell(request: pytest.FixtureRequest) -> Tell:
    way: Tell = request.param
    return way


def commits_of(client: FlaskClient, run: str) -> list[str]:
    reply = client.get(f"/api/v1/runs/{run}")
    assert reply.status_code == 200, reply.text
    return [found["hash"] for found in reply.json["commits"]]  # type: ignore[index]


def test_a_run_that_was_reported_earlier_finds_the_commit(client: FlaskClient, reporter: Reporter, tell: Tell) -> None:
    told = commit(1, "lab/app")
    whole = told["hash"]

    def ran_at(hash_: str, repository: str) -> str:
        return reporter.run([T("One")], commit=hash_, repository=repository)

    runs = [ran_at(whole, "lab/app"), ran_at(whole[:10].upper(), "lab/app"), ran_at(whole[:7], "")]
    others = [ran_at(whole, "lab/other"), ran_at(whole[:6], ""), ran_at("f" * 40, "lab/app")]
    tell(client, told)
    assert [commits_of(client, run) for run in runs] == [[whole]] * 3
    assert [commits_of(client, run) for run in others] == [[]] * 3


def test_a_commit_of_several_repositories_is_that_of_none(client: FlaskClient, reporter: Reporter) -> None:
    told = commit(1, "lab/app")
    run = reporter.run([T("One")], commit=told["hash"], repository="")
    send(client, upload({"a.html": {}}, told, {**told, "repository_id": "fork"}))
    assert commits_of(client, run) == []


def test_a_run_and_its_commit_that_become_known_at_once_find_one_another(lab: Lab, store: Store) -> None:
    """Neither saw the other when it was stored: the run finds it when it has ended."""
    with lab.database.connection() as connection, connection.transaction():
        Registration(connection).register([NewCommit(INFO.repository, "main", 100, INFO.commit)])
        process = lab.process()
    process.tell(start_suite(), end_process())
    lab.state("run-1", "finished")
    wait_for(lambda: lab.rows("SELECT FROM run WHERE state = 'finished'"))
    assert store.run("run-1")["commits"] == []
    looker = RunLooker(lab.database)
    looker.note_end("run-1")
    looker.look()
    assert [found["hash"] for found in store.run("run-1")["commits"]] == [INFO.commit]
