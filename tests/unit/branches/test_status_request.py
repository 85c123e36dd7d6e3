"""What git hosts are asked, in the words of their APIs."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import msgspec
import pytest

from livewall_dashboard.branches.status_request import (
    CommitStatus,
    change_of,
    changes_request,
    request_of,
    state_of,
    was_heard_before,
)
from livewall_dashboard.lab.projects import StatusHost

SHA = "a1b2c3d4" * 5


def asked(kind: str, state: str, token: str = "hush", change: str = "") -> tuple[str, dict[str, str], Any]:
    status = CommitStatus(
        SHA, "login", state, "Build 7 of login failed", "livewall/shop", "https://wall/branch-builds/7"
    )
    request = request_of(StatusHost(kind, "https://git.example/api", token), status, change)
    return request.url, dict(request.headers), json.loads(request.body)


@pytest.mark.parametrize(
    ("state", "result", "told"),
    [
        ("waiting", None, "pending"),
        ("building", None, "pending"),
        ("done", "ok", "success"),
        ("done", "warnings", "success"),
        ("done", "failed", "failure"),
        ("done", "killed", "cancelled"),
        ("done", "skipped", "cancelled"),
        ("done", None, "cancelled"),
        ("done", "something of a later release", "cancelled"),
    ],
)
def test_nothing_that_was_cancelled_is_a_success(state: str, result: str | None, told: str) -> None:
    assert state_of(state, result) == told


@pytest.mark.parametrize(
    ("kind", "name", "header", "words"),
    [
        ("github", "state", ("Authorization", "Bearer hush"), ["pending", "success", "failure", "error"]),
        ("gitea", "state", ("Authorization", "token hush"), ["pending", "success", "failure", "error"]),
        ("gitlab", "state", ("PRIVATE-TOKEN", "hush"), ["pending", "success", "failed", "canceled"]),
    ],
)
def test_hosts_with_statuses(kind: str, name: str, header: tuple[str, str], words: list[str]) -> None:
    for state, word in zip(("pending", "success", "failure", "cancelled"), words, strict=True):
        url, headers, body = asked(kind, state)
        assert url == f"https://git.example/api/statuses/{SHA}"
        assert headers[header[0]] == header[1]
        assert body[name] == word
        assert body["target_url"] == "https://wall/branch-builds/7"
        assert (body["context"], body["description"]) == ("livewall/shop", "Build 7 of login failed")
    assert ("ref" in body) == (kind == "gitlab")


def test_gerrit_gets_a_review_of_the_change() -> None:
    change = "shop%2Fserver~main~I8473b95934b5732ac55d26311a706c9c2bde9941"
    url, headers, body = asked("gerrit", "failure", "ci:hush", change)
    assert url == f"https://git.example/api/changes/{change}/revisions/{SHA}/review"
    assert b64decode(headers["Authorization"].removeprefix("Basic ")) == b"ci:hush"
    assert body["labels"] == {"Verified": -1} and "https://wall/branch-builds/7" in body["message"]
    votes = [asked("gerrit", state, "a:b")[2]["labels"]["Verified"] for state in ("pending", "success", "cancelled")]
    assert votes == [0, 1, 0]


def test_gerrit_knows_which_change_it_is() -> None:
    request = changes_request(StatusHost("gerrit", "https://git.example/a", "a:b"), SHA)
    assert request.url == f"https://git.example/a/changes/?q=commit:{SHA}"
    assert change_of(b')]}\'\n[{"id": "demo~main~I1", "_number": 3}]') == "demo~main~I1"
    assert change_of(b")]}'\n[]") is None
    for odd in (b"", b"<html>", b'{"id": "x"}', b"[3]", b'[{"id": 3}]'):
        with pytest.raises(msgspec.DecodeError):
            change_of(odd)


def test_a_description_is_as_long_as_hosts_take() -> None:
    status = CommitStatus(SHA, "b", "failure", "x" * 5000, "c", "u")
    body = json.loads(request_of(StatusHost("github", "https://h", "t"), status).body)
    assert len(body["description"]) == 140


def test_no_token_is_in_what_is_printed() -> None:
    host = StatusHost("github", "https://h", "hush")
    assert "hush" not in repr(host) + repr(request_of(host, CommitStatus(SHA, "b", "failure", "d", "c", "u")))


def test_gitlab_refuses_to_hear_the_same_twice() -> None:
    said = b'{"message":"Cannot transition status via :enqueue from :pending (Reason(s): ...)"}'
    assert was_heard_before(StatusHost("gitlab", "https://h", "t"), 400, said)
    assert not was_heard_before(StatusHost("gitlab", "https://h", "t"), 400, b'{"error":"state is missing"}')
    assert not was_heard_before(StatusHost("github", "https://h", "t"), 400, said)
