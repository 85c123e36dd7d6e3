"""Files sent to the wall over HTTP: the same as `livewall import`, whoever sends them, and whatever they hold."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from livewall_dashboard.access.csrf import HEADER
from livewall_dashboard.app import Dashboard
from livewall_dashboard.importing import import_runner, routes, upload
from livewall_dashboard.importing.upload_options import Options
from livewall_dashboard.importing.worker import Job, UploadedFile
from support.oracle import assert_equal, read_output
from support.outputs import Case, Suite, write
from support.recorded import Database

PYTEST_XML = (Path(__file__).parents[2] / "unit" / "importing" / "foreign" / "pytest.xml").read_bytes()
SHOP = Suite("Shop", [Case("Pay", tags=["slow"]), Case("Refund", "FAIL", "<script>alert(1)</script>")])
IMPORTS = "/api/v1/imports"


def body(report: TestResponse) -> Any:
    assert report.json is not None, report.text
    return report.json


def send(client: FlaskClient, *files: tuple[str, bytes], token: str = "", **fields: Any) -> TestResponse:
    form = {**fields, "file": [(io.BytesIO(data), name) for name, data in files]}
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(IMPORTS, data=form, content_type="multipart/form-data", headers=headers)


@pytest.fixture
def output(tmp_path: Path) -> bytes:
    return write(tmp_path / "output.xml", SHOP).read_bytes()


def test_a_file_is_a_run_once(client: FlaskClient, output: bytes, tmp_path: Path, database_url: str) -> None:
    asked = f"{IMPORTS}?setup=rack-1&branch=main&label=os=debian&label=arch=arm64&version=2.3&timezone=Europe/Helsinki"
    reply = client.post(asked, data=gzip.compress(output), headers={"Content-Type": "application/gzip"})
    assert reply.status_code == 200, reply.text
    (file,) = body(reply)["files"]
    assert (file["result"], file["is_new"], file["setup"], file["tests"]) == ("imported", True, "rack-1", 2)
    assert file["counts"] == {"total": 2, "passed": 1, "failed": 1, "skipped": 0, "expected_failures": 0}
    assert_equal(
        read_output(tmp_path / "output.xml", ZoneInfo("Europe/Helsinki")), Database(database_url).record(file["run"])
    )
    run = client.get(f"/api/v1/runs/{file['run']}").json
    assert run is not None and run["labels"] == {"os": "debian", "arch": "arm64", "version": "2.3"}
    assert client.get(file["url"]).status_code == 200
    again = body(client.post(asked, data=output))
    assert (again["nothing_new"], again["files"][0]["run"]) == (1, file["run"])


def test_names_of_a_refused_file_are_not_found(client: FlaskClient, output: bytes, tmp_path: Path) -> None:
    """They are stored before it is known whether the file is taken."""
    (file,) = body(send(client, ("a.xml", output), setup="rack-1"))["files"]
    other = write(tmp_path / "b.xml", Suite("Shop", [Case("Pay"), Case("Lend")])).read_bytes()
    (refused,) = body(send(client, ("b.xml", other), run=file["run"], setup="rack-1"))["files"]
    assert refused["result"] == "broken", refused

    def found(text: str) -> list[str]:
        names = body(client.get("/api/v1/search", query_string={"q": text}))["names"]
        return [name["longname"] for name in names]

    assert (found("Shop.P"), found("Lend")) == (["Shop.Pay"], [])


def test_the_others_are_done_where_some_are_broken(client: FlaskClient, output: bytes) -> None:
    files = [
        ("a/output.xml", output),
        ("empty.xml", b""),
        ("<script>.xml", PYTEST_XML),
        ("../../etc/passwd", b"root:x:0"),
        ("bomb.xml", b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 9999 + b'">]><robot>' + b"&b;" * 9999),
    ]
    reply = send(client, *files, setup="rack-1", label=["a=1", "b=2"])
    told = body(reply)
    assert (reply.status_code, told["imported"], told["broken"]) == (207, 2, 3), reply.text
    assert [file["path"] for file in told["files"]] == [name for name, _ in files]
    assert all(file["reason"] for file in told["files"] if file["result"] == "broken")
    assert "killed before it wrote anything" in told["files"][1]["reason"]
    (bad,) = [send(client, ("x.xml", b"nothing"), setup="rack-1")]
    assert (bad.status_code, body(bad)["error"]["code"], body(bad)["broken"]) == (422, "unreadable", 1)


def test_a_path_says_what_it_says_to_the_command(client: FlaskClient, output: bytes) -> None:
    pattern = r"^lab/(?P<setup>[^/]+)/(?P<board>[^/]+)/"
    told = body(send(client, ("lab/vm 7/pico/output.xml", output), ("else.xml", output), path_pattern=pattern))
    assert [file["result"] for file in told["files"]] == ["imported", "skipped"]
    run = client.get(f"/api/v1/runs/{told['files'][0]['run']}").json
    assert run is not None and (run["setup"], run["labels"]) == ("vm 7", {"board": "pico"})


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("label=nothing", "A label is NAME=VALUE"),
        ("timezone=Mars", "no time zone"),
        ("path_pattern=(", "path_pattern is no regular expression"),
        ("run=a/b", "A run id is"),
        ("colour=red", "no parameter 'colour'"),
        ("setup=" + "x" * 1001, "1 to 1000 printable"),
    ],
)
def test_a_muddle_is_refused_before_anything_is_read(shared_client: FlaskClient, query: str, words: str) -> None:
    reply = shared_client.post(f"{IMPORTS}?{query}", data=b"<robot/>")
    assert (reply.status_code, words in reply.text) == (400, True), reply.text


def test_a_request_without_a_file_or_cut_off(client: FlaskClient) -> None:
    cut = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xml"\r\n\r\n<robot'
    empty = client.post(IMPORTS, data=b"--x--\r\n", content_type="multipart/form-data; boundary=x")
    assert (empty.status_code, "no file in the request" in empty.text) == (400, True), empty.text
    reply = client.post(IMPORTS, data=cut, content_type="multipart/form-data; boundary=x")
    assert (reply.status_code, "cut off" in reply.text) == (400, True), reply.text
    assert client.get("/api/v1/runs").json == {"runs": [], "next": None}


def test_what_is_too_large_is_said(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "MAX_UPLOAD", 1000)
    reply = client.post(IMPORTS, data=b"x" * 1001)
    assert (reply.status_code, "at most 1000 bytes" in reply.text) == (413, True)
    monkeypatch.setattr(routes, "MAX_UNPACKED", 100_000)
    bomb = gzip.compress(b"<testsuite>" + b" " * 1_000_000)
    assert len(bomb) < 2000
    monkeypatch.setattr(upload, "MAX_UPLOAD", 10_000)
    reply = client.post(f"{IMPORTS}?setup=a", data=bomb)
    assert (reply.status_code, "more than 100,000 bytes, unpacked" in reply.text) == (422, True), reply.text


@pytest.mark.any_python
@pytest.mark.parametrize("data", [b"robot", PYTEST_XML], ids=["output.xml", "JUnit"])
def test_a_file_of_one_setup_never_touches_another_s_run(client: FlaskClient, output: bytes, data: bytes) -> None:
    data = output if data == b"robot" else data
    first = body(send(client, ("o.xml", data), setup="vm1", timezone="UTC"))["files"][0]
    held = client.get(f"/api/v1/runs/{first['run']}").json
    other = body(send(client, ("o.xml", data), setup="vm2", timezone="UTC"))["files"][0]
    assert (other["result"], other["is_new"], other["setup"]) == ("imported", True, "vm2")
    assert other["run"] != first["run"]
    wrong = send(client, ("o.xml", data), setup="vm2", run=first["run"], timezone="UTC")
    assert (wrong.status_code, "is of setup vm1, not of vm2" in wrong.text) == (422, True), wrong.text
    assert client.get(f"/api/v1/runs/{first['run']}").json == held


@pytest.mark.any_python
def test_a_token_of_one_setup_never_touches_another_s_run(
    make_app: Callable[..., Dashboard], output: bytes, tmp_path: Path
) -> None:
    app = make_app(require_tokens=True)
    client, tokens = app.flask.test_client(), app.core.tokens
    every, reader = tokens.create("every", "upload"), tokens.create("reader", "read")
    of_a, of_two = tokens.create("a", "upload", setups=["A"]), tokens.create("two", "upload", setups=["A", "C"])
    of_b = body(send(client, ("o.xml", output), token=every, setup="B"))["files"][0]["run"]

    def held() -> Any:
        return client.get(f"/api/v1/runs/{of_b}", headers={"Authorization": f"Bearer {reader}"}).json

    before = held()
    assert send(client, ("o.xml", output), token=of_a, setup="B").status_code == 403
    assert send(client, ("o.xml", output), token=reader, setup="A").status_code == 403
    for words in ({"run": of_b}, {"path_pattern": "(?P<setup>B)/"}, {}):
        refused = send(client, ("B/o.xml", output), token=of_two, **words)
        assert refused.status_code == 422, refused.text
        if not words:
            assert of_b not in refused.text and "No run of suite" in refused.text
            assert "`setup`" in refused.text and "--" not in refused.text
    assert "not of a setup that this token is for" in send(client, ("o.xml", output), token=of_two, run=of_b).text
    own = body(send(client, ("o.xml", output), token=of_a))["files"][0]
    assert (own["setup"], own["is_new"]) == ("A", True)
    assert held() == before
    assert send(client, ("o.xml", output), token=every, setup="B", force="true").status_code == 403


def test_a_browser_needs_an_admin_s_cookie_and_a_crumb(make_app: Callable[..., Dashboard], output: bytes) -> None:
    app = make_app(require_tokens=True)
    for scope, may in (("read", False), ("admin", True)):
        client = app.flask.test_client()
        client.post("/login", data={"token": app.core.tokens.create(scope, scope)})
        crumb = body(client.get("/api/v1/crumb"))["crumb"]
        assert ("/static/importing/import.js" in client.get("/runs").text) == may
        assert "/static/importing/" not in client.get("/tests").text
        sent = {"data": output, "content_type": "text/xml"}
        assert client.post(f"{IMPORTS}?setup=a", **sent).status_code in (401, 403)
        reply = client.post(f"{IMPORTS}?setup=a", headers={HEADER: crumb}, **sent)
        assert reply.status_code == (200 if may else 403), reply.text


def test_the_same_file_twice_at_once_is_one_run(app: Dashboard, output: bytes) -> None:
    reports: list[Any] = []

    def post() -> None:
        reports.append(body(send(app.flask.test_client(), ("o.xml", output), setup="vm1"))["files"][0])

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report["result"] for report in reports) == ["imported", "nothing_new", "nothing_new", "nothing_new"]
    assert len({report["run"] for report in reports}) == 1


def test_a_file_that_takes_too_long_is_given_up(
    app: Dashboard, client: FlaskClient, output: bytes, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setattr(import_runner.ImportRunner, "patience", 0.0)
    reply = send(client, ("a.xml", output), ("b.xml", output), setup="vm1")
    assert (reply.status_code, body(reply)["broken"]) == (422, 2), reply.text
    assert "took too long" in reply.text
    assert not list((app.core.settings.data / "imports").iterdir()), "nothing is left on the disk"


def test_a_wall_that_is_killed_takes_back_what_is_half_done(
    client: FlaskClient, output: bytes, database_url: str, tmp_path: Path
) -> None:
    """Its program ends with the wall, wherever it is."""
    (tmp_path / "o.xml").write_bytes(output)
    job = Job(Options(setup="vm1"), None, 10**9, [UploadedFile(str(tmp_path / "o.xml"), "o.xml")])
    (tmp_path / "job.json").write_bytes(msgspec.json.encode(job))
    command = [sys.executable, "-c", import_runner._COMMAND, str(tmp_path)]
    with psycopg.connect(database_url) as blocker:
        blocker.execute("LOCK TABLE process IN SHARE MODE")  # its run is made, its process is not
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, env={"LIVEWALL_DATABASE_URL": database_url})
        with psycopg.connect(database_url, autocommit=True) as look:
            while not look.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall():
                assert worker.poll() is None
        assert worker.stdin is not None
        worker.stdin.close()
        assert worker.wait(30) == 1
    assert client.get("/api/v1/runs").json == {"runs": [], "next": None}
    assert body(send(client, ("o.xml", output), setup="vm1"))["imported"] == 1
