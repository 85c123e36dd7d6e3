"""What a pretend node tells robot to do."""

from __future__ import annotations

from pathlib import Path

from livewall_dashboard.demo.lab import Rig
from livewall_dashboard.demo.node import FIRST_ROUND, ROUNDS_PER_COMMIT, Node, commit

RIG = Rig("router-1", "Routers", ("Login", "BGP"), branch="main", labels={"os": "x", "arch": "arm64"}, job="nightly")


def node(rig: Rig, tmp_path: Path) -> Node:
    return Node(
        rig, url="http://127.0.0.1:1", jenkins="http://127.0.0.1:2/", suites=tmp_path / "s", folder=tmp_path, start_at=0
    )


def test_the_command_is_robot_with_the_listener(tmp_path: Path) -> None:
    words = node(RIG, tmp_path).command()
    assert words[1:3] == ["-m", "robot"]
    assert words[words.index("--listener") + 1].startswith("livewall_listener.Listener")
    assert [words[i + 1] for i, word in enumerate(words) if word == "--suite"] == ["Login", "BGP"]
    assert words[-1] == str(tmp_path / "s")


def test_several_processes_are_pabots(tmp_path: Path) -> None:
    words = node(Rig("farm", "Routers", ("Login",), processes=3), tmp_path).command()
    assert words[1:5] == ["-m", "pabot.pabot", "--processes", "3"]
    assert "/" not in words[words.index("--command") + 1], "pabot would split a path at its spaces"


def test_the_environment_is_the_rigs_and_nobody_elses(tmp_path: Path) -> None:
    inherited = {"PATH": "/bin", "LIVEWALL_TOKEN": "of another wall", "GITHUB_RUN_ID": "1", "BUILD_NUMBER": "2"}
    env = node(RIG, tmp_path).environment(inherited)
    assert env["PATH"].endswith(":/bin")
    assert "LIVEWALL_TOKEN" not in env
    assert "GITHUB_RUN_ID" not in env
    assert (env["LIVEWALL_SETUP"], env["LIVEWALL_LABELS"]) == ("router-1", "os=x,arch=arm64")
    assert (env["JOB_NAME"], env["BUILD_NUMBER"]) == ("nightly/router-1", str(FIRST_ROUND))
    assert env["BUILD_URL"] == f"http://127.0.0.1:2/job/nightly/job/router-1/{FIRST_ROUND}/"


def test_builds_are_numbered_on_from_an_earlier_demo(tmp_path: Path) -> None:
    (tmp_path / "last_round").write_text("416")
    assert node(RIG, tmp_path).environment({})["BUILD_NUMBER"] == "417"


def test_a_run_by_hand_has_no_build(tmp_path: Path) -> None:
    assert "BUILD_URL" not in node(Rig("a", "b", ("c",)), tmp_path).environment({})


def test_a_commit_is_tested_for_some_rounds() -> None:
    first = commit("main", 0)
    assert [commit("main", number) == first for number in range(ROUNDS_PER_COMMIT + 1)] == [True] * 3 + [False]
    assert commit("release", 0) != first
