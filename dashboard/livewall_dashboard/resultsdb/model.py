"""What resultsdbpy's routes answer, for the API's document: open objects where uploaders say what is in them."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct
from werkzeug.http import HTTP_STATUS_CODES

from livewall_dashboard.base.errors import LivewallError


class UploadsError(Struct):
    status: Literal["error"]
    error: str
    description: str


class Done(Struct):
    status: Literal["ok"] = "ok"


class Uploaded(Struct):
    status: Literal["ok"]
    processing: dict[str, dict[str, str]]


class RunsOfConfiguration(Struct):
    configuration: dict[str, Any]
    results: list[dict[str, Any]]


class UrlsOfConfiguration(Struct):
    configuration: dict[str, Any]
    urls: list[dict[str, Any]]


def error_shape(error: LivewallError) -> dict[str, object]:
    """What an error looks like below `/api/`, but for `/api/v1/`."""
    return {"status": "error", "error": HTTP_STATUS_CODES.get(error.http_status, "Error"), "description": error.message}


Commit = dict[str, Any]
