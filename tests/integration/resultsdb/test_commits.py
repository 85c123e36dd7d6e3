"""Commits by resultsdbpy's routes: the same ones as those of `livewall commits sync`."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.rows import dict_row

from livewall_dashboard.history.commits.git_clone import GitClone
from livewall_dashboard.history.commits.sync_commits import sync
from support.git_repository import GitRepository
from support.uploads import BEGAN, commit, register, send, upload, uuid_of

pytestmark = pytest.mark.any_python


def hashes(client: FlaskClient, repository: str, query: str = "") -> list[str]:
    reply = client.get(f"/api/commits?repository_id={repository}&{query}")
    assert reply.status_code == 200, reply.text
    return [found["hash"] for found in reply.json or []]


def test_a_registered_commit_comes_back_as_it_was_told(client: FlaskClient) -> None:
    emails = ["ann@example.com", "a@example.org"]
    told = commit(3, "told", author={"name": "Ann", "emails": emails}, order=7, revision=31)
    register(client, told)
    assert client.get("/api/commits?repository_id=told").json == [told]
    assert "told" in (client.get("/api/commits/repositories").json or [])
    assert client.get("/api/v1/commits?repository=told").json["commits"][0]["uuid"] == uuid_of(told)  # type: ignore[index]


def test_a_form_registers_as_json_does(client: FlaskClient) -> None:
    form = {"repository_id": "formed", "branch": "main", "timestamp": str(BEGAN), "hash": "abc123"}
    assert client.post("/api/commits", data=form).json == {"status": "ok"}
    assert hashes(client, "formed", "ref=abc") == ["abc123"]


AFTER, BEFORE = "after_repository_id=found&", "before_repository_id=found&"
"""Other repositories have a second commit of main, too."""


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("limit=2", [4, 5]),
        (f"after_timestamp={BEGAN + 300}", [3, 4, 5]),
        (f"after_timestamp={BEGAN + 300}&limit=1", [3]),
        (f"before_timestamp={BEGAN + 300}&limit=2", [2, 3]),
        (f"{AFTER}after_ref=2@main&{BEFORE}before_ref=4@main", [2, 3, 4]),
        (f"after_uuid={uuid_of(commit(4))}", [4, 5]),
        (f"uuid={uuid_of(commit(4))}", [4]),
        (f"timestamp={BEGAN + 200}.4", [2]),
        (f"ref={commit(2, 'found')['hash'][:9].upper()}", [2]),
        ("ref=3@main", [3]),
        ("ref=5&ref=99", [5]),  # revisions
    ],
)
def test_commits_are_found_by_where_they_are_and_what_they_are_called(
    client: FlaskClient, query: str, numbers: list[int]
) -> None:
    register(client, *(commit(number, "found", revision=number) for number in range(1, 6)))
    assert hashes(client, "found", query) == [commit(number, "found")["hash"] for number in numbers]


def test_a_commit_of_subversion_alone_is_known_by_its_revision(client: FlaskClient) -> None:
    register(client, {"repository_id": "svn", "branch": "trunk", "timestamp": BEGAN, "revision": "r260"})
    expected = {"repository_id": "svn", "branch": "main", "timestamp": BEGAN, "order": 0, "revision": 260}
    for ref in ("260", "r260", "r26"):
        assert client.get(f"/api/commits?repository_id=svn&ref={ref}").json == [expected]
    assert client.get("/api/commits?repository_id=svn&ref=26").status_code == 404


def test_a_commit_of_two_branches_is_on_both_and_shows_as_on_the_last_it_was_told_of(client: FlaskClient) -> None:
    first = commit(1, "two")
    other = {**first, "branch": "fix", "identifier": "1.1@fix"}
    register(client, first, other)
    of_two = "/api/commits?repository_id=two"
    assert client.get(f"{of_two}&branch=main").json == [first]
    assert client.get(f"{of_two}&branch=fix").json == [other]
    assert client.get(f"{of_two}&ref={first['hash']}").json == [other]
    assert client.get("/api/commits/branches?repository_id=two").json == {"two": ["fix", "main"]}
    assert client.get("/api/commits/branches?branch=f&repository_id=two").json == {"two": ["fix"]}


def test_neighbours_and_siblings(client: FlaskClient) -> None:
    first, second, third = (commit(number, "here") for number in (1, 2, 3))
    inside, before, after = (commit(n, "beside", timestamp=BEGAN + n, hash=f"{n:040x}") for n in (250, 150, 350))
    register(client, first, second, third, inside, before, after)
    asked = f"ref={second['hash']}"
    assert client.get(f"/api/commits/next?{asked}").json == [third]
    assert client.get(f"/api/commits/previous?{asked}").json == [first]
    assert client.get(f"/api/commits/next?ref={third['hash']}").json == []
    siblings = client.get(f"/api/commits/siblings?{asked}").json
    assert siblings is not None and siblings["beside"] == [inside, before] and "here" not in siblings


@pytest.mark.parametrize(
    ("query", "status", "description"),
    [
        ("ref=99999", 404, "No commits found matching the specified criteria"),
        ("repository_id=nowhere", 404, "'nowhere' is not a registered repository"),
        ("uuid=soon", 400, "Timestamp and uuid must be integers"),
        ("timestamp=1e999", 400, "Timestamp and uuid must be integers"),
        ("ref=1&uuid=2", 400, "Can only search by one of"),
        ("colour=red", 400, "There is no parameter 'colour' here"),
        ("limit=0", 400, "limit is a number from 1"),
    ],
)
def test_a_query_that_finds_nothing_or_means_nothing(
    client: FlaskClient, query: str, status: int, description: str
) -> None:
    reply = client.get(f"/api/commits?{query}")
    assert reply.status_code == status
    assert reply.json is not None and set(reply.json) == {"status", "error", "description"}
    assert reply.json["description"].startswith(description)


@pytest.mark.parametrize(
    ("given", "status", "description"),
    [
        ({}, 400, "'repository_id' required to define commit"),
        ({"repository_id": "webkit"}, 400, "No commit reference specified"),
        ({"repository_id": "webkit", "ref": "1", "hash": "a"}, 400, "Multiple commit references specified"),
        ({"repository_id": "webkit", "ref": "1", "timestamp": 5}, 400, "Not enough arguments provided"),
        ({"repository_id": "webkit", "ref": "1", "colour": 5}, 400, "'colour' is not valid for defining commits"),
        ({"repository_id": "webkit", "ref": "ffff"}, 404, "No commit 'ffff' is known in webkit"),
        ({"repository_id": "nowhere", "ref": "ffff"}, 404, "'nowhere' is not a recognized repository"),
        (commit(2, timestamp=1.5), 400, "'timestamp' of a commit is a whole number"),
        (commit(2, timestamp=10**15), 400, "'timestamp' of a commit is a whole number"),
        (commit(2, repository="w" * 201), 400, "The name of a repository"),
        (commit(2, branch="a\0b", identifier=None), 400, "The name of a repository"),
        (commit(2, author={"emails": []}), 400, "The author of a commit"),
        ([], 400, "Expected uploaded data to be json"),
    ],
)
def test_what_is_no_commit_is_refused_and_nothing_is_stored(
    client: FlaskClient, given: Any, status: int, description: str
) -> None:
    register(client, commit(1))
    reply = client.post("/api/commits/register", json=given)
    assert reply.status_code == status
    assert reply.json is not None and reply.json["description"].startswith(description)
    assert client.get("/api/commits?repository_id=webkit").json == [commit(1)]
    assert "nowhere" not in (client.get("/api/commits/repositories").json or [])


def test_a_reference_to_a_commit_that_is_known_is_fine(client: FlaskClient) -> None:
    register(client, commit(1))
    for reference in ({"id": commit(1)["hash"][:12]}, {"ref": "1@main"}, {"identifier": "1@main", "branch": "main"}):
        register(client, {"repository_id": "webkit", **reference})


def test_a_repository_that_was_read_knows_its_commits_better(
    client: FlaskClient, url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cloned = GitRepository(tmp_path_factory.mktemp("clone") / "cloned")
    first, second = cloned.commit("One"), cloned.commit("Two", after=-3600)
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        sync(connection, GitClone(cloned.folder), str(cloned.folder), name="cloned")
    of_clone = "/api/commits?repository_id=cloned"
    known = client.get(of_clone).json or []
    assert [(found["hash"], found["branch"], found["identifier"]) for found in known] == [
        (first, "main", "1@main"), (second, "main", "2@main"),
    ]  # fmt: skip
    register(client, commit(5, "cloned", branch="fix", identifier="1.1@fix", hash=second))
    assert client.get(of_clone).json == known, "its place and its branch are the clone's"
    assert [found["hash"] for found in client.get(f"{of_clone}&branch=fix").json or []] == [second]
    send(client, upload({"a.html": {}}, {"repository_id": "cloned", "ref": second[:12]}, suite="of-a-clone"))
    (found,) = client.get("/api/results/of-a-clone/a.html").json or []
    assert found["results"][0]["uuid"] == uuid_of(known[1])
