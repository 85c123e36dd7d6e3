"""Orders a build from a wall that runs."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any

from livewall_dashboard.base.errors import Misconfigured, Unavailable

WITHIN = 30.0
"""Seconds to answer."""


def order_build(wall: str, token: str, project: str, branch: str, environment: Mapping[str, str]) -> int:
    """-> the build's number. Raises Misconfigured with what the wall says against it, Unavailable."""
    request = urllib.request.Request(
        f"{wall.rstrip('/')}/api/v1/branch-builds",
        data=json.dumps({"project": project, "bundle": branch}).encode(),
        headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
        method="POST",
    )
    try:
        context = ssl.create_default_context(cafile=environment.get("LIVEWALL_CA") or None)
        with urllib.request.urlopen(request, timeout=WITHIN, context=context) as answer:
            return int(json.load(answer)["number"])
    except urllib.error.HTTPError as error:
        with error:
            raise Misconfigured(_message(error.read()) or f"{wall} answers {error.code}.") from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Unavailable(f"{wall} cannot be reached: {reason}.") from None
    except (ValueError, KeyError, TypeError):
        raise Misconfigured(f"{wall} gives an answer that is none of a livewall's.") from None


def token_of(file: Path | None, environment: Mapping[str, str]) -> str:
    """From the file, else LIVEWALL_TOKEN. Raises Misconfigured."""
    if file is None:
        return environment.get("LIVEWALL_TOKEN", "").strip()
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"The token file {file} cannot be read: {error}.") from None


def _message(data: bytes) -> str:
    try:
        told: Any = json.loads(data)["error"]["message"]
        return str(told)
    except (ValueError, KeyError, TypeError):
        return ""
