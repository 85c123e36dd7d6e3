"""Made-up commits and uploads, in resultsdbpy's JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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


MAC: Json = {
    "platform": "Mac",
    "version": "13.1",
    "is_simulator": False,
    "architecture": "x86_64",
    "style": "Release",
    "flavor": "wk2",
    "version_name": "Ventura",
}
IPHONE: Json = {
    "platform": "iOS",
    "version": "17.0",
    "is_simulator": True,
    "architecture": "arm64",
    "model": "iPhone 15",
}


def upload(
    results: Mapping[str, Any],
    *commits: Json,
    suite: str = "layout-tests",
    configuration: Json = MAC,
    timestamp: float | str | None = None,
    details: Mapping[str, Any] | None = None,
    **more: Any,
) -> Json:
    """At the first commit, if none is given."""
    return {
        "version": 0,
        "suite": suite,
        "configuration": configuration,
        "commits": list(commits or [commit(1)]),
        "test_results": {"details": details or {}, "run_stats": {"tests_skipped": 3}, "results": results},
        **({} if timestamp is None else {"timestamp": timestamp}),
        **more,
    }


def send(client: FlaskClient, *uploads: Json) -> None:
    for each in uploads:
        reply = client.post("/api/upload", json=each)
        assert reply.status_code == 200, reply.text
        assert {part["status"] for part in (reply.json or {})["processing"].values()} == {"ok"}
