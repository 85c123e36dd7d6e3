"""Bodies that a view reads itself, block by block."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Request

from livewall_dashboard.base.errors import LivewallError

BLOCK = 256 * 1024


class LengthRequired(LivewallError):
    code, http_status = "length_required", 411


class FilesBody:
    """Of an operation that takes one file as the body, or several as a form."""


def require_length(request: Request) -> None:
    """Raises LengthRequired where the server would hand us a body of unknown length as an empty one."""
    if request.content_length is None and not request.environ.get("wsgi.input_terminated"):
        raise LengthRequired("Send the file with its Content-Length: `curl -T FILE`, not from a pipe.")


def blocks(request: Request) -> Iterator[bytes]:
    while block := request.stream.read(BLOCK):
        yield block
