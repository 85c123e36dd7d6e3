"""Made-up commits and uploads, in resultsdbpy's JSON."""

from __future__ import annotations

import hashlib
from typing import Any

from flask.testing import FlaskClient

BEGAN = 1_700_000_000
"""When the first commit was made, in seconds since 1970."""

Json = dict[str, Any]


def commit(number: int, repository: str = "webkit", branch: str = "main", **more: Any) -> Json:
    """The twelfth commit of main is `commit(12)`; one comes every 100 s."""
    digest = hashlib.sha1(f"{repository} {branch} {number}".encode()).hexdigest()
    return {
        "repository_id": repository,
        "branch": branch,
        "timestamp": BEGAN + 100 * number,
        "order": 0,
        "hash": digest,
        "identifier": f"{number}@{branch}",
        "author": {"name": "Ann", "emails": ["ann@example.com"]},
        "message": f"Change {number}",
        **more,
    }


def uuid_of(commit: Json) -> int:
    return int(commit["timestamp"] * 100 + commit["order"])


def register(client: FlaskClient, *commits: Json) -> None:
    for each in commits:
        reply = client.post("/api/commits/register", json=each)
        assert (reply.status_code, reply.json) == (200, {"status": "ok"}), reply.text
