"""A report comes in at the address of pretest's server, and is a run."""

from __future__ import annotations

import base64
import bz2
import io
import random
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.lab import Lab
from livewall_dashboard.lab.model import ReportLimits
from support.build_reports import GOOD, packed, real, run_of, send
from support.walls import wall_on


def get(client: FlaskClient, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return response.json


def download(client: FlaskClient, address: str) -> bytes:
    with client.get(address, headers={"Accept-Encoding": "identity"}, follow_redirects=True) as response:
        assert response.status_code == 200
        return response.data


def test_hello_is_a_run_with_five_tests(client: FlaskClient) -> None:
    response = send(client, real("hello"))
    run = run_of(response)
    assert response.text == f"livewall: http://localhost/runs/{run}: ok: 5 tests, 4 passed, 1 skipped\n"
    assert response.content_type == "text/plain; charset=utf-8"
    found = get(client, f"/api/v1/runs/{run}")
    assert {name: found[name] for name in ("setup", "name", "suite", "status", "state", "verification", "commit")} == {
        "setup": "porter1", "name": "hello", "suite": "hello", "status": "PASS", "state": "finished",
        "verification": "verified", "commit": "2.10",
    }  # fmt: skip
    assert found["counts"] == {"total": 5, "passed": 4, "failed": 0, "skipped": 1, "expected_failures": 0}
    assert found["labels"] == {"system": "Debian 12", "architecture": "x86_64", "compiler": "gcc 12.2"}
    suites = get(client, f"/api/v1/runs/{run}/suites")["suites"]
    assert [(suite["name"], suite["status"]) for suite in suites] == [
        ("hello", "PASS"), ("configure", "PASS"), ("make", "PASS"), ("make-check", "PASS"),
    ]  # fmt: skip
    tests = get(client, f"/api/v1/runs/{run}/tests")["tests"]
    assert tests[0]["name"] == "tests/greeting-1"


def test_each_of_automakes_words_counts_as_what_was_expected(client: FlaskClient) -> None:
    run = run_of(send(client, real("results")))
    report = get(client, f"/api/v1/reports/{run}")
    assert report["status"] == "make-check failed"
    assert report["counts"] == {"total": 6, "passed": 1, "failed": 3, "skipped": 1, "expected_failures": 1}
    assert get(client, f"/api/v1/runs/{run}")["status"] == "FAIL"
    failed = get(client, f"/api/v1/runs/{run}/tests?status=FAIL")["tests"]
    messages = {test["name"]: test["message"] for test in failed}
    assert "expected 3, got 4" in messages["tests/bad.sh"]


def test_step_that_failed_fails_the_run_and_says_its_first_error(client: FlaskClient) -> None:
    response = send(client, real("link_fails"))
    run = run_of(response)
    assert response.text.endswith(": make failed: src/more.c:3: undefined reference to `zorch_open'\n")
    assert get(client, f"/api/v1/runs/{run}")["status"] == "FAIL"
    suites = {suite["name"]: suite for suite in get(client, f"/api/v1/runs/{run}/suites")["suites"]}
    assert suites["make"]["message"] == "src/more.c:3: undefined reference to `zorch_open'"
    report = get(client, f"/api/v1/reports/{run}")
    assert report["counts"] == {"total": 0, "passed": 0, "failed": 0, "skipped": 0, "expected_failures": 0}
    (step,) = [step for step in report["steps"] if step["status"] == "failed"]
    assert (step["name"], step["first_error"]["file"], step["first_error"]["line"]) == ("make", "src/more.c", 3)
    assert any("undefined reference" in line for line in step["first_error"]["context"])


def test_report_without_tests_is_never_green(client: FlaskClient) -> None:
    run = run_of(send(client, real("no_tests")))
    assert get(client, f"/api/v1/runs/{run}")["status"] == "SKIP"
    assert get(client, f"/api/v1/reports/{run}")["notes"] == ["There are no tests."]


def test_tests_that_are_counted_and_not_named_leave_the_run_partial(client: FlaskClient) -> None:
    run = run_of(send(client, packed({**GOOD, "make-check.log": b"All 5 tests passed\n"})))
    found = get(client, f"/api/v1/runs/{run}")
    assert (found["status"], found["verification"]) == (None, "partial")


def test_same_tarball_again_is_the_same_run(client: FlaskClient, app: Dashboard) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: send(app.flask.test_client(), real("good")).text, range(4)))
    assert len(set(answers)) == 1 and send(client, real("good")).text == answers[0]
    assert len(get(client, "/api/v1/reports")["reports"]) == 1
    assert len(get(client, "/api/v1/runs")["runs"]) == 1


def test_tarball_comes_back_as_it_was_sent(client: FlaskClient) -> None:
    run = run_of(send(client, real("good")))
    report = get(client, f"/api/v1/reports/{run}")
    assert not report["is_masked"]
    assert download(client, report["tarball"]) == real("good")


def test_secrets_are_stored_nowhere(client: FlaskClient, database_url: str, tmp_path: Path) -> None:
    source = b"SOURCE=http://me:hunter22@example.org/frob-1.2.tar.gz\nBASENAME=frob-1.2\n"
    given = b"configure_extra_params= --with-db-password=hunter22\n"
    log = b"  $ ./configure --with-db-password=hunter22\n"
    run = run_of(send(client, packed({**GOOD, "input.txt": source + given, "config.log": log})))
    report = get(client, f"/api/v1/reports/{run}")
    assert report["source"] == "http://me:***@example.org/frob-1.2.tar.gz" and report["is_masked"]
    with tarfile.open(fileobj=io.BytesIO(download(client, report["tarball"])), mode="r:bz2") as tar:
        content = b"".join(file.read() for name in tar.getnames() if (file := tar.extractfile(name)))
    assert b"--with-db-password=***" in content and b"hunter22" not in content
    with psycopg.connect(database_url) as connection:
        for table in ("build_report", "build_step", "build_diagnostic", "run", "configuration"):
            assert "hunter22" not in str(connection.execute(f"SELECT * FROM {table}").fetchall())


@pytest.mark.parametrize(
    ("tarball", "word", "status"),
    [
        (b"", "empty", 422),
        (b"Hello", "not packed", 422),
        (bz2.compress(b"Hello" * 1000), "no tar archive", 422),
        (packed({"make.log": b""}), "no logs/status", 422),
        (real("hello")[:20_000], "ends in the middle", 422),
    ],
)
def test_refusal_is_one_line_and_leaves_nothing(
    tarball: bytes, word: str, status: int, client: FlaskClient, tmp_path: Path
) -> None:
    response = send(client, tarball)
    assert response.status_code == status
    assert response.text.startswith("livewall: NOT stored: ") and word in response.text
    assert response.text.count("\n") == 1
    assert get(client, "/api/v1/reports")["reports"] == []
    assert get(client, "/api/v1/runs")["runs"] == []
    assert list((tmp_path / "incoming").iterdir()) == []


def test_form_without_a_file_with_two_and_no_form(client: FlaskClient) -> None:
    none = client.post("/upload", data={"a": "text"}, content_type="multipart/form-data")
    assert "there is no file in the form" in none.text
    two = {"a": (io.BytesIO(b"x"), "x"), "b": (io.BytesIO(b"y"), "y")}
    assert "there are 2 files" in client.post("/upload", data=two, content_type="multipart/form-data").text
    assert "send it as a form" in client.post("/upload", data=real("good")).text


def test_more_than_is_taken_is_refused_before_it_is_read(client: FlaskClient) -> None:
    length = {"CONTENT_LENGTH": str(2**30)}
    form = "multipart/form-data; boundary=x"
    response = client.post("/upload", data=b"x", content_type=form, environ_overrides=length)
    assert response.status_code == 413
    assert response.text == "livewall: NOT stored: it has more than 64 MiB; send less of its logs\n"


def test_limits_are_the_configurations(database_url: str, tmp_path: Path) -> None:
    limits = ReportLimits(packed=1024 * 1024, unpacked=1024 * 1024)
    app = wall_on(database_url, Lab.of([], reports=limits), data=tmp_path)
    app.start()
    try:
        client = app.flask.test_client()
        unpacked = send(client, packed({**GOOD, "make.log": b"x" * 2 * 1024 * 1024}))
        assert (unpacked.status_code, "unpacks to more than 1 MiB" in unpacked.text) == (413, True)
        length, form = {"CONTENT_LENGTH": str(3 * 1024 * 1024)}, "multipart/form-data; boundary=x"
        larger = client.post("/upload", data=b"x", content_type=form, environ_overrides=length)
        assert larger.text == "livewall: NOT stored: it has more than 1 MiB; send less of its logs\n"
        assert send(client, packed(GOOD)).status_code == 200
    finally:
        app.stop()


def test_labels_and_setup_of_the_address(client: FlaskClient) -> None:
    run = run_of(send(client, real("good"), "/upload?setup=porter-9&farm=basement"))
    found = get(client, f"/api/v1/runs/{run}")
    assert found["setup"] == "porter-9" and found["labels"]["farm"] == "basement"
    twice = send(client, real("good"), "/upload?farm=basement&farm=attic")
    assert twice.status_code == 400 and "farm is given 2 times; once is enough" in twice.text


def test_names_that_would_harm_are_text(client: FlaskClient) -> None:
    members = {
        **GOOD,
        "environment.txt": b"hostname=<script>alert(1)</script>\x1b[31m\n",
        "input.txt": b"BASENAME=<b>-1\n",
    }
    response = send(client, packed({**members, "status": b"<script>"}))
    assert get(client, f"/api/v1/reports/{run_of(response)}")["setup"] == "<script>alert(1)</script>"


def test_answer_waits_for_room_on_the_disk(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livewall_dashboard.buildlogs.keep_report.free_bytes", lambda _: 1000)
    response = send(client, real("good"))
    assert response.status_code == 503
    assert "NOT stored: the wall's disk is nearly full" in response.text and "curl -F a=@FILE" in response.text


@pytest.mark.parametrize("kind", ["bearer", "basic"])
def test_token_of_scope_upload(make_app: Callable[..., Dashboard], kind: str) -> None:
    app = make_app(require_tokens=True)
    client = app.flask.test_client()
    good = app.core.tokens.create("porters", "upload", setups=["rack-7"])
    reader = app.core.tokens.create("readers", "read")

    def shown(token: str) -> dict[str, str]:
        basic = base64.b64encode(f"any:{token}".encode()).decode()
        return {"Authorization": f"Bearer {token}" if kind == "bearer" else f"Basic {basic}"}

    none = send(client, real("good"))
    assert none.status_code == 401 and none.text.startswith("livewall: NOT stored: This needs a token for upload")
    assert send(client, real("good"), headers=shown("lw_wrong")).status_code == 401
    assert send(client, real("good"), headers=shown(reader)).status_code == 403
    assert send(client, real("good"), "/upload?setup=other", headers=shown(good)).status_code == 403
    run = run_of(send(client, real("good"), headers=shown(good)))
    answer = client.get(f"/api/v1/runs/{run}", headers={"Authorization": f"Bearer {reader}"})
    assert answer.json["setup"] == "rack-7"


def test_machine_in_a_machine_calls_the_wall_by_an_address(client: FlaskClient) -> None:
    assert send(client, real("good"), base_url="http://10.0.2.2:8000").status_code == 200
    assert client.get("/api/v1/reports", base_url="http://10.0.2.2:8000").status_code == 200
    assert client.get("/api/v1/reports", base_url="http://[fec0::2]:8000").status_code == 200
    assert client.get("/api/v1/reports", base_url="http://evil.example:8000").status_code == 403


def test_old_addresses(client: FlaskClient, database_url: str) -> None:
    run = run_of(send(client, real("good")))
    with psycopg.connect(database_url) as connection:
        (number,) = connection.execute("SELECT run_id FROM build_report").fetchone() or (0,)
    assert client.get(f"/d/{number}").location == f"/runs/{run}"
    assert b"gcc" in download(client, f"/g/{number}/make.log?inlined=1")
    assert download(client, f"/s/{number}/x.tar.bz2") == real("good")
    assert client.get("/q/frobnicate-1.5").location == "/reports/frobnicate/1.5"
    assert client.get("/q/frobnicate").location == "/reports/frobnicate/-"
    assert "status" in client.get("/tarhelp").text
    assert client.get("/d/999999").status_code == client.get("/d/99999999999").status_code == 404


def test_run_key_of_an_address_is_refused(client: FlaskClient) -> None:
    for key in ("compare", "projects", "summary", "versions"):
        response = client.put(f"/api/v1/runs/{key}", json={"setup": "x"})
        assert response.status_code == 422 and key in response.json["error"]["message"]


def test_report_whose_files_were_not_all_stored_gets_them_when_it_comes_again(
    client: FlaskClient, app: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = app.core.artifacts.put

    def put_logs_alone(owner: Any, name: str, *args: Any, **more: Any) -> Any:
        if name.endswith(".tar.bz2"):
            raise Unavailable("The dashboard's disk is nearly full.")
        return put(owner, name, *args, **more)

    monkeypatch.setattr(app.core.artifacts, "put", put_logs_alone)
    assert "NOT stored: The dashboard's disk is nearly full" in send(client, real("good")).text
    monkeypatch.undo()
    run = run_of(send(client, real("good")))
    assert download(client, get(client, f"/api/v1/reports/{run}")["tarball"]) == real("good")
    assert len(get(client, "/api/v1/reports")["reports"]) == 1


def test_report_that_is_sent_in_many_pieces(client: FlaskClient) -> None:
    """Of any real package it has more than one piece of a form: such as cannot be packed here."""
    tarball = packed({**GOOD, "config.h": random.Random(1).randbytes(300_000)})
    run = run_of(send(client, tarball))
    assert download(client, get(client, f"/api/v1/reports/{run}")["tarball"]) == tarball


def test_names_of_packages_are_text_on_their_pages(client: FlaskClient) -> None:
    send(client, packed({**GOOD, "input.txt": b"BASENAME=<script>x<-1\n"}))
    for address in ("/reports", "/reports/<script>x<", "/reports/<script>x</1"):
        response = client.get(address)
        assert response.status_code == 200 and "<script>x" not in response.text
