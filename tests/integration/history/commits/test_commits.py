"""`livewall commits sync`: the commits of a clone, and the runs that were made at them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from livewall_dashboard.cli import cli
from support.git_repository import GitRepository
from support.reporter import Reporter, T

Sync = Callable[..., str]
Get = Callable[..., Any]


@pytest.fixture
def sync(database_url: str, tmp_path: Path) -> Sync:
    """Runs the command on the test's database -> what it said."""

    def run(source: Path | str, *words: str, exit_code: int = 0) -> str:
        wall = ["--database-url", database_url, "--data", str(tmp_path / "data")]
        done = CliRunner().invoke(cli, ["commits", "sync", *wall, *words, "--", str(source)])
        assert done.exit_code == exit_code, done.output
        return done.output.strip()

    return run


@pytest.fixture
def app_repository(tmp_path: Path) -> GitRepository:
    return GitRepository(tmp_path / "app")


@pytest.fixture
def get(client: FlaskClient) -> Get:
    def ask(path: str, **query: Any) -> Any:
        reply = client.get(f"/api/v1{path}", query_string=query)
        assert reply.status_code == 200, reply.text
        return reply.json

    return ask


def hashes(get: Get, **query: Any) -> list[str]:
    """Of all pages, the oldest first."""
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = get("/commits", **query, **after)
        found += [commit["hash"] for commit in page["commits"]]
        if page["next"] is None:
            return found[::-1]
        after = {"after": page["next"]}


def test_commits_are_in_the_order_of_the_repository(sync: Sync, app_repository: GitRepository, get: Get) -> None:
    first = app_repository.commit("Begin\n\nWith a reason: ✗ <b>")
    made = [first, *(app_repository.commit(after=seconds) for seconds in (0, -3600, 7200))]
    assert sync(app_repository.folder) == "app (main): 4 new commits in 1 branch."
    assert hashes(get, repository="app", branch="main") == hashes(get, limit=1) == made
    (told,) = get("/commits", commit=first[:9].upper())["commits"]
    assert told == {
        "repository": "app",
        "branch": "main",
        "hash": first,
        "identifier": "1@main",
        "uuid": (1_700_000_060) * 100,
        "committed_at": "2023-11-14T22:14:20+00:00",
        "author": {"name": "Änn", "email": "ann@example.org"},
        "message": "Begin\n\nWith a reason: ✗ <b>",
        "runs": 0,
    }
    assert sync(app_repository.folder) == "app (main): nothing new."
    later = app_repository.commit()
    assert sync(app_repository.folder) == "app (main): 1 new commit in 1 branch."
    assert hashes(get, repository="app") == [*made, later]
    (known,) = get("/repositories")["repositories"]
    assert (known["name"], known["default_branch"], known["branches"]) == ("app", "main", ["main"])
    assert known["addresses"] == sorted(["app", str(app_repository.folder)])


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_finds_its_commit_whenever_that_is_known(
    sync: Sync, app_repository: GitRepository, get: Get, reporter: Reporter, when: str
) -> None:
    head = app_repository.commit()
    app_repository.git("remote", "add", "origin", "git@git.example:lab/app.git")
    app_repository.git("update-ref", "refs/remotes/origin/main", "main")
    if when == "before":
        sync(app_repository.folder)
    runs = {
        reporter.run([T("One")], commit=commit, repository=repository)
        for commit, repository in [
            (head, "https://git.example/lab/app"),
            (head[:10].upper(), "app"),
            (head[:7], ""),
        ]
    }
    for commit, repository in [
        (head, "https://git.example/lab/other"),
        (head[:6], "app"),
        ("f" * 40, "app"),
        ("1.2.3", ""),
    ]:
        reporter.run([T("One")], commit=commit, repository=repository)
    if when == "after":
        assert sync(app_repository.folder).endswith("; 3 runs found their commit.")
    assert sync(app_repository.folder) == "app (main): nothing new."
    told = {run["id"]: get(f"/runs/{run['id']}")["commits"] for run in get("/runs")["runs"]}
    assert {run for run, commits in told.items() if commits} == runs
    assert {commit["hash"] for commits in told.values() for commit in commits} == {head}
    assert get("/commits")["commits"][0]["runs"] == 3
    assert runs <= {run["id"] for run in get("/runs", commit=head)["runs"]}, "also those that have it abbreviated"


def test_a_hash_that_may_mean_several_means_none(
    sync: Sync, app_repository: GitRepository, get: Get, reporter: Reporter, tmp_path: Path
) -> None:
    head = app_repository.commit()
    app_repository.git("clone", "--quiet", "--bare", ".", str(tmp_path / "fork"))
    (tmp_path / "fork" / "config").write_text("[core]\n\tbare = true\n", encoding="utf-8")
    sync(app_repository.folder)
    sync(tmp_path / "fork")
    anywhere = reporter.run([T("One")], commit=head)
    fork = reporter.run([T("One")], commit=head, repository="fork")
    assert get(f"/runs/{anywhere}")["commits"] == []
    assert [commit["repository"] for commit in get(f"/runs/{fork}")["commits"]] == ["fork"]


def test_a_branch_has_what_the_main_one_has_not(sync: Sync, app_repository: GitRepository, get: Get) -> None:
    base = app_repository.commit()
    app_repository.switch("fix", new=True)
    fixes = [app_repository.commit(), app_repository.commit()]
    app_repository.switch("main")
    main = app_repository.commit()
    assert sync(app_repository.folder, "--branch", "f*") == "app (main): 4 new commits in 2 branches."
    assert hashes(get, branch="main") == [base, main]
    assert hashes(get, branch="fix") == fixes
    identifiers = [commit["identifier"] for commit in get("/commits", branch="fix")["commits"]]
    assert identifiers == ["1.2@fix", "1.1@fix"]
    merged = app_repository.merge("fix")
    assert sync(app_repository.folder) == "app (main): 1 new commit in 1 branch."
    assert hashes(get, branch="fix") == []
    assert hashes(get, branch="main") == [base, *fixes, main, merged]


def test_a_rewritten_branch_is_what_it_is_now(
    sync: Sync, app_repository: GitRepository, get: Get, reporter: Reporter
) -> None:
    base, dropped = app_repository.commit(), app_repository.commit()
    sync(app_repository.folder)
    run = reporter.run([T("One")], commit=dropped, repository="app")
    app_repository.git("reset", "--quiet", "--hard", base)
    instead = app_repository.commit("Another one")
    assert sync(app_repository.folder) == "app (main): 1 new commit in 1 branch."
    assert hashes(get, branch="main") == [base, instead]
    assert set(hashes(get, repository="app")) == {base, dropped, instead}
    assert [commit["branch"] for commit in get(f"/runs/{run}")["commits"]] == [""], "its run still knows it"


def test_of_a_url_the_commits_are_fetched(
    sync: Sync, app_repository: GitRepository, get: Get, reporter: Reporter, tmp_path: Path
) -> None:
    made = [app_repository.commit()]
    app_repository.git("config", "uploadpack.allowFilter", "true")
    url = f"file://{app_repository.folder}"
    (left,) = [tmp_path / "data" / "repositories"]
    assert sync(url) == "app (main): 1 new commit in 1 branch."
    (mirror,) = left.glob("*.git")
    mirror.rename(mirror.with_suffix(".unfinished"))  # as one leaves it that is killed
    made.append(app_repository.commit())
    assert sync(url) == "app (main): 1 new commit in 1 branch."
    app_repository.switch("fix", new=True)
    made.append(app_repository.commit())
    assert sync(url) == "app (main): 1 new commit in 1 branch."
    assert not list(left.glob("*.unfinished"))
    assert hashes(get) == made
    run = reporter.run([T("One")], commit=made[0], repository=str(app_repository.folder))
    assert len(get(f"/runs/{run}")["commits"]) == 1


@pytest.mark.soak
def test_a_hundred_thousand_commits_are_in_their_order(
    sync: Sync, app_repository: GitRepository, database_url: str
) -> None:
    app_repository.many(100_000)
    assert sync(app_repository.folder) == "app (main): 100,000 new commits in 1 branch."
    with psycopg.connect(database_url) as connection:
        stored = connection.execute("SELECT hash, identifier FROM repository_commit ORDER BY uuid, id").fetchall()
    made = app_repository.git("rev-list", "--reverse", "main").split()
    assert stored == [(commit, f"{number}@main") for number, commit in enumerate(made, 1)]
