"""Archives of uploads: taken, kept once, given back."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from flask.testing import FlaskClient

from support.uploads import MAC, commit


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
