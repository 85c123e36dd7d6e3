"""Archives of uploads: taken, kept once, given back."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
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


def test_old_ones_go_once_their_results_are_gone(
    make_app: Callable[..., Dashboard], database_url: str, tmp_path: Path
) -> None:
    app = make_app(retention=timedelta(days=30))
    client = app.flask.test_client()
    now = int(time.time())
    shared, alone = archive("shared"), archive("alone")
    assert put(client, shared, 1, timestamp=now)[0] == 200
    assert put(client, shared, 2, timestamp=now - 31 * DAY)[0] == 200
    assert put(client, alone, 3, timestamp=now - 31 * DAY)[0] == 200
    thread_of(app, "old archives").wake()
    wait_for(lambda: len(list((tmp_path / "artifacts").rglob("*.gz"))) == 1, what="the file of the old one to go")
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT start_time FROM upload_archive").fetchall() == [(now,)]
    assert client.get("/api/upload/archive?suite=zipped&recent=False", buffered=True).data == shared
    assert put(client, alone, 3, timestamp=now)[0] == 200
    asked = f"/api/upload/archive?suite=zipped&recent=False&ref={commit(3, 'zips')['hash']}"
    assert client.get(asked, buffered=True).data == alone


def test_an_old_one_stays_while_its_results_do(client: FlaskClient, url: str) -> None:
    suite, began = "with results", int(time.time()) - 31 * DAY
    assert put(client, archive("kept"), 1, suite=suite, timestamp=began)[0] == 200
    send(client, upload({"a.html": {}}, commit(1, "zips"), suite=suite, timestamp=began))
    with psycopg.connect(url, autocommit=True) as connection:
        removed = "SELECT remove_upload_archives(%s, 1000)"
        assert connection.execute(removed, [began + 1]).fetchone() == (0,)
        connection.execute("DELETE FROM run WHERE suite = %s", [suite])
        assert connection.execute(removed, [began]).fetchone() == (0,)
        assert connection.execute(removed, [began + 1]).fetchone() == (1,)


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
