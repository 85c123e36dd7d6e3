"""A run's files: uploaded by nodes, opened by people."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, BinaryIO
from urllib.parse import quote

from flask import Blueprint, Response, request
from msgspec import Meta, Struct

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.access.rate_limits import EVENTS
from livewall_dashboard.artifacts.gzip_files import BLOCK, unpacked
from livewall_dashboard.artifacts.model import Artifact
from livewall_dashboard.artifacts.resources import OffsetError, Received
from livewall_dashboard.artifacts.run_files import RunFiles
from livewall_dashboard.base.errors import BadRequest, TooLarge
from livewall_dashboard.base.sizes import MAX_CHUNK, MAX_PLAIN
from livewall_dashboard.history.resources import ArtifactLink, RunId, of
from livewall_dashboard.web.links import LOG, address_of
from livewall_dashboard.web.operation import Answer, Header, operation
from livewall_dashboard.web.request_body import blocks, require_length
from livewall_dashboard.web.responses import json_response

# Robot Framework's log and report are programs of their own: inline scripts that compile templates. They run in an
# origin of their own, where no cookie and no page of the wall is within reach, and load nothing from anywhere.
SANDBOX = "; ".join(
    (
        "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads",
        "default-src 'none'",
        "script-src 'unsafe-inline' 'unsafe-eval'",
        "style-src 'unsafe-inline'",
        "img-src data: 'self'",
        "media-src data: 'self'",
        "font-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)


class ArtifactQuery(Struct):
    process: Annotated[str | None, Meta(description="Name of the robot process the file is from")] = None


FileName = Annotated[str, Meta(description="log.html, output.xml, ...: letters, digits, spaces and . _ - + @ ( )")]

_HEADERS = (
    Header("Content-Encoding", "gzip; required for chunks", ("gzip", "identity")),
    Header("Content-Range", "bytes 0-4194303/10485760, counted in the gzip file"),
    Header("X-Content-SHA256", "Of the whole body as sent over all chunks, in hexadecimal digits"),
)
_CONTENT_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def blueprint(files: RunFiles, *, on_log: Callable[[str], None]) -> Blueprint:
    """`on_log(run)` is told when a run's log.html can be opened."""
    routes = Blueprint("artifacts", __name__)

    @routes.put("/api/v1/runs/<run_id>/artifacts/<name>")
    @scope("upload", EVENTS)
    @operation(
        "putArtifact",
        "A file of the run; scope upload or ingest. Whole, or as chunks of a gzip file with Content-Range: "
        f"bytes first-last/total, of at most {MAX_CHUNK} bytes each; unpacked it has at most {MAX_PLAIN}.",
        Answer(201, "The file is whole, checked and stored.", ArtifactLink),
        Answer(202, "So many bytes have arrived; go on from there.", Received),
        Answer(416, "The chunk does not follow what has arrived.", OffsetError),
        errors=(404, 409, 411, 422, 503),
        headers=_HEADERS,
        takes=bytes,
    )
    def put_artifact(run_id: RunId, name: FileName, query: ArtifactQuery) -> Response:
        files.check_writer(run_id, caller())
        taken = _take_in(files, run_id, name, query.process)
        if isinstance(taken, int):
            return json_response(Received(taken), 202)
        if name == LOG:
            on_log(run_id)
        link = of(ArtifactLink, {**asdict(taken), "url": address_of(run_id, name)})
        return json_response(link, 201)

    @routes.get("/runs/<run_id>/artifacts/<name>")
    @scope("read")
    def get_artifact(run_id: str, name: str) -> Response:
        artifact, file = files.open(run_id, name)
        response = Response(content_type=artifact.content_type)
        response.set_etag(artifact.sha256)
        response.vary.add("Accept-Encoding")
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers.update(_isolation(artifact))
        _attach(response, artifact, file)
        response.make_conditional(request)
        return response

    return routes


@dataclass(frozen=True)
class _Range:
    """`Content-Range: bytes start-end/total`, of the packed file."""

    start: int
    end: int
    total: int


def _take_in(files: RunFiles, run_id: str, name: str, process: str | None) -> int | Artifact:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("gzip", "identity"):
        raise BadRequest(f"Content-Encoding {encoding[:50]!r} is not known here; send gzip or none.")
    sha256 = _sha256()
    if "Content-Range" not in request.headers:
        require_length(request)
        request.max_content_length = MAX_PLAIN
        return files.put(run_id, name, blocks(request), packed=encoding == "gzip", sha256=sha256, process=process)
    part = _range()
    if encoding != "gzip" or sha256 is None:
        raise BadRequest(
            "Chunks are of a gzip file: they need Content-Encoding: gzip and X-Content-SHA256, the hash of the whole."
        )
    chunk = _chunk(part)
    return files.append(run_id, name, chunk, start=part.start, total=part.total, sha256=sha256, process=process)


def _sha256() -> str | None:
    text = request.headers.get("X-Content-SHA256")
    if text is not None and not _SHA256.fullmatch(text.lower()):
        raise BadRequest("X-Content-SHA256 is 64 hexadecimal digits.")
    return text and text.lower()


def _range() -> _Range:
    match = _CONTENT_RANGE.fullmatch(request.headers["Content-Range"].strip())
    found = _Range(*map(int, match.groups())) if match else None
    if found is None or not found.start <= found.end < found.total:
        raise BadRequest("Content-Range is like bytes 0-4194303/10485760, of the gzip file.")
    return found


def _chunk(part: _Range) -> bytes:
    length = part.end - part.start + 1
    if length > MAX_CHUNK:
        raise TooLarge(f"A chunk has at most {MAX_CHUNK} bytes; send more of them.")
    chunk = request.get_data(cache=False)
    if len(chunk) != length:
        raise BadRequest(f"Content-Range promises {length} bytes, the body has {len(chunk)}.")
    return chunk


def _isolation(artifact: Artifact) -> dict[str, str]:
    if artifact.content_type.startswith("text/html"):
        # A page in a sandbox of its own may be opened from another such page: report.html leads to log.html.
        return {"Content-Security-Policy": SANDBOX, "Cross-Origin-Opener-Policy": "unsafe-none"}
    disposition = f"attachment; filename*=UTF-8''{quote(artifact.name)}"
    if artifact.content_type.startswith("image/"):
        # A screenshot is shown by log.html, whose sandbox is another origin.
        return {"Content-Disposition": disposition, "Cross-Origin-Resource-Policy": "cross-origin"}
    return {"Content-Disposition": disposition}


def _attach(response: Response, artifact: Artifact, file: BinaryIO) -> None:
    """The stored bytes as they are to whoever takes gzip, else unpacked on the way."""
    if request.accept_encodings["gzip"] > 0:
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(file.seek(0, 2))
        file.seek(0)
        response.response = iter(lambda: file.read(BLOCK), b"")
    else:
        response.headers["Content-Length"] = str(artifact.size)
        response.response = unpacked(file)
    response.call_on_close(file.close)
