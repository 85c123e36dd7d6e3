"""The three commands of the first runbot, and what they say."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner

from livewall_dashboard.cli import cli
from livewall_dashboard.lab.load import read_lab
from livewall_dashboard.lab.seen import SeenFiles
from livewall_dashboard.runbot.command import runbot


def run(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(runbot, [*words, "--dir", str(folder)])
    return done.exit_code, done.output


def test_init_makes_a_configuration_that_can_be_run_and_clean_removes_it(tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    assert run(folder, "--init") == (
        0,
        f"Made {folder}/setups_config.json. Put your repositories into it, then start: livewall-runbot --run\n",
    )
    assert [project.name for project in read_lab(folder / "setups_config.json", {}, SeenFiles()).lab.projects] == [
        "example"
    ]
    assert run(folder, "--init")[1] == f"{folder}/setups_config.json is there already, and stays as it is.\n"
    code, said = run(folder, "--clean")
    assert code == 0
    assert "Removed" in said
    assert not folder.exists()
    assert run(folder, "--clean") == (0, f"Nothing is left of {folder}.\n")


def test_clean_leaves_what_somebody_has_filled_in(tmp_path: Path) -> None:
    run(tmp_path / "bot", "--init")
    config = tmp_path / "bot" / "setups_config.json"
    config.write_text(json.dumps({"setups": []}))
    (tmp_path / "bot" / "data" / "branches").mkdir()
    said = run(tmp_path / "bot", "--clean")[1]
    assert f"Removed {tmp_path}/bot/data." in said
    assert f"{config} stays: you have filled it in." in said
    assert config.exists()


def test_clean_runs_the_cleanup_of_what_builds_left(tmp_path: Path) -> None:
    run(tmp_path / "bot", "--init")
    instance = tmp_path / "bot" / "data" / "agents" / "local-1" / "instances" / "7-abc"
    for name in ("work", "tmp", "log", "commands"):
        (instance / name).mkdir(parents=True)
    order = {"number": 7, "job": str(uuid4()), "command": "true", "cleanup": f"touch {tmp_path}/cleaned-by-$BUNDLE"}
    (instance / "instance.json").write_text(json.dumps({**order, "variables": {"BUNDLE": "main"}}))
    code, said = run(tmp_path / "bot", "--clean")
    assert (code, "Removed what build 7 left running.\n" in said) == (0, True), said
    assert (tmp_path / "cleaned-by-main").exists()
    assert not (tmp_path / "bot").exists()


def test_clean_leaves_a_folder_that_is_no_runbots(tmp_path: Path) -> None:
    thesis = tmp_path / "data" / "thesis.txt"
    thesis.parent.mkdir()
    thesis.write_text("all of it")
    code, said = run(tmp_path, "--clean")
    assert code != 0 and "nothing was removed" in said
    assert thesis.exists()


def test_run_becomes_a_wall_with_a_watcher_and_agents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _program, words: called.append(words))
    run(tmp_path, "--init")
    code, said = run(tmp_path, "--run", "--number=100", "--workers=4", "--start-job-id=220")
    assert (code, said) == (0, f"Running on {tmp_path}/setups_config.json with 4 agents.\n")
    (words,) = called
    command: Any = cli.get_command(None, "up")  # type: ignore[arg-type]
    given = command.make_context("up", words[words.index("up") + 1 :]).params
    assert (given["agents"], given["instances"], given["first_build"]) == (4, 100, 220)
    assert (given["data"], given["config"]) == (tmp_path / "data", tmp_path / "setups_config.json")


def test_what_makes_no_sense_is_said_in_one_line(tmp_path: Path) -> None:
    code, said = run(tmp_path, "--run")
    assert code != 0
    assert said == f"livewall-runbot: There is no {tmp_path}/setups_config.json: make it by --init, and fill it in.\n"
    code, said = run(tmp_path)
    assert code == 2
    assert "Say what is to be done: --init, --run or --clean." in said


@pytest.mark.parametrize("words", [["--init"], ["--run"], ["--clean"], ["--number"], ["--workers"], ["--start-job-id"]])
def test_help_names_what_the_document_shows(words: list[str]) -> None:
    assert words[0] in CliRunner().invoke(runbot, ["--help"]).output
