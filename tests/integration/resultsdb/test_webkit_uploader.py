"""The requests of WebKit's own uploader (Tools/Scripts/webkitpy/results/upload.py), byte by byte as it sends them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from support.uploads import commit, register

TOLD = commit(1, "webkit")
CONFIGURATION = {
    "platform": "mac",
    "is_simulator": False,
    "version": "14.5",
    "architecture": "arm64",
    "version_name": "Sonoma",
    "style": "release",
    "flavor": "wk2",
}
DETAILS = {
    "buildbot-master": "build.webkit.org",
    "builder-name": "Apple-Sonoma-Release-WK2-Tests",
    "build-number": "12",
    "buildbot-worker": "bot638",
}
STATS = {"start_time": 1_700_000_140.25, "end_time": 1_700_000_200.5, "tests_skipped": 3}
RESULTS = {
    "fast": {"a.html": {}, "b.html": {"time": 12, "expected": "FAIL", "actual": "TEXT", "log": "- a\n+ b"}},
    "http": {"tests": {"c.html": {"actual": "CRASH"}}},
}
STARTED = 1_700_000_140


@pytest.fixture
def commits(client: FlaskClient) -> list[dict[str, Any]]:
    """References, which is all that it sends: the wall has read the commits from a clone, or was told of them."""
    register(client, TOLD)
    return [{"repository_id": "webkit", "id": TOLD["hash"], "branch": "main"}]


def post(client: FlaskClient, path: str, **words: Any) -> dict[str, Any]:
    """Sends what the library of the uploader would."""
    sent = requests.Request("POST", f"http://localhost{path}", **words).prepare()
    reply = client.post(path, data=sent.body, headers=list(sent.headers.items()))
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json
    return answer


def test_an_upload_is_taken_and_its_results_come_back(client: FlaskClient, commits: list[dict[str, Any]]) -> None:
    data = {
        "version": 0,
        "suite": "layout-tests",
        "configuration": CONFIGURATION,
        "commits": commits,
        "test_results": {"details": DETAILS, "run_stats": STATS, "results": RESULTS},
        "timestamp": STARTED,
        "api_key": "anything",
    }
    answer = post(client, "/api/upload", headers={"Content-type": "application/json"}, data=json.dumps(data))
    statuses = {part: told["status"] for part, told in answer["processing"].items()}
    assert statuses.pop("ci-urls") == "error", "no Buildbot is asked"
    assert (answer["status"], set(statuses.values())) == ("ok", {"ok"})
    asked = "recent=False&platform=mac&style=release"
    assert client.get(f"/api/failures/layout-tests?{asked}").json == ["http/tests/c.html"]
    (found,) = client.get(f"/api/results/layout-tests/fast/b.html?{asked}").json or []
    assert (found["configuration"]["version"], found["configuration"]["version_name"]) == (14_005_000, "Sonoma")
    (result,) = found["results"]
    assert {name: result[name] for name in ("uuid", "start_time", "actual", "expected", "log", "time")} == {
        "uuid": TOLD["timestamp"] * 100, "start_time": STARTED, "actual": "TEXT", "expected": "FAIL", "log": "- a\n+ b",
        "time": 12}  # fmt: skip
    (raw,) = client.get(f"/api/upload?suite=layout-tests&{asked}").json or []
    assert raw["test_results"] == data["test_results"]
    assert "api_key" not in raw
    (run,) = client.get("/api/v1/runs?suite=layout-tests").json["runs"]  # type: ignore[index]
    assert (run["setup"], run["status"], run["elapsed_time"], run["counts"]) == ("bot638", "FAIL", 60.25, {
        "total": 3, "passed": 1, "failed": 1, "skipped": 0, "expected_failures": 1})  # fmt: skip


def test_an_archive_is_taken_and_comes_back(client: FlaskClient, commits: list[dict[str, Any]]) -> None:
    """Its form has a field named as a header."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("layout-test-results/full_results.json", "{}")
    archive.seek(0)
    form = {
        "version": 0,
        "suite": "layout-tests",
        "configuration": json.dumps(CONFIGURATION),
        "commits": json.dumps(commits),
        "timestamp": STARTED,
        "api_key": "anything",
        "Content-type": "application/octet-stream",
    }
    assert post(client, "/api/upload/archive", data=form, files={"file": archive}) == {"status": "ok"}
    found = client.get(f"/api/upload/archive?suite=layout-tests&recent=False&ref={TOLD['hash']}", buffered=True)
    assert (found.status_code, found.data) == (200, archive.getvalue())
