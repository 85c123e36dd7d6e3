"""The files by which commands find the walls of their user: believed while their wall runs, and no stranger's."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from pwd import struct_passwd

import pytest

from livewall_dashboard.base.running_walls import RunningWall, announced, running_walls

WALL = RunningWall(os.getpid(), "/var/lib/livewall", "http://127.0.0.1:8000", embedded=True)
OTHER = RunningWall(os.getpid(), "/srv/other", "http://127.0.0.1:8001", embedded=False)


@pytest.fixture(autouse=True)
def _no_wall_of_who_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may have one that runs, and theirs is the home where the environment names none."""
    who = struct_passwd(("who", "", os.geteuid(), os.getegid(), "", str(tmp_path / "who"), ""))
    monkeypatch.setattr("pwd.getpwuid", lambda _: who)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """With a home of its own: a wall that runs on this machine is none of the test."""
    home = tmp_path / "home"
    home.mkdir()
    return {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(home)}


def test_a_wall_is_found_while_it_runs(environment: dict[str, str]) -> None:
    assert running_walls(environment) == []
    with announced(WALL, environment), announced(OTHER, environment):
        assert running_walls(environment) == [OTHER, WALL]
    assert running_walls(environment) == []


@pytest.mark.parametrize("variable", ["XDG_RUNTIME_DIR", "XDG_STATE_HOME", "HOME"])
def test_each_place_of_a_users_own_will_do(variable: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {"HOME": str(home)} | {variable: str(tmp_path)}
    with announced(WALL, environment):
        assert running_walls(environment) == [WALL]
        made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.stat().st_mode & 0o777 for path in made[0].parents if path.name in ("livewall", "walls")]
    assert not made[0].exists()


def test_what_a_killed_wall_leaves_is_not_taken_for_one_and_cleared_by_the_next(
    environment: dict[str, str], tmp_path: Path
) -> None:
    left = tmp_path / "livewall" / "123-abcd.json"
    left.parent.mkdir()
    left.write_text(json.dumps(asdict(WALL)), encoding="utf-8")
    assert running_walls(environment) == []
    with announced(OTHER, environment):
        assert running_walls(environment) == [OTHER]
        assert not left.exists()


def behind_a_link(path: Path) -> None:
    path.rename(path.with_suffix(".else"))
    path.symlink_to(path.with_suffix(".else"))


def no_object(path: Path) -> None:
    path.write_text("[1]", encoding="utf-8")


def of_a_newer_release(path: Path) -> None:
    path.write_text(json.dumps({**asdict(WALL), "role": "screens"}), encoding="utf-8")


def no_text(path: Path) -> None:
    path.write_bytes(b"\xff\x00{")


def may_be_written_by_all(path: Path) -> None:
    path.chmod(0o666)


def in_a_folder_of_all(path: Path) -> None:
    path.parent.chmod(0o777)


def in_a_folder_behind_a_link(path: Path) -> None:
    path.parent.rename(path.parents[1] / "moved")
    path.parent.symlink_to(path.parents[1] / "moved")


@pytest.mark.parametrize(
    "spoil",
    [
        behind_a_link,
        in_a_folder_behind_a_link,
        in_a_folder_of_all,
        may_be_written_by_all,
        no_object,
        no_text,
        of_a_newer_release,
    ],
)
def test_nothing_is_believed_that_may_be_anothers_or_makes_no_sense(
    environment: dict[str, str], tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    with announced(WALL, environment):
        (path,) = (tmp_path / "livewall").glob("*.json")
        spoil(path)
        assert running_walls(environment) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_believes_no_other_user(environment: dict[str, str], tmp_path: Path) -> None:
    with announced(WALL, environment):
        (path,) = (tmp_path / "livewall").glob("*.json")
        os.chown(path, 65534, 65534)
        assert running_walls(environment) == []
        os.chown(path, 0, 0)
        os.chown(tmp_path, 65534, 65534)
        assert WALL not in running_walls({**environment, "HOME": str(tmp_path)}), "root's own home is looked into then"


def test_a_wall_that_cannot_be_announced_runs_all_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "livewall").write_text("a file", encoding="utf-8")
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    (tmp_path / ".local").write_text("a file", encoding="utf-8")
    with caplog.at_level(logging.INFO), announced(WALL, environment):
        assert running_walls(environment) == []
    assert "do not find this wall without --data or --database-url: this user has no folder" in caplog.text
