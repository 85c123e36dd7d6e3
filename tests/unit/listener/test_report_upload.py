"""A build report that no wall took is kept, and delivered by whoever comes next."""

from __future__ import annotations

import contextlib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Iterator

import pytest

from livewall_listener import spool_folder
from livewall_listener.client import Client
from livewall_listener.redelivery import Collection, Outcome
from livewall_listener.report_upload import ReportFile

TARBALL = b"BZh" + bytes(range(256)) * 9000
"""More than is sent at once."""


class Wall(HTTPServer):
    """Answers each upload with `status`."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = status
        self.uploads: list[tuple[str, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Wall

    def do_POST(self) -> None:
        self.server.uploads.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        body = b"livewall: NOT stored: \x1b[31mno\n" if self.server.status != 200 else b"livewall: thanks\n"
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def wall(status: int) -> Iterator[Wall]:
    with Wall(status) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def keep(folder: Path, url: str, tarball: bytes = TARBALL) -> Path:
    path = folder / "frob-1.2.pretest-build-report.tar.bz2"
    path.write_bytes(tarball)
    with ReportFile.of(path, url=url, address="/upload?setup=x") as report:
        return report.save(folder)


def deliver(folder: Path, url: str) -> list[Outcome]:
    client = Client(url, token="", ca="", environment={})
    try:
        return list(Collection(folder, {url: client}.get).deliver())
    finally:
        client.close()


def test_report_that_was_kept_is_delivered_byte_by_byte_and_goes(tmp_path: Path) -> None:
    with wall(200) as server:
        kept = keep(tmp_path, server.url)
        assert spool_folder.used(tmp_path) == kept.stat().st_size
        (outcome,) = deliver(tmp_path, server.url)
        assert outcome.problem == "" and not kept.exists()
        ((path, body),) = server.uploads
        assert path == "/upload?setup=x" and body.count(TARBALL) == 1
        assert b'name="a"; filename="frob-1.2.pretest-build-report.tar.bz2"' in body


@pytest.mark.parametrize(("status", "stays"), [(503, True), (403, True), (422, False), (413, False)])
def test_report_that_is_not_taken_stays_where_later_may_help(status: int, stays: bool, tmp_path: Path) -> None:
    with wall(status) as server:
        kept = keep(tmp_path, server.url)
        (outcome,) = deliver(tmp_path, server.url)
        assert outcome.problem == "livewall: NOT stored:  [31mno"
        assert kept.exists() == stays, "else it is set aside, for a person to look at"
        aside = [path.name for path in spool_folder.files(tmp_path, spool_folder.DAMAGED)]
        assert aside == ([] if stays else [f"{kept.name}{spool_folder.DAMAGED}"])


def test_report_for_another_wall_and_one_without_anybody_stay(tmp_path: Path) -> None:
    kept = keep(tmp_path, "http://elsewhere:8000")
    assert deliver(tmp_path, "http://127.0.0.1:9") == [] and kept.exists()
    mine = keep(tmp_path, "http://127.0.0.1:9")
    (outcome,) = deliver(tmp_path, "http://127.0.0.1:9")
    assert outcome.problem and not outcome.gave_up and mine.exists()


@pytest.mark.parametrize("content", [b"", b"no line", b"{}\n", b"[]\nx", b'{"url": 1\n'])
def test_damaged_file_is_set_aside(content: bytes, tmp_path: Path) -> None:
    spool_folder.new_path(tmp_path, spool_folder.REPORT).write_bytes(content)
    (outcome,) = deliver(tmp_path, "http://127.0.0.1:9")
    assert outcome.damaged and outcome.kept_as is not None


def test_no_more_is_kept_than_spools_may_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_folder, "LIMIT", 3 * len(TARBALL))
    keep(tmp_path, "http://wall")
    keep(tmp_path, "http://wall")
    with pytest.raises(OSError, match="No space left"):
        keep(tmp_path, "http://wall")
    assert len(spool_folder.files(tmp_path, spool_folder.REPORT)) == 2
