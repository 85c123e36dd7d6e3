"""Where a run's tests lie: in which clone of which repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from livewall_listener import clone

URL = "https://git.example/lab/shop.git"


def git(*words: object) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *map(str, words)], check=True, capture_output=True
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    git("init", "-q", folder)
    git("-C", folder, "remote", "add", "upstream", "https://git.example/other.git")
    git("-C", folder, "remote", "add", "origin", "https://ann:secret@git.example/lab/shop.git")
    (folder / "tests" / "login").mkdir(parents=True)
    (folder / "tests" / "login.robot").touch()
    return folder


@pytest.mark.parametrize("source", ["tests/login.robot", "tests/login", "tests", "."])
def test_a_clone_is_found_from_any_file_or_folder_in_it(repository: Path, source: str) -> None:
    assert clone.find(str(repository / source), {}, "") == (str(repository), URL), "and its password stays there"


def test_worktrees_are_of_their_repository(repository: Path, tmp_path: Path) -> None:
    git("-C", repository, "commit", "-q", "--allow-empty", "-m", "x")
    git("-C", repository, "worktree", "add", "-q", tmp_path / "tree")
    assert clone.find(str(tmp_path / "tree"), {}, "") == (str(tmp_path / "tree"), URL)


def test_a_submodule_is_a_repository_of_its_own(repository: Path, tmp_path: Path) -> None:
    git("-C", repository, "commit", "-q", "--allow-empty", "-m", "x")
    outer = tmp_path / "outer"
    git("init", "-q", outer)
    git("-C", outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", repository, "inner")
    assert clone.find(str(outer / "inner"), {}, "") == (str(outer / "inner"), str(repository))


def test_without_a_clone_ci_says_where_it_put_the_sources(tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    for variable in ("WORKSPACE", "CI_PROJECT_DIR", "GITHUB_WORKSPACE"):
        assert clone.find(str(tests), {variable: str(tmp_path)}, URL) == (str(tmp_path), URL)
    assert clone.find(str(tests), {"WORKSPACE": str(tmp_path)}, "") == ("", ""), "of which repository is not known"
    assert clone.find(str(tests), {"WORKSPACE": str(tmp_path / "other")}, URL) == ("", "")


@pytest.mark.parametrize(
    "config", ["", '[remote "origin"]\n', "[remote", '[remote "origin"]\nfetch = x\n[other]\nurl = y']
)
def test_a_clone_of_nothing_has_no_origin_but_what_ci_says(tmp_path: Path, config: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(config)
    assert clone.find(str(tmp_path), {}, "") == (str(tmp_path), "")
    assert clone.find(str(tmp_path), {}, URL) == (str(tmp_path), URL)


@pytest.mark.parametrize("source", ["", "nowhere/at/all", "a\0b", "x" * 5000])
def test_what_cannot_be_found_is_unknown(source: str) -> None:
    assert clone.find(source, {"WORKSPACE": ""}, URL) == ("", "")


def test_a_git_file_that_leads_nowhere_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / ".git").write_bytes(b"\xff\xfe gitdir: /nowhere")
    assert clone.find(str(tmp_path), {}, "") == (str(tmp_path), "")
