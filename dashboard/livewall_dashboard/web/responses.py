"""Answers of the API."""

from __future__ import annotations

import msgspec
from flask import Response


def json_response(body: object, status: int = 200) -> Response:
    """JSON that nobody between us and the caller keeps."""
    response = Response(msgspec.json.encode(body), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
