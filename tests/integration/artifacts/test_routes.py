"""Artifacts: taken in whole or in pieces, kept under names of the server's own, handed out where they do no harm."""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from livewall_dashboard.access.guard import Guard, Policy
from livewall_dashboard.access.sessions import SessionStore
from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.artifacts import files, gzip_files, routes
from livewall_dashboard.artifacts import store as store_module
from livewall_dashboard.artifacts.files import STALE_PART_SECONDS
from livewall_dashboard.artifacts.run_files import RunFiles
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.sizes import MAX_CHUNK, MAX_PACKED
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.web import errors, headers

RUN = "run-1"
PLAIN = b"<html><script>log</script></html>" + os.urandom(30_000).hex().encode()
PACKED = gzip.compress(PLAIN, mtime=0)
SHA = hashlib.sha256(PACKED).hexdigest()


@pytest.fixture
def logs() -> list[str]:
    return []


@pytest.fixture
def client(database: Database, run_files: RunFiles, logs: list[str]) -> FlaskClient:
    app = Flask("livewall_dashboard")
    errors.install(app, {})
    headers.install(app)
    tokens = TokenStore(database)
    Guard(Policy(), tokens, SessionStore(database, tokens)).install(app)
    app.register_blueprint(routes.blueprint(run_files, on_log=logs.append))
    return app.test_client()


def put_chunk(
    client: FlaskClient, start: int, end: int, *, name: str = "log.html", packed: bytes = PACKED, sha: str | None = None
) -> TestResponse:
    """Sends bytes `start` up to, not including, `end`."""
    return client.put(
        f"/api/v1/runs/{RUN}/artifacts/{name}",
        data=packed[start:end],
        headers={
            "Content-Encoding": "gzip",
            "Content-Range": f"bytes {start}-{end - 1}/{len(packed)}",
            "X-Content-SHA256": sha or hashlib.sha256(packed).hexdigest(),
        },
    )


def put_whole(
    client: FlaskClient, body: bytes, *, name: str = "log.html", run: str = RUN, **headers: str
) -> TestResponse:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return client.put(f"/api/v1/runs/{run}/artifacts/{name}", data=body, headers=sent)


def get(client: FlaskClient, name: str = "log.html", **headers: str) -> TestResponse:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return client.get(f"/runs/{RUN}/artifacts/{name}", headers=sent, buffered=True)


def files_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.rglob("*") if path.is_file())


def test_chunks_add_up_to_the_file(client: FlaskClient, logs: list[str]) -> None:
    first = put_chunk(client, 0, 10_000)
    assert (first.status_code, first.json) == (202, {"received": 10_000})
    assert get(client).status_code == 404
    last = put_chunk(client, 10_000, len(PACKED))
    assert last.status_code == 201
    assert last.json is not None
    assert (last.json["name"], last.json["size"], last.json["sha256"]) == ("log.html", len(PLAIN), SHA)
    assert get(client).data == PLAIN
    assert logs == [RUN]


def test_after_a_gap_the_server_says_where_to_go_on(client: FlaskClient) -> None:
    put_chunk(client, 0, 10_000)
    gap = put_chunk(client, 20_000, len(PACKED))
    assert gap.status_code == 416
    assert gap.json is not None
    assert gap.json["expected_offset"] == 10_000
    assert put_chunk(client, 10_000, len(PACKED)).status_code == 201


def test_an_upload_goes_on_where_another_dashboard_left_it(
    client: FlaskClient, database: Database, directory: Path
) -> None:
    put_chunk(client, 0, 10_000)
    restarted = RunFiles(database, ArtifactStore(database, directory))
    taken = restarted.append(RUN, "log.html", PACKED[10_000:], start=10_000, total=len(PACKED), sha256=SHA)
    assert not isinstance(taken, int)
    assert taken.size == len(PLAIN)


def test_a_torn_chunk_is_sent_again_from_where_it_broke(client: FlaskClient, directory: Path) -> None:
    put_chunk(client, 0, 10_000)
    (part,) = directory.rglob("*.part")
    with part.open("rb+") as file:
        file.truncate(7_000)
    torn = put_chunk(client, 10_000, 20_000)
    assert torn.json is not None
    assert torn.json["expected_offset"] == 7_000
    put_chunk(client, 7_000, 17_000)
    assert put_chunk(client, 17_000, len(PACKED)).status_code == 201
    assert get(client).data == PLAIN


def test_a_repeated_chunk_changes_nothing(client: FlaskClient) -> None:
    put_chunk(client, 0, 10_000)
    again = put_chunk(client, 0, 10_000)
    assert (again.status_code, again.json) == (202, {"received": 10_000})
    put_chunk(client, 10_000, len(PACKED))
    after_the_end = put_chunk(client, 10_000, len(PACKED))
    assert after_the_end.status_code == 201
    assert get(client).data == PLAIN


def test_the_same_chunk_twice_at_once_is_taken_once(run_files: RunFiles) -> None:
    threads = [
        threading.Thread(
            target=run_files.append,
            args=(RUN, "log.html", PACKED[:10_000]),
            kwargs={"start": 0, "total": len(PACKED), "sha256": SHA},
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = run_files.append(RUN, "log.html", PACKED[10_000:], start=10_000, total=len(PACKED), sha256=SHA)
    assert not isinstance(taken, int)


def test_a_file_with_another_hash_is_refused_and_forgotten(client: FlaskClient, directory: Path) -> None:
    wrong = put_chunk(client, 0, len(PACKED), sha="0" * 64)
    assert wrong.status_code == 422
    assert wrong.json is not None
    assert wrong.json["expected_offset"] == 0
    assert files_in(directory) == []
    assert get(client).status_code == 404


NO_WHOLE_GZIP = {
    "text": b"this is no gzip" * 100,
    "cut": PACKED[:-4],
    "damaged": PACKED[:100] + b"\xff" + PACKED[101:],
    "tail": PACKED + b"more",
    "two": PACKED + PACKED,
    "zlib": zlib.compress(PLAIN),
}


def test_what_is_not_one_whole_gzip_file_is_refused(client: FlaskClient, directory: Path) -> None:
    for what, packed in NO_WHOLE_GZIP.items():
        assert put_chunk(client, 0, len(packed), packed=packed).status_code == 422, what
        assert put_whole(client, packed, Content_Encoding="gzip").status_code == 422, what
        assert files_in(directory) == [], what


def test_a_bomb_is_refused(client: FlaskClient, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gzip_files, "MAX_PLAIN", 10_000_000)
    bomb = gzip.compress(bytes(10_000_001))
    assert len(bomb) < 20_000
    assert put_chunk(client, 0, len(bomb), packed=bomb).status_code == 413
    assert put_whole(client, bomb, Content_Encoding="gzip").status_code == 413
    assert files_in(directory) == []


def test_a_whole_file_may_come_as_it_is(client: FlaskClient, directory: Path, logs: list[str]) -> None:
    reply = put_whole(client, PLAIN, X_Content_SHA256=hashlib.sha256(PLAIN).hexdigest())
    assert reply.status_code == 201
    assert get(client).data == PLAIN
    assert [path.read_bytes()[:2] for path in directory.rglob("*.gz")] == [b"\x1f\x8b"]
    assert len(logs) == 1


def test_a_whole_file_with_another_hash_is_refused(client: FlaskClient, directory: Path) -> None:
    assert put_whole(client, PLAIN, X_Content_SHA256="0" * 64).status_code == 422
    assert files_in(directory) == []


def test_a_later_file_of_the_same_name_takes_the_place(client: FlaskClient, directory: Path) -> None:
    put_whole(client, b"first", name="output.xml")
    put_whole(client, b"second", name="output.xml")
    assert get(client, "output.xml").data == b"second"
    assert len(files_in(directory)) == 1


def test_a_name_that_is_no_plain_file_name_is_refused(client: FlaskClient, directory: Path) -> None:
    for name in (
        "..", "%2e%2e", ".hidden", "a%00b", "a%0d%0ab", "-x", "log%22.html", "l%C3%B6g.html", "x" * 201, "a%5cb", "a:b",
        "~",
    ):  # fmt: skip
        assert put_whole(client, b"x", name=name).status_code in (404, 422), name
        assert not directory.exists() or files_in(directory) == [], name


@pytest.mark.parametrize("name", ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "a/b", "%2fetc%2fpasswd"])
@pytest.mark.parametrize("path", ["/runs/run-1/artifacts/", "/api/v1/runs/run-1/artifacts/", "/runs/../artifacts/"])
def test_paths_lead_nowhere(shared_client: FlaskClient, path: str, name: str) -> None:
    assert shared_client.get(path + name).status_code in (404, 405)
    assert shared_client.put(path + name, data=b"x").status_code in (404, 405)


def test_no_name_becomes_part_of_a_path(client: FlaskClient, directory: Path) -> None:
    for name in ("log.html", "a..b", "selenium-screenshot-1.png", "My log (2).html"):
        assert put_whole(client, b"x", name=name).status_code == 201
    assert all(name.removesuffix(".gz").replace(".", "").isalnum() for name in files_in(directory))


def test_a_run_nobody_reported_takes_no_artifacts(client: FlaskClient, directory: Path) -> None:
    assert put_whole(client, b"x", run="run-2").status_code == 404
    assert put_whole(client, b"x", run="a%00b").status_code == 404
    assert not directory.exists()


def test_a_malformed_range_is_refused(client: FlaskClient) -> None:
    whole = {"Content_Encoding": "gzip", "X_Content_SHA256": "0" * 64}
    for content_range in (
        "bytes 0-9", "bytes 0-9/*", "bytes */10", "bytes 5-4/10", "bytes 0-10/10", "0-9/10", "bytes -1-9/10",
        "bytes 0-9/" + "9" * 30,
    ):  # fmt: skip
        reply = put_whole(client, b"x" * 10, Content_Range=content_range, **whole)
        assert reply.status_code == 400, content_range


def test_a_chunk_says_how_it_is_packed_and_what_it_is_part_of(client: FlaskClient) -> None:
    whole = {"Content_Range": "bytes 0-0/1"}
    assert put_whole(client, b"x", **whole, X_Content_SHA256="0" * 64).status_code == 400
    assert put_whole(client, b"x", **whole, Content_Encoding="gzip").status_code == 400
    assert put_whole(client, b"x", **whole, Content_Encoding="br", X_Content_SHA256="0" * 64).status_code == 400
    assert put_whole(client, b"x", **whole, Content_Encoding="gzip", X_Content_SHA256="z").status_code == 400
    assert put_whole(client, b"xy", **whole, Content_Encoding="gzip", X_Content_SHA256="0" * 64).status_code == 400


def test_a_chunk_has_its_limit(client: FlaskClient) -> None:
    large = MAX_CHUNK + 1
    reply = put_whole(
        client,
        b"x" * large,
        Content_Range=f"bytes 0-{large - 1}/{large + 1}",
        Content_Encoding="gzip",
        X_Content_SHA256="0" * 64,
    )
    assert reply.status_code == 413


def test_a_body_of_unknown_length_is_not_taken_for_an_empty_one(client: FlaskClient, directory: Path) -> None:
    reply = client.put(
        f"/api/v1/runs/{RUN}/artifacts/log.html", input_stream=BytesIO(PLAIN), headers={"Transfer-Encoding": "chunked"}
    )
    assert reply.status_code == 411
    assert not directory.exists()


def test_what_is_too_large_is_refused_at_its_first_chunk(client: FlaskClient, directory: Path) -> None:
    reply = put_whole(
        client,
        b"x",
        Content_Range=f"bytes 0-0/{MAX_PACKED + 1}",
        Content_Encoding="gzip",
        X_Content_SHA256="0" * 64,
    )
    assert reply.status_code == 413
    assert not directory.exists()


def test_a_file_of_a_process_waits_for_it_to_register(client: FlaskClient, directory: Path) -> None:
    path = f"/api/v1/runs/{RUN}/artifacts/log.html?process="
    assert client.put(path + "1", data=b"x").status_code == 404
    assert not directory.exists()
    reply = client.put(path + "0", data=b"x")
    assert reply.json is not None
    assert reply.json["process"] == "0"


def test_a_run_has_so_many_artifacts(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MAX_ARTIFACTS", 2)
    for name in ("a.txt", "b.txt", "a.txt"):
        assert put_whole(client, b"x", name=name).status_code == 201
    assert put_whole(client, b"x", name="c.txt").status_code == 409


def test_a_full_disk_takes_nothing_and_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MIN_FREE", 1 << 62)
    reply = put_whole(client, b"x")
    assert reply.status_code == 503
    assert "Retry-After" in reply.headers


def test_the_log_opens_in_a_sandbox(client: FlaskClient) -> None:
    put_whole(client, PLAIN)
    reply = get(client)
    policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "attachment" not in reply.headers.get("Content-Disposition", "")


def test_everything_else_is_a_download(client: FlaskClient) -> None:
    for name, content_type in (
        ("output.xml", "application/xml"),
        ("debug.txt", "text/plain; charset=utf-8"),
        ("picture.svg", "application/octet-stream"),
        ("script.js", "application/octet-stream"),
        ("page.xhtml", "application/octet-stream"),
        ("screen.png", "image/png"),
        ("README", "application/octet-stream"),
    ):
        put_whole(client, b"x", name=name)
        reply = get(client, name)
        assert reply.headers["Content-Type"] == content_type, name
        assert reply.headers["Content-Disposition"].startswith("attachment"), name
        assert "unsafe" not in reply.headers["Content-Security-Policy"], name


def test_gzip_goes_out_as_it_lies_there(client: FlaskClient) -> None:
    put_chunk(client, 0, len(PACKED))
    reply = get(client, Accept_Encoding="gzip, br")
    assert reply.headers["Content-Encoding"] == "gzip"
    assert reply.data == PACKED
    assert reply.headers["Content-Length"] == str(len(PACKED))


def test_who_takes_no_gzip_gets_it_plain(client: FlaskClient) -> None:
    put_chunk(client, 0, len(PACKED))
    for accepted in ("identity", "gzip;q=0", "br"):
        reply = get(client, Accept_Encoding=accepted)
        assert "Content-Encoding" not in reply.headers, accepted
        assert reply.data == PLAIN, accepted
        assert reply.headers["Content-Length"] == str(len(PLAIN)), accepted


def test_what_a_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    put_chunk(client, 0, len(PACKED))
    etag = get(client).headers["ETag"]
    assert get(client, If_None_Match=etag).status_code == 304


def test_a_row_without_its_file_is_not_found(client: FlaskClient, directory: Path) -> None:
    put_whole(client, b"x")
    for path in directory.rglob("*.gz"):
        path.unlink()
    assert get(client).status_code == 404


def test_uploads_that_never_went_on_are_cleared(client: FlaskClient, store: ArtifactStore, directory: Path) -> None:
    put_chunk(client, 0, 10_000)
    (part,) = directory.rglob("*.part")
    began = part.stat().st_mtime
    assert store.tidy(began + STALE_PART_SECONDS - 1) == 0
    assert store.tidy(began + STALE_PART_SECONDS + 1) == 1
    assert files_in(directory) == []
