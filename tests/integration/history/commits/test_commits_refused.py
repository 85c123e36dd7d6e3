"""`livewall commits sync`: what it does not read, and what it does not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from livewall_dashboard.cli import cli
from support.git_repository import GitRepository


@pytest.fixture
def wall(database_url: str, tmp_path: Path) -> list[str]:
    return ["commits", "sync", "--database-url", database_url, "--data", str(tmp_path / "data")]


def refused(wall: list[str], source: Path | str, *words: str) -> str:
    """What was said to it; nothing of it may be a stack trace, or stored."""
    done = CliRunner().invoke(cli, [*wall, *words, "--", str(source)])
    assert done.exit_code == 2, done.output
    assert done.stdout == "" and len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("ext::sh -c 'touch ran'", "There is no folder"),
        ("ext://sh -c 'touch ran'", "ext:// is not fetched; give an address by https, ssh, git, file."),
        ("http://git.example/app", "http:// is not fetched"),
        ("https://me:secret@git.example/app", "credential helper"),
        ("file:///nowhere/app", "file:///nowhere/app cannot be fetched: "),
        ("ssh://-oProxyCommand=touch${IFS}ran/app", "strange hostname"),
        ("-oProxyCommand=x:y", "There is no folder"),
        ("nowhere", "There is no folder nowhere"),
        ("", "There is no folder"),
        ("x" * 5000, "There is no folder"),
    ],
)
def test_an_address_that_leads_nowhere(
    wall: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    said = refused(wall, source)
    assert words in said and "secret" not in said
    assert not list(tmp_path.rglob("ran"))


def test_folders_that_are_no_whole_clone(wall: list[str], tmp_path: Path) -> None:
    repository = GitRepository(tmp_path / "app")
    assert "There are no commits in" in refused(wall, repository.folder)
    repository.commit()
    repository.commit()
    (repository.folder / "below").mkdir()
    assert "it is no clone of a git repository. Name its topmost folder" in refused(wall, repository.folder / "below")
    assert "it is no clone of a git repository" in refused(wall, tmp_path)
    repository.git("clone", "--quiet", "--depth", "1", f"file://{repository.folder}", str(tmp_path / "shallow"))
    assert "git fetch --unshallow" in refused(wall, tmp_path / "shallow")
    assert "There is no branch 'v1'" in refused(wall, repository.folder, "--branch", "v1")
    repository.git("checkout", "--quiet", "--detach")
    assert "Which branch is the main one? Say it by --default-branch; there are main." in refused(
        wall, repository.folder
    )


def test_two_repositories_of_a_name_are_not_taken_for_one(wall: list[str], tmp_path: Path) -> None:
    for place in ("here", "there"):
        GitRepository(tmp_path / place / "app").commit(place)
    done = CliRunner().invoke(cli, [*wall, str(tmp_path / "here" / "app")])
    assert done.exit_code == 0, done.output
    assert "another repository 'app' already" in refused(wall, tmp_path / "there" / "app")
    done = CliRunner().invoke(cli, [*wall, "--name", "app-2", str(tmp_path / "there" / "app")])
    assert done.output == "app-2 (main): 1 new commit in 1 branch.\n"
    assert "This is known as app, and cannot be 'app-2', too." in refused(
        wall, tmp_path / "here" / "app", "--name", "app-2"
    )


def test_git_that_is_not_there_is_told(wall: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = GitRepository(tmp_path / "app")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "The program git is not installed here" in refused(wall, repository.folder)


def test_nothing_that_a_clone_names_is_run(wall: list[str], tmp_path: Path) -> None:
    repository = GitRepository(tmp_path / "app")
    trap = tmp_path / "trap"
    ran = tmp_path / "ran"
    trap.write_text(f'#!/bin/sh\necho "$0 $*" >> {ran}\n', encoding="utf-8")
    trap.chmod(0o755)
    head = repository.commit()
    signed = repository.git("cat-file", "commit", head).replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----\n\n", 1
    )
    signed_head = repository.git("hash-object", "-t", "commit", "-w", "--stdin", given=f"{signed}\n".encode())
    repository.git("update-ref", "refs/heads/main", signed_head)
    for setting in ("gpg.program", "core.pager", "core.fsmonitor", "core.sshCommand", "core.alternateRefsCommand"):
        repository.git("config", setting, str(trap))
    repository.git("config", "log.showSignature", "true")
    repository.git("log", "-1")
    assert ran.exists(), "the trap works"
    ran.unlink()
    for name in ("post-checkout", "post-merge", "reference-transaction", "pre-auto-gc"):
        (repository.folder / ".git" / "hooks" / name).write_bytes(trap.read_bytes())
        (repository.folder / ".git" / "hooks" / name).chmod(0o755)
    for source in (str(repository.folder), f"file://{repository.folder}"):
        done = CliRunner().invoke(cli, [*wall, source])
        assert done.exit_code == 0, done.output
    assert not ran.exists(), ran.read_text(encoding="utf-8")
