"""Commits named by a reference alone, which is all that WebKit's uploader sends: the wall reads them by itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from psycopg.conninfo import make_conninfo

from livewall_dashboard.app import Dashboard
from livewall_dashboard.history.commits import commit_fetchers
from livewall_dashboard.lab import Lab
from livewall_dashboard.lab.projects import Project, Remote, Repository, Step
from livewall_dashboard.lab.repositories import WatchedRepository
from support.git_repository import GitRepository
from support.postgres import Databases
from support.uploads import upload
from support.waiting import wait_for
from support.walls import wall_on

SELDOM = 86_400.0
"""Seconds: nothing is read by the clock after the first time."""

patiently = partial(wait_for, timeout=300.0)


@pytest.fixture
def url(databases: Databases, template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Of a database of its own; and nothing depends on how long anything takes."""
    monkeypatch.setattr(commit_fetchers, "PATIENCE", 600.0)
    monkeypatch.setattr(commit_fetchers, "LOOKED_AGAIN", 600.0)
    url = databases.create(template)
    yield url
    databases.drop(url)


@pytest.fixture
def webkit(tmp_path: Path) -> GitRepository:
    repository = GitRepository(tmp_path / "WebKit")
    repository.commit("Begin")
    return repository


@contextmanager
def wall_reading(url: str, data: Path, *repositories: WatchedRepository, **more: Any) -> Iterator[Dashboard]:
    """With the least rights."""
    lab = Lab.of([], repositories=repositories, **more)
    wall = wall_on(make_conninfo(url, user="livewall"), lab, data=data)
    wall.start()
    try:
        yield wall
    finally:
        wall.stop()


def watched(repository: GitRepository, **more: Any) -> WatchedRepository:
    return WatchedRepository("webkit", str(repository.folder), **{"fetch_every": SELDOM, **more})


def at(commit: str, repository: str = "webkit") -> dict[str, Any]:
    return upload({"a.html": {}}, {"repository_id": repository, "ref": commit}, suite="layout-tests")


def commits(client: FlaskClient, repository: str = "webkit") -> list[str]:
    reply = client.get(f"/api/v1/commits?repository={repository}")
    return [found["hash"] for found in (reply.json or {}).get("commits", [])]


def test_a_commit_that_is_pushed_is_known_when_its_results_come(
    url: str, tmp_path: Path, webkit: GitRepository
) -> None:
    with wall_reading(url, tmp_path / "data", watched(webkit)) as wall:
        client = wall.flask.test_client()
        patiently(lambda: commits(client) == [webkit.head()])
        pushed = webkit.commit("Fix it")
        reply = client.post("/api/upload", json=at(pushed[:12]))
        assert reply.status_code == 200, reply.text
        (found,) = client.get("/api/results/layout-tests/a.html?recent=False").json or []
        assert found["results"][0]["uuid"] == webkit.clock * 100
        assert client.post("/api/commits", json={"repository_id": "webkit", "ref": webkit.commit()}).status_code == 200


def test_results_that_come_before_the_repository_was_ever_read_wait_for_that(
    url: str, tmp_path: Path, webkit: GitRepository
) -> None:
    """By the name that is configured, of a repository that lies elsewhere under another one."""
    with wall_reading(url, tmp_path / "data", WatchedRepository("engine", str(webkit.folder))) as wall:
        reply = wall.flask.test_client().post("/api/upload", json=at(webkit.head(), "engine"))
        assert reply.status_code == 200, reply.text


def test_what_is_nowhere_is_refused_with_the_reason_and_not_looked_for_over_and_over(
    url: str, tmp_path: Path, webkit: GitRepository
) -> None:
    with wall_reading(url, tmp_path / "data", watched(webkit)) as wall:
        client, (fetcher,) = wall.flask.test_client(), wall.core.commit_fetchers._fetchers.values()
        patiently(lambda: fetcher._ended == 1)
        for _ in range(3):
            reply = client.post("/api/upload", json=at("ffff"))
            assert reply.status_code == 404
            assert (reply.json or {})["description"] == "No commit 'ffff' is known in webkit, which was read just now"
        assert fetcher._begun == 2
        shutil.rmtree(webkit.folder)
        reply = client.post("/api/upload", json=at("eeee"))
        assert reply.status_code == 404
        assert f"and it cannot be read: {webkit.folder} cannot be fetched: " in (reply.json or {})["description"]
        assert client.post("/api/upload", json=at("ffff", "nowhere")).status_code == 404
        assert fetcher._begun == 3
        assert "repositories_failing 1.0" in client.get("/metrics").text


def test_others_are_stored_while_a_repository_hangs(url: str, tmp_path: Path, webkit: GitRepository) -> None:
    """More wait than may upload at a time, and none of them is in the way."""
    with wall_reading(url, tmp_path / "data", watched(webkit)) as wall:
        client, fetchers = wall.flask.test_client(), wall.core.commit_fetchers
        patiently(lambda: commits(client) == [webkit.head()])
        (fetcher,) = fetchers._fetchers.values()
        known, answers = webkit.head(), list[int]()

        def send(commit: str) -> None:
            answers.append(wall.flask.test_client().post("/api/upload", json=at(commit)).status_code)

        with hanging(webkit):
            waiting = [Thread(target=send, args=(f"{number:x}" * 8,)) for number in range(1, 6)]
            for each in waiting:
                each.start()
            patiently(lambda: fetchers._places._value == commit_fetchers.MOST_WAITING - len(waiting))
            send(known)
            assert answers == [200]
            fetcher.stop()
            for each in waiting:
                each.join()
        assert sorted(answers) == [200, *[503] * 5]


@contextmanager
def hanging(repository: GitRepository) -> Iterator[None]:
    """Whoever fetches from it waits: HEAD is a pipe that nobody writes to, until it is closed."""
    head = repository.folder / ".git" / "HEAD"
    kept = head.rename(head.with_suffix(".kept"))
    os.mkfifo(head)
    pipe = os.open(head, os.O_RDWR)
    try:
        yield
    finally:  # else a git would wait for ever, where the test fails in between
        kept.replace(head)
        os.close(pipe)


def test_a_damaged_clone_and_locks_that_a_killed_git_left_are_no_end(
    url: str, tmp_path: Path, webkit: GitRepository
) -> None:
    def with_a_lock(clone: Path) -> None:
        (clone / "packed-refs.lock").touch()
        (clone / "refs/heads/main.lock").parent.mkdir(parents=True, exist_ok=True)
        (clone / "refs/heads/main.lock").touch()

    def without_objects(clone: Path) -> None:
        shutil.rmtree(clone / "objects")

    damages: list[Callable[[Path], None]] = [with_a_lock, without_objects]
    for damage in damages:
        with wall_reading(url, tmp_path / "data", watched(webkit)) as wall:
            client = wall.flask.test_client()
            patiently(lambda client=client: webkit.head() in commits(client))
            (clone,) = (tmp_path / "data/repositories").glob("*.git")
            damage(clone)
            reply = client.post("/api/upload", json=at(webkit.commit()))
            assert reply.status_code == 200, reply.text


def test_the_repositories_of_a_project_are_read_under_the_name_that_they_have_already(
    url: str, tmp_path: Path, webkit: GitRepository
) -> None:
    with wall_reading(url, tmp_path / "data", watched(webkit)) as wall:
        patiently(lambda: commits(wall.flask.test_client()) == [webkit.head()])
    server = Repository("server", (Remote("origin", str(webkit.folder)),))
    project = Project("shop", (server,), (Step("build", "true"),))
    with wall_reading(url, tmp_path / "data", projects=[project]) as wall:
        client = wall.flask.test_client()
        pushed = webkit.commit()
        reply = client.post("/api/upload", json=at(pushed, "server"))
        assert reply.status_code == 404, "on the wall it is webkit"
        assert pushed in commits(client)
        assert client.post("/api/upload", json=at(webkit.commit())).status_code == 200


def test_what_is_configured_is_read_while_the_wall_runs(url: str, tmp_path: Path, webkit: GitRepository) -> None:
    with wall_reading(url, tmp_path / "data") as wall:
        client = wall.flask.test_client()
        assert client.post("/api/upload", json=at(webkit.head())).status_code == 404
        wall.core.commit_fetchers.configure(Lab.of([], repositories=[watched(webkit)]))
        assert client.post("/api/upload", json=at(webkit.head())).status_code == 200
        wall.core.commit_fetchers.configure(Lab.of([]))
        reply = client.post("/api/upload", json=at(webkit.commit()))
        assert 'as one of the "repositories" of its configuration' in (reply.json or {})["description"]
