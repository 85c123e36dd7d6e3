"""Branches of real repositories: what is found, what is decided of it, and what stands after a kill."""

from __future__ import annotations

import shutil
from base64 import b64encode
from contextlib import AbstractContextManager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NoReturn

import pytest

from livewall_dashboard.branches.distances import SHORTEST_PAUSE
from livewall_dashboard.branches.mirror import MOST_LOOSE, Mirror
from livewall_dashboard.history.commits.git_process import GitFailed
from livewall_dashboard.lab.projects import Remote
from livewall_dashboard.postgres.database import Database
from support.background_server import in_background
from support.shop import Shop

HOSTILE = ["$(id)", "it's", 'say"so"', "-x", "--upload-pack=touch", "a;b", "näme", "a\u0308", "a/b", "a-b", "a.b",
           "\U0001f468\u200d\U0001f469", "x" * 230, "HEAD", "refs/heads/x"]  # fmt: skip


def test_a_branch_is_found_gathered_and_handed_over(shop: Shop) -> None:
    shop.turn()
    (build,) = shop.builds
    assert (build.bundle, build.state, build.reason, build.sticky) == (
        "main",
        "waiting",
        "new branch in server, client",
        True,
    )
    assert [(each.repository, each.commit, each.match, each.subject, each.author) for each in build.commits] == [
        ("server", shop.server.head(), "head", "Begin", "Änn"),
        ("client", shop.client.head(), "head", "Begin", "Änn"),
    ]  # fmt: skip
    assert [(step.name, step.status, step.log) for step in build.steps] == [
        ("build", "waiting", None),
        ("test", "waiting", None),
    ]
    assert build.job is not None
    (state,) = shop.jobs.look([shop.of_jobs.of_jobs()[0].job_id]).values()
    assert (state.state, state.awaits_files) == ("waiting", False)
    shop.turn()
    assert len(shop.builds) == 1


def test_a_missing_member_comes_from_what_the_base_was_built_with(shop: Shop) -> None:
    old = shop.client.head()
    shop.turn()
    shop.end(1)
    shop.server.switch("fix", new=True)
    fixed = shop.server.commit("Fix it")
    newer = shop.client.commit("Go on")
    shop.turn()
    build = next(each for each in shop.builds if each.bundle == "fix")
    assert [(each.commit, each.match) for each in build.commits] == [(fixed, "head"), (old, "base_match")]
    shop.server.git("switch", "--quiet", "--orphan", "unrelated")
    other = shop.server.commit("Begin anew")
    shop.turn()
    build = next(each for each in shop.builds if each.bundle == "unrelated")
    assert [(each.commit, each.match) for each in build.commits] == [(other, "head"), (newer, "base")]


def distances(shop: Shop, bundle: str) -> list[tuple[int | None, int | None]]:
    """Of what a bundle is made of: ahead and behind."""
    return [(each.ahead, each.behind) for each in shop.bundles[bundle].commits]


def test_how_far_a_branch_is_from_its_base(shop: Shop) -> None:
    shop.change(sticky=("main", "stable"))
    shop.server.switch("stable", new=True)
    shop.server.commit("Stay")
    shop.server.switch("stable-fix", new=True)
    shop.server.commit("Fix it")
    shop.turn()
    shop.end(next(each.number for each in shop.builds if each.bundle == "main"))
    assert distances(shop, "main") == [(None, None), (None, None)], "it is the base itself"
    assert distances(shop, "stable") == [(1, 0), (0, 0)]
    assert distances(shop, "stable-fix") == [(1, 0), (0, 0)], "from stable, where it left, and from the client's main"
    shop.server.switch("stable")
    shop.server.commit("Go on")
    shop.server.commit("Go on further")
    shop.client.commit("Go on")
    shop.turn()
    assert distances(shop, "stable-fix") == [(1, 2), (0, 1)], "what stands in for the client is left behind, too"
    build = next(each for each in shop.builds if each.bundle == "stable-fix")
    assert [(each.ahead, each.behind) for each in build.commits] == [(1, 2), (0, 1)]
    first = next(each for each in shop.builds if each.bundle == "stable")
    assert first.commits[0].ahead is None, "newer commits have followed"


def test_distances_of_unrelated_histories_and_of_a_commit_that_is_gone(shop: Shop) -> None:
    shop.server.git("switch", "--quiet", "--orphan", "unrelated")
    shop.server.commit("Begin anew")
    shop.turn()
    assert distances(shop, "unrelated") == [(1, 1), (0, 0)]
    with shop.database.connection() as connection:
        connection.execute("UPDATE branch_build_commit SET commit = repeat('0', 40) WHERE repository = 'server'")
    shop.plan()
    shop.distances.look()
    assert distances(shop, "unrelated") == [(None, None), (0, 0)]


def test_what_git_could_not_tell_is_asked_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: str) -> NoReturn:
        raise GitFailed("the disk is busy")

    with monkeypatch.context() as broken:
        broken.setattr(Mirror, "distance", fail)
        broken.setattr(Mirror, "fork_point", fail)
        shop.server.switch("fix", new=True)
        shop.server.commit("Fix it")
        shop.turn()
        assert distances(shop, "fix") == [(None, None), (None, None)]
    shop.seconds += SHORTEST_PAUSE
    shop.plan()
    shop.distances.look()
    assert distances(shop, "fix") == [(1, 0), (0, 0)]


def test_of_a_commit_that_is_gone_git_is_asked_ever_more_seldom(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.server.switch("fix", new=True)
    shop.server.commit("Fix it")
    shop.turn()
    asked, distance = [], Mirror.distance

    def noted(mirror: Mirror, base: str, commit: str) -> tuple[int, int]:
        asked.append(shop.seconds)
        return distance(mirror, base, commit)

    monkeypatch.setattr(Mirror, "distance", noted)
    with shop.database.connection() as connection:
        connection.execute(
            "UPDATE branch_build_commit SET commit = repeat('0', 40) WHERE repository = 'server' AND number IN"
            " (SELECT number FROM branch_build JOIN bundle ON bundle.id = bundle_id WHERE name = 'fix')"
        )
    began = shop.seconds
    for step in range(70):
        if step % 10 == 5:  # a push to the base is no reason to ask sooner
            shop.server.switch("main")
            shop.server.commit("Go on")
            shop.look()
        shop.plan()
        shop.distances.look()
        shop.seconds += 1.0
    assert [seconds - began for seconds in asked] == [0.0, 5.0, 15.0, 35.0]
    assert distances(shop, "fix") == [(None, None), (0, 0)]


def test_forced_deleted_renamed_and_made_again(shop: Shop) -> None:
    shop.server.switch("fix", new=True)
    shop.server.commit("One")
    shop.turn()
    shop.server.git("commit", "--quiet", "--amend", "--allow-empty", "--message", "Another")
    shop.turn()
    assert shop.states("fix") == ["skipped", "waiting"]
    shop.server.git("branch", "--move", "fix", "fixed")
    shop.turn()
    assert shop.states("fixed") == ["waiting"], "the same commits, so the same build"
    assert shop.builds[-1].same_as == shop.builds[-2].number
    shop.end(shop.builds[-2].number)
    shop.server.switch("main")
    shop.server.git("branch", "--delete", "--force", "fixed")
    shop.turn()
    assert set(shop.bundles) == {"main"}
    shop.server.git("branch", "fixed/again", "main")  # where fixed was a name, it is a folder now
    shop.turn()
    assert set(shop.bundles) == {"main", "fixed/again"}
    with shop.database.connection() as connection:
        rows = connection.execute(
            "SELECT name, kind FROM branch_move m JOIN branch b ON b.id = branch_id WHERE name <> 'main' ORDER BY m.id"
        ).fetchall()
    assert [(row["name"], row["kind"]) for row in rows] == [
        ("fix", "new"), ("fix", "forced"), ("fix", "deleted"), ("fixed", "renamed"), ("fixed", "deleted"),
        ("fixed/again", "new"),
    ]  # fmt: skip


def test_the_same_commit_on_two_branches_is_built_once_and_both_show_it(shop: Shop) -> None:
    shop.turn()
    shop.end(1, "warnings")
    shop.server.git("branch", "one")
    shop.server.switch("two", new=True)
    shop.turn()
    assert shop.states("one") == shop.states("two") == ["warnings"]
    assert {build.same_as for build in shop.builds[1:]} == {1}
    assert shop.bundles["two"].builds[0].result == "warnings"
    assert len(shop.of_jobs.of_jobs()) == 0


def test_hostile_names_are_names(shop: Shop) -> None:
    for name in HOSTILE:
        shop.server.git("update-ref", f"refs/heads/{name}", shop.server.head())
    shop.look()
    shop.plan()
    assert set(shop.bundles) == {"main", *HOSTILE}


def test_a_thousand_branches_at_once(shop: Shop) -> None:
    head = shop.server.head()
    shop.server.git(
        "update-ref", "--stdin", given="".join(f"create refs/heads/b{n} {head}\n" for n in range(1000)).encode()
    )
    shop.change(gather=3600.0)
    shop.look()
    shop.plan()
    found, following = shop.overview.bundles(["shop"], limit=600)
    rest, end = shop.overview.bundles(["shop"], after=following, limit=600)
    assert (len(found), len(rest), end) == (600, 401, None)
    assert found[0].name == "main"
    assert len({bundle.name for bundle in found + rest}) == 1001


def test_old_branches_are_shown_and_built_when_somebody_orders_it(shop: Shop) -> None:
    shop.change(max_age=timedelta(days=30))
    shop.server.git("branch", "old")
    shop.look()
    shop.plan()
    assert shop.states("old") == []
    assert [build.number for build in shop.bundles["old"].builds] == []
    shop.actions.rebuild(shop.project, "old", "ann")
    shop.plan()
    assert shop.states("old") == ["waiting"]


def test_a_remote_that_cannot_be_reached_is_said_and_forgets_nothing(shop: Shop) -> None:
    shop.turn()
    away = shop.server.folder.with_name("away")
    shop.server.folder.rename(away)
    shop.client.commit("Go on")
    shop.turn()
    remotes = [each.remotes[0] for each in shop.overview.project(shop.project).repositories]
    assert remotes[0].trouble is not None
    assert "cannot be fetched" in remotes[0].trouble
    assert remotes[0].trouble_since is not None
    assert (remotes[1].trouble, remotes[1].trouble_since) == (None, None)
    assert set(shop.bundles) == {"main"}
    assert shop.bundles["main"].commits[0].commit == shop.builds[0].commits[0].commit
    away.rename(shop.server.folder)
    shop.turn()
    assert shop.overview.project(shop.project).repositories[0].remotes[0].trouble is None


def test_a_password_is_neither_in_the_trouble_nor_on_a_command_line(shop: Shop) -> None:
    remote = Remote("origin", "https://ci:hush-hush@127.0.0.1:9/a.git")
    with pytest.raises(GitFailed) as raised:
        shop.mirrors.of("shop", "server").fetch(remote, 20.0)
    assert "https://***@127.0.0.1:9/a.git" in raised.value.message
    assert "hush-hush" not in raised.value.message + raised.value.said


@pytest.mark.parametrize("is_sent_elsewhere", [True, False])
def test_a_password_goes_to_its_own_host_alone(shop: Shop, is_sent_elsewhere: bool) -> None:
    shown: list[str] = []

    class Host(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if is_sent_elsewhere and "localhost" not in self.headers["Host"]:
                self.send_response(302)
                self.send_header("Location", f"http://localhost:{host.server_port}{self.path}")
            else:
                shown.append(self.headers.get("Authorization", ""))
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as host:
        remote = Remote("origin", f"http://ci:hush%21@127.0.0.1:{host.server_port}/a.git")
        with in_background(host), pytest.raises(GitFailed) as failed:
            shop.mirrors.of("shop", "server").fetch(remote, 60.0)
    password = f"Basic {b64encode(b'ci:hush!').decode()}"
    assert shown[:1] == [""] and (password in shown) is not is_sent_elsewhere, failed.value


def test_a_slow_remote_is_given_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_SSH_COMMAND", "sleep 600 #")
    with pytest.raises(GitFailed, match="it took longer"):
        shop.mirrors.of("shop", "server").fetch(Remote("origin", "git@host:a.git"), 0.5)


def test_locks_and_half_a_mirror_that_a_kill_left(shop: Shop) -> None:
    shop.turn()
    mirror = shop.mirrors.of("shop", "server").folder
    for lock in ("packed-refs.lock", "packed-refs.new", "config.lock", "refs/remotes/origin/main.lock", "shallow.lock"):
        (mirror / lock).touch()
    mirror.with_name("client.git.new").mkdir()
    shutil.rmtree(mirror.with_name("client.git"))
    newest = shop.server.commit("Go on")
    shop.restart()
    shop.turn()
    assert shop.builds[-1].commits[0].commit == newest
    shop.mirrors.of("shop", "server")._local("pack-refs", "--all")


def test_a_damaged_mirror_is_made_anew(shop: Shop) -> None:
    shop.turn()
    mirror = shop.mirrors.of("shop", "server").folder
    for path in (mirror / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"")
    newest = shop.server.commit("Go on")
    shop.restart()
    shop.turn()
    assert shop.builds[-1].commits[0].commit == newest


def test_killed_anywhere_and_started_again_nothing_is_built_twice(shop: Shop) -> None:
    """A kill is an exception that nobody catches, at each place where Postgres or the disk is told something."""
    shop.server.switch("fix", new=True)
    shop.server.commit("Fix")
    calls = 0
    fail_at = 0
    real = Database.connection

    def connection(self: Database) -> AbstractContextManager[Any]:
        nonlocal calls
        calls += 1
        if calls == fail_at:
            raise KeyboardInterrupt
        return real(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "connection", connection)
        for fail_at in range(1, 200):  # noqa: B007  # `connection` reads it
            calls = 0
            shop.restart()
            try:
                shop.turn()
            except KeyboardInterrupt:
                continue
            break
    shop.restart()
    shop.turn()
    assert shop.states("main") == shop.states("fix") == ["waiting"]
    with shop.database.connection() as connection:
        jobs = connection.execute("SELECT state, attachments_status FROM job").fetchall()
    assert [(job["state"], job["attachments_status"]) for job in jobs] == [("waiting", "complete")] * 2


def test_a_project_that_is_no_longer_configured_ends(shop: Shop) -> None:
    shop.turn()
    shop.change(name="other")
    shop.plan()
    (build,) = shop.overview.builds(project="shop", limit=10)[0]
    assert (build.result, build.reason) == ("skipped", "its project is not in the configuration any more")
    (state,) = shop.jobs.look([shop.store.build(1)["job_id"]]).values()
    assert state.state == "cancelled"


def test_numbers_only_grow(shop: Shop) -> None:
    assert shop.store.raise_number(220) == 220
    assert shop.store.raise_number(100) == 220
    shop.turn()
    assert [build.number for build in shop.builds] == [220]


def test_a_look_with_nothing_new_asks_git_for_no_list(shop: Shop) -> None:
    shop.turn()
    mirror, (remote,) = shop.mirrors.of("shop", "server"), shop.project.repositories[0].remotes
    assert mirror.fetch(remote, 60.0)
    asked: list[str] = []
    listing = mirror._refs
    mirror._refs = lambda of: asked.append(of.name) or listing(of)  # type: ignore[func-returns-value, method-assign]
    assert not mirror.fetch(remote, 60.0) and asked == []
    for change in (
        lambda: shop.server.commit("Go on"),
        lambda: shop.server.git("branch", "deep/er/one"),
        lambda: shop.server.git("branch", "deep/er/two"),
        lambda: shop.server.git("update-ref", "refs/heads/deep/er/two", shop.server.commit("On main alone")),
        lambda: shop.server.git("branch", "--delete", "--force", "deep/er/one"),
        lambda: shop.server.git("branch", "--move", "deep/er/two", "deep"),
    ):
        change()
        assert mirror.fetch(remote, 60.0), "what has changed is seen"
        assert [each.name for each in mirror.branches(remote)] == list(
            shop.server.git("for-each-ref", "--format=%(refname:short)", "refs/heads").splitlines()
        )
    mirror._local("pack-refs", "--all")
    assert not mirror.fetch(remote, 60.0), "packed is the same"


def test_many_branches_are_one_file_that_git_reads_quickly(shop: Shop) -> None:
    shop.turn()
    mirror, (remote,) = shop.mirrors.of("shop", "server"), shop.project.repositories[0].remotes
    head = shop.server.head()
    names = [f"topic/{number:03}" for number in range(MOST_LOOSE + 1)]
    given = "".join(f"create refs/heads/{name} {head}\n" for name in names)
    shop.server.git("update-ref", "--stdin", given=given.encode())
    assert mirror.fetch(remote, 60.0)
    refs = mirror.folder / "refs" / "remotes" / remote.name
    assert [path for path in refs.rglob("*") if path.is_file()] == []
    assert {each.name for each in mirror.branches(remote)} == {"main", *names}
    assert not mirror.fetch(remote, 60.0)
    shop.server.git("branch", "--delete", "--force", names[0])
    moved = shop.server.commit("Go on")
    assert mirror.fetch(remote, 60.0)
    found = {each.name: each.commit for each in mirror.branches(remote)}
    assert (found["main"], names[0] in found) == (moved, False)
