"""A test's history in the order of commits, or of a label."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.rows import dict_row

from livewall_dashboard.history.commits.git_clone import GitClone
from livewall_dashboard.history.commits.sync_commits import sync
from support.git_repository import GitRepository
from support.reporter import BEGAN, Reporter, T

pytestmark = pytest.mark.any_python

History = Callable[..., list[Any]]


@pytest.fixture
def history(client: FlaskClient) -> History:
    """All pages of one row."""

    def read(**query: str) -> list[Any]:
        rows: list[Any] = []
        after: dict[str, str] = {}
        while True:
            asked = {"longname": "Suite.One", "limit": "1", **query, **after}
            reply = client.get("/api/v1/tests/history", query_string=asked)
            assert reply.status_code == 200, reply.text
            rows += reply.json["history"]  # type: ignore[index]
            if reply.json["next"] is None:  # type: ignore[index]
                return rows
            after = {"after": reply.json["next"]}  # type: ignore[index]

    return read


def read(url: str, repository: GitRepository) -> None:
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        sync(connection, GitClone(repository.folder), str(repository.folder))


def report(reporter: Reporter, minute: int, **info: Any) -> str:
    return reporter.run([T("One")], clock=BEGAN + timedelta(minutes=minute), **info)


def test_results_stand_where_their_commit_does(
    history: History, reporter: Reporter, database_url: str, tmp_path: Path
) -> None:
    repository = GitRepository(tmp_path / "app")
    first, second, third = (repository.commit(f"Change {number}", after=-10) for number in range(3))
    read(database_url, repository)
    late = report(reporter, 4, commit=first)
    runs = {third: report(reporter, 1, commit=third), second: report(reporter, 2, commit=second)}
    again = report(reporter, 3, commit=second[:8], repository="app")
    nowhere = report(reporter, 5)
    rows = history(order="commit")
    assert [row["run"] for row in rows] == [runs[third], again, runs[second], late]
    assert [row["repository_commit"]["identifier"] for row in rows] == ["3@main", "2@main", "2@main", "1@main"]
    assert [row["run"] for row in history()] == [nowhere, late, again, runs[second], runs[third]]
    assert {row["repository_commit"] for row in history()} == {None}
    assert history(order="commit", repository="app") == rows
    assert history(order="commit", repository="other") == []


@pytest.mark.parametrize(
    "versions",
    [
        ["2.9-beta2", "2.9-rc1", "2.9-rc10", "2.9", "2.9-1", "2.9.1", "2.10", "10.0"],
        ["7", "08", "9", "10", "1181"],
        ["2026-03-01", "2026-03-10", "2026-11-02"],
        ["R1a", "R1b", "R2", "R10", "Rö"],
        ["9" * 60, "1" + "0" * 60],
    ],
)
def test_a_label_is_ordered_as_people_count(history: History, reporter: Reporter, versions: list[str]) -> None:
    for minute, version in enumerate(sorted(versions, key=lambda text: text[::-1])):
        report(reporter, minute, labels={"version": version})
    report(reporter, 99, labels={"os": "debian"})
    rows = history(order="label", label="version")
    assert [row["labels"]["version"] for row in rows][::-1] == versions
    assert history(order="label", label="nothing") == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"order": "label"}, "Which label?"),
        ({"order": "commit", "label": "version"}, "label is for order=label"),
        ({"repository": "app"}, "repository is for order=commit"),
        ({"order": "colour"}, "start, commit or label"),
        ({"order": "commit", "after": "WyIyMDI2LTAzLTAxVDEyOjAwOjAwKzAwOjAwIiwxXQ"}, "cursor"),
    ],
)
def test_a_muddle_is_refused(shared_client: FlaskClient, query: dict[str, str], words: str) -> None:
    reply = shared_client.get("/api/v1/tests/history", query_string={"longname": "Suite.One", **query})
    assert (reply.status_code, words in reply.text) == (400, True), reply.text
