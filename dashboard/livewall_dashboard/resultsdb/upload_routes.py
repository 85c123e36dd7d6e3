"""`/api/upload...` and `/api/suites`: uploads as resultsdbpy takes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import SEEK_END
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, request

from livewall_dashboard.access.guard import Guard, caller, key_in_body, scope
from livewall_dashboard.access.rate_limits import UPLOADS
from livewall_dashboard.artifacts.gzip_files import BLOCK, unpacked
from livewall_dashboard.base.errors import BadRequest, NotFound
from livewall_dashboard.base.sizes import MAX_PLAIN
from livewall_dashboard.resultsdb import body
from livewall_dashboard.resultsdb.archive_store import ArchiveStore
from livewall_dashboard.resultsdb.model import Done, Uploaded, UploadsError
from livewall_dashboard.resultsdb.parameters import ArchiveQuery, SuitesQuery, UploadsQuery
from livewall_dashboard.resultsdb.unknown_commits import LooksForCommits, with_news
from livewall_dashboard.resultsdb.upload_store import UploadStore
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.request_body import FilesBody
from livewall_dashboard.web.responses import json_response

MAX_UPLOAD = 64 * 1024 * 1024
"""Bytes of an upload's JSON."""
AT_ONCE = 4
"""Uploads that are read and stored at the same time."""
LARGE = 4 * 1024 * 1024
"""Bytes; of such uploads one at a time, as each takes 25 times its size of memory."""
IN_MEMORY = 1024 * 1024
"""Bytes of a body that are kept in memory until it is there."""


def blueprint(store: UploadStore, archives: ArchiveStore, fetchers: LooksForCommits, guard: Guard) -> Blueprint:
    routes = Blueprint("uploads", __name__, url_prefix="/api")
    room, room_for_large = BoundedSemaphore(AT_ONCE), BoundedSemaphore(1)

    @routes.post("/upload")
    @key_in_body
    @scope("upload", UPLOADS)
    @operation(
        "uploadResults",
        "Results of a suite on a configuration at commits, in resultsdbpy's JSON of at most "
        f"{MAX_UPLOAD} bytes; the token as api_key or in the header. Answered when they are stored.",
        Answer(200, "What came of its parts.", Uploaded),
        errors=(404, 409, 422, 503),
        takes=dict[str, Any],
        error=UploadsError,
    )
    def upload() -> Response:
        request.max_content_length = request.max_form_memory_size = MAX_UPLOAD
        with _arrived() as file:

            def taken() -> dict[str, Any]:
                with room_for_large if _size(file) > LARGE else room:
                    members = body.read_members(guard, file.read(), refusal="Expected uploaded data to be json")
                    _require_no_query()
                    return store.take(members, caller())

            return json_response({"status": "ok", "processing": with_news(fetchers, taken)})

    @routes.get("/upload")
    @scope("read", UPLOADS)
    @operation(
        "downloadUploads",
        "Uploads as they came.",
        Answer(200, "By suite and configuration, by commit.", list[dict[str, Any]]),
        errors=(404, 503),
        error=UploadsError,
    )
    def download(query: UploadsQuery) -> Response:
        found = store.find(query)
        response = Response(_array(store.give_back(found)), content_type="application/json")
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.post("/upload/process")
    @scope("upload", UPLOADS)
    @operation(
        "processUploads",
        "Reads uploads once more, and stores their results anew.",
        Answer(200, "What came of each.", list[dict[str, Any]]),
        errors=(404, 409, 422, 503),
        error=UploadsError,
    )
    def process(query: UploadsQuery) -> Response:
        found = store.find(query)
        if not found:
            raise NotFound("No uploads matching the specified criteria")
        with room_for_large:
            return json_response(store.read_again(found, caller()))

    @routes.get("/suites")
    @scope("read", UPLOADS)
    @operation(
        "listUploadedSuites",
        "Suites by the configurations that they ran on.",
        Answer(200, "Pairs of a configuration and its suites.", list[Any]),
        errors=(404, 503),
        error=UploadsError,
    )
    def suites(query: SuitesQuery) -> Response:
        found = store.suites(query)
        if not found:
            raise NotFound("No suites matching the specified criteria")
        return json_response(found)

    @routes.post("/upload/archive")
    @key_in_body
    @scope("upload", UPLOADS)
    @operation(
        "uploadArchive",
        "A zip file of what a run left: a form with file, suite, configuration and commits (both JSON), timestamp.",
        Answer(200, "It is stored.", Done),
        errors=(404, 422, 503),
        takes=FilesBody,
        error=UploadsError,
    )
    def upload_archive() -> Response:
        request.max_content_length, request.max_form_memory_size = MAX_PLAIN, body.MAX_COMMIT
        members = body.read_members(guard, b"" if request.files else request.get_data(), refusal="No archive provided")
        _require_no_query()
        file = request.files.get("file")
        if file is None:
            raise BadRequest("No archive provided")
        with file.stream:
            with_news(fetchers, lambda: archives.take(members, cast("BinaryIO", file.stream)))
        return json_response(Done())

    @routes.get("/upload/archive")
    @scope("read", UPLOADS)
    @operation(
        "downloadArchive",
        "The only archive that is meant.",
        Answer(200, "A zip file.", bytes, "application/zip"),
        errors=(404, 503),
        error=UploadsError,
    )
    def download_archive(query: ArchiveQuery) -> Response:
        found = archives.find(query)
        response = Response(unpacked(found.file), content_type="application/zip")
        response.headers["Content-Length"] = str(found.artifact.size)
        response.headers["Content-Disposition"] = f'attachment; filename="{_ascii(found.name)}"'
        response.headers["Cache-Control"] = "no-store"
        response.call_on_close(found.file.close)
        return response

    return routes


@contextmanager
def _arrived() -> Iterator[BinaryIO]:
    """The body, on whose size nobody's memory depends before it is there; empty where it was a form."""
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        if not request.form:
            while block := request.stream.read(BLOCK):
                file.write(block)
        file.seek(0)
        yield cast("BinaryIO", file)


def _size(file: BinaryIO) -> int:
    size = file.seek(0, SEEK_END)
    file.seek(0)
    return size


def _require_no_query() -> None:
    if request.query_string:
        raise BadRequest("Queries not supported on this endpoint")


def _array(items: Iterator[bytes]) -> Iterator[bytes]:
    separator = b"["
    for item in items:
        yield separator + item
        separator = b","
    yield b"[]" if separator == b"[" else b"]"


def _ascii(name: str) -> str:
    return "".join(each if each.isascii() and each.isprintable() and each not in '"\\' else "_" for each in name)
