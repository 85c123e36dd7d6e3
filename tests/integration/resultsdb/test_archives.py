"""Archives of uploads: taken, kept once, given back."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from livewall_dashboard.app import Dashboard
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.retention.prune import Done, Row, plan_of, step
from livewall_dashboard.history.retention.rules import due_runs, read_retention
from livewall_dashboard.lab.retention import RetentionRule
from support.uploads import MAC, commit, send, upload
from support.waiting import wait_for
from support.walls import thread_of

DAY = 86_400


def archive(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(zipfile.ZipInfo("archive/file.txt"), text)
    return packed.getvalue()


def put(client: FlaskClient, content: bytes | None, number: int = 1, **more: Any) -> tuple[int, str]:
    form = {
        "suite": "zipped",
        "configuration": json.dumps(MAC),
        "commits": json.dumps([commit(number, "zips")]),
        **more,
    }
    if content is not None:
        form["file"] = (io.BytesIO(content), "archive.zip")
    reply = client.post("/api/upload/archive", data={name: value for name, value in form.items() if value is not None})
    return reply.status_code, (reply.json or {}).get("description", "")


def test_an_archive_comes_back_and_is_kept_once(client: FlaskClient) -> None:
    content = archive("hello")
    assert put(client, content, 1)[0] == put(client, content, 2)[0] == 200
    reply = client.get("/api/upload/archive?suite=zipped&recent=False", buffered=True)
    assert (reply.status_code, reply.data, reply.content_type) == (200, content, "application/zip")
    name = f"Mac_13-1-0_Release_wk2_using_x86_64@{commit(2, 'zips')['timestamp'] * 100}.zip"
    assert reply.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert client.get("/api/suites?suite=zipped").json is not None


def test_of_several_one_is_to_be_named(client: FlaskClient) -> None:
    first, second = archive("one"), archive("another")
    assert put(client, first, 3, suite="several")[0] == put(client, second, 4, suite="several")[0] == 200
    asked = "/api/upload/archive?suite=several&recent=False"
    assert client.get(asked).status_code == 400
    assert client.get(f"{asked}&ref={commit(3, 'zips')['hash']}", buffered=True).data == first
    assert client.get("/api/upload/archive?suite=none").status_code == 404


@pytest.fixture
def wall(make_app: Callable[..., Dashboard]) -> Dashboard:
    return make_app()


@pytest.fixture
def rule(wall: Dashboard, database_url: str) -> Callable[[RetentionRule | None], None]:
    """Has a rule in force for hours, or none."""

    def set_rule(rule: RetentionRule | None) -> None:
        rules = [rule.as_row()] if rule else []
        with psycopg.connect(database_url) as connection:
            connection.execute("UPDATE retention SET rules = %s, set_at = now() - interval '2 hours'", [Jsonb(rules)])

    # The wall would take over those that it is configured with.
    thread_of(wall, "retention").stop(30)
    return set_rule


@pytest.fixture
def files(wall: Dashboard, tmp_path: Path) -> Callable[[], int]:
    """How many there are, once what is old has been removed."""

    def look() -> int:
        thread_of(wall, "old archives").wake()
        return len(list((tmp_path / "artifacts").rglob("*.gz")))

    return look


OLD = 31 * DAY
MONTH = timedelta(days=30)


def find_due(connection: psycopg.Connection[Row]) -> list[int]:
    """The runs that the one rule is about."""
    return due_runs(connection, read_retention(connection).rules).get(1, [])


def prune_once(connection: psycopg.Connection[Row]) -> list[int]:
    """-> the runs that stay for now: the wall may have them in hand, as to compare their tests with others."""
    plan = plan_of(connection, find_due(connection))
    while plan:
        step(connection, plan, Done())
    return find_due(connection)


def test_an_archive_goes_with_its_run_by_whatever_rule(
    wall: Dashboard, rule: Callable[..., None], files: Callable[[], int], database_url: str
) -> None:
    """The rule is of a setup, which an archive does not know of."""
    client, began = wall.flask.test_client(), int(time.time()) - OLD
    shared, alone = archive("shared"), archive("alone")
    for number, (content, worker) in enumerate([(shared, "bot-1"), (shared, "bot-2"), (alone, "bot-1")], 1):
        details = {"buildbot-worker": worker}
        send(client, upload({}, commit(number, "zips"), suite="zipped", timestamp=began, details=details))
        assert put(client, content, number, timestamp=began)[0] == 200
    rule(RetentionRule(MONTH, setup="bot-1"))
    with psycopg.connect(database_url, row_factory=dict_row, autocommit=True) as connection:
        connection.execute("UPDATE run SET last_news_at = sorted_at")
        due = find_due(connection)
        assert len(due) == 2
        assert len(connection.execute(QUERIES["places_of_due"], {"runs": due}).fetchall()) == 1, "the other is shared"
        wait_for(lambda: not prune_once(connection), what="the runs to go")
        kept = connection.execute("SELECT digest FROM upload_archive").fetchall()
    assert [row["digest"] for row in kept] == [hashlib.sha256(shared).hexdigest()]
    wall.core.artifacts.sweep()
    assert files() == 1
    asked = f"/api/upload/archive?suite=zipped&recent=False&ref={commit(2, 'zips')['hash']}"
    assert client.get(asked, buffered=True).data == shared


def test_one_whose_results_never_came_goes_as_these_would(
    wall: Dashboard, rule: Callable[..., None], files: Callable[[], int]
) -> None:
    client, now = wall.flask.test_client(), int(time.time())
    assert put(client, archive("old"), 1, timestamp=now - OLD)[0] == 200
    assert put(client, archive("young"), 2, timestamp=now)[0] == 200
    assert put(client, archive("other"), 3, suite="kept", timestamp=now - OLD)[0] == 200
    assert files() == 3
    rule(RetentionRule(MONTH, suite="zipped"))
    wait_for(lambda: files() == 2, what="the file of the old one to go")
    found = client.get("/api/upload/archive?suite=kept&recent=False", buffered=True)
    assert found.data == archive("other")


def test_one_that_would_not_be_kept_is_refused(wall: Dashboard, rule: Callable[..., None]) -> None:
    client, began = wall.flask.test_client(), int(time.time()) - OLD
    send(client, upload({}, commit(1, "zips"), suite="zipped", timestamp=began))
    rule(RetentionRule(MONTH, suite="zip*"))
    status, why = put(client, archive("late"), 2, timestamp=began)
    assert status == 422
    assert why.endswith("than such runs are kept here (suite zip*: 30 days): it is not taken.")
    assert put(client, archive("beside its results"), 1, timestamp=began)[0] == 200
    rule(RetentionRule(MONTH, setup="bot-1"))
    assert put(client, archive("maybe of another setup"), 2, timestamp=began)[0] == 200


def test_the_file_of_one_that_was_replaced_goes(wall: Dashboard, files: Callable[[], int], database_url: str) -> None:
    client = wall.flask.test_client()
    for content in ("first", "second"):
        assert put(client, archive(content), 1, timestamp=1_700_000_000)[0] == 200
    assert files() == 2, "it may be on its way"
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE artifact SET stored_at = now() - interval '25 hours'")
    wait_for(lambda: files() == 1, what="the file of the first to go")
    assert client.get("/api/upload/archive?suite=zipped&recent=False", buffered=True).data == archive("second")


def test_what_is_no_archive_is_refused_with_the_words_of_resultsdbpy(client: FlaskClient) -> None:
    fine = archive("x")
    assert put(client, b"no zip") == (400, "Archive is not a zipfile")
    assert put(client, None) == (400, "No archive provided")
    assert put(client, fine, suite=None) == (400, "No test suite specified")
    assert put(client, fine, commits=None) == (400, "No commits provided")
    assert put(client, fine, commits="x") == (400, "Expected commit meta-data to be json")
    assert put(client, fine, configuration=None) == (400, "Cannot register a partial configuration")
    assert put(client, fine, configuration="x")[1].startswith("Invalid configuration, error: ")
    reply = client.post("/api/upload/archive", data="{}", content_type="application/json")
    assert (reply.json or {})["description"] == "No archive provided"
