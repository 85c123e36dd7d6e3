"""What runs are found by."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.rows import dict_row

from livewall_dashboard.app import Dashboard
from livewall_dashboard.history.commits.git_clone import GitClone
from livewall_dashboard.history.commits.sync_commits import sync
from livewall_dashboard.history.runs.tags_of_runs import TagsOfRuns
from livewall_dashboard.postgres.database import Database
from support.git_repository import GitRepository
from support.reporter import BEGAN, Reporter, T

pytestmark = pytest.mark.any_python

Find = Callable[[str], set[str]]


@pytest.fixture
def find(client: FlaskClient) -> Find:
    """The names of the root suites of the runs found, page by page."""

    def find(query: str) -> set[str]:
        found: list[str] = []
        before = ""
        while True:
            reply = client.get(f"/api/v1/runs?limit=1&{query}{before}")
            assert reply.status_code == 200, reply.text
            found += [run["name"] for run in reply.json["runs"]]  # type: ignore[index]
            if reply.json["next"] is None:  # type: ignore[index]
                assert len(set(found)) == len(found)
                return set(found)
            before = f"&before={reply.json['next']}"  # type: ignore[index]

    return find


@pytest.fixture
def runs(reporter: Reporter) -> None:
    """A day apart, from 1 March on."""
    lots: list[dict[str, Any]] = [
        {"suite": "Shop", "setup": "rack-1", "labels": {"os": "debian", "50%": "a=b"}, "branch": "main"},
        {"suite": "Login", "setup": "rack-2", "labels": {"os": "fedora"}, "branch": "fix/Straße"},
        {"suite": "Boot", "setup": "bench", "labels": {"os": "debian", "board": "pico"}, "commit": "ab" * 20},
    ]
    tags = [["smoke", "ID_7"], ["Smoke"], ["slow", "x" * 300]]
    for day, (lot, names) in enumerate(zip(lots, tags, strict=True)):
        reporter.run([T("One", tags=names)], clock=BEGAN + timedelta(days=day), **lot)


FOUND: list[tuple[str, set[str]]] = [
    ("label=os=debian", {"Shop", "Boot"}),
    ("label=os=debian&label=board=pico", {"Boot"}),
    ("label=board", {"Boot"}),
    ("label=50%25=a=b", {"Shop"}),
    ("label=os=deb", set()),
    ("tag=smoke", {"Shop", "Login"}),
    ("tag=id%207", {"Shop"}),
    ("tag=" + "x" * 300, {"Boot"}),
    ("tag=smok", set()),
    ("from=2026-03-02", {"Login", "Boot"}),
    ("to=2026-03-02", {"Shop", "Login"}),
    ("from=2026-03-02&to=2026-03-02", {"Login"}),
    ("from=2026-03-01T12:00:01Z&to=2026-03-03T12:00:00Z", {"Login"}),
    ("from=2026-03-02T13:00:00%2B02:00&to=2026-03-02T14:30:00%2B02:00", {"Login"}),
    ("q=OGI", {"Login"}),
    ("q=stra%C3%9Fe", {"Login"}),
    ("q=Rack-", {"Shop", "Login"}),
    ("q=pico", {"Boot"}),
    ("q=ABAB", {"Boot"}),
    ("q=100%25", set()),
    ("q=debian&tag=smoke&label=os&from=2026-03-01&branch=main&setup=rack-1&status=PASS&suite=Shop", {"Shop"}),
]


@pytest.mark.usefixtures("runs")
def test_runs_are_found(find: Find) -> None:
    assert {query: find(query) for query, _ in FOUND} == dict(FOUND)


def test_what_is_no_day_is_refused(client: FlaskClient) -> None:
    for query in ("from=yesterday", "to=2026-02-30", "from=2026-03-01T25:00", "to=0000-01-01", "to=9999-12-31"):
        reply = client.get(f"/api/v1/runs?{query}")
        assert (reply.status_code, "is a day or a time, like 2026-03-01" in reply.text) == (400, True), reply.text


def test_runs_that_a_release_before_ended_are_found_by_their_tags(
    app: Dashboard, find: Find, runs: None, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("TRUNCATE run_tags")
    assert find("tag=smoke") == set()
    tags = TagsOfRuns(Database(database_url))
    while tags._before is not None:
        tags.note()
    assert find("tag=smoke") == {"Shop", "Login"}
    tags._database.close()


def test_a_run_shows_a_commit_of_each_repository(
    client: FlaskClient, reporter: Reporter, database_url: str, tmp_path: Path, find: Find
) -> None:
    app, lib = GitRepository(tmp_path / "app"), GitRepository(tmp_path / "lib")
    of_app, of_lib = app.commit("Speed up CSV"), lib.commit("Fix 50% of it")
    run = reporter.run([T("One")], suite="Both", commit=of_app, repository="app")
    reporter.run([T("One")], suite="Neither")
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        for repository in (app, lib):
            sync(connection, GitClone(repository.folder), str(repository.folder))
        connection.execute(
            "INSERT INTO run_commit SELECT run.id, c.repository_id, c.id FROM run, repository_commit c"
            " WHERE run.key = %s AND c.hash = %s",
            [run, of_lib],
        )
    (listed,) = client.get("/api/v1/runs?suite=Both").json["runs"]  # type: ignore[index]
    assert [(each["repository"], each["hash"]) for each in listed["commits"]] == [("app", of_app), ("lib", of_lib)]
    assert client.get(f"/api/v1/runs/{run}").json["commits"] == listed["commits"]  # type: ignore[index]
    assert find(f"commit={of_lib[:9]}") == find("q=speed up") == find("q=50%25 of") == {"Both"}


def test_labels_are_listed_as_people_count(client: FlaskClient, reporter: Reporter) -> None:
    for version in ("2.9", "2.10", "2.9-rc1"):
        reporter.run([T("One")], labels={"version": version, "os": "debian"})
    assert client.get("/api/v1/labels").json == {
        "labels": [{"name": "os", "values": ["debian"]}, {"name": "version", "values": ["2.10", "2.9", "2.9-rc1"]}],
        "next": None,
    }


@pytest.mark.usefixtures("runs")
def test_the_list_as_csv(client: FlaskClient, reporter: Reporter) -> None:
    reporter.run([T("One")], suite='=1+1,"', setup="bench")
    reply = client.get("/api/v1/runs.csv?setup=bench")
    assert (reply.status_code, reply.mimetype) == (200, "text/csv")
    rows = list(csv.DictReader(io.StringIO(reply.text, newline="")))
    assert [row["suite"] for row in rows] == ["Boot", "'=1+1,\""]
    assert (rows[0]["labels"], rows[0]["passed"], rows[0]["status"]) == ("os=debian, board=pico", "1", "PASS")
    assert client.get("/api/v1/runs.csv?limit=5").status_code == 400
