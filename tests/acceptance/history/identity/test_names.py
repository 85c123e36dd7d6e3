"""One history for a test that has several names: real robots in clones of a repository, and `livewall rename`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.environment import quiet_environment
from support.lab import Lab
from support.waiting import wait_for

WORKS = "*** Test Cases ***\nWorks\n    No Operation\n"


@pytest.fixture
def clones(tmp_path: Path) -> tuple[Path, Path]:
    """Two workspaces of one repository, as two jobs of a node have them."""
    found = tmp_path / "nightly", tmp_path / "smoke@2"
    for clone in found:
        for suite in ("login", "orders"):
            write(clone / "tests" / suite / "01__valid_input.robot")
        subprocess.run(["git", "init", "-q", str(clone)], check=True)
        origin = f"https://ann:secret@git.example/{tmp_path.name}/shop.git"
        subprocess.run(["git", "-C", str(clone), "remote", "add", "origin", origin], check=True)
    return found


def write(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(WORKS)


def history(lab: Lab, longname: str) -> dict[str, Any]:
    query = longname.replace(" ", "%20").replace("&", "%26")
    return dict(lab.dashboard.get(f"/api/v1/tests/history?longname={query}"))


def names(lab: Lab, longname: str, runs: int) -> set[str]:
    """The names in its history, once that has as many runs."""

    def look() -> dict[str, Any] | None:
        page = history(lab, longname)
        return page if len({row["run"] for row in page["history"]}) == runs else None

    found = wait_for(look, what=f"{longname} to have {runs} runs")
    assert {row["longname"] for row in found["history"]} == {longname, *(each["longname"] for each in found["names"])}
    return {row["longname"] for row in found["history"]}


def run(lab: Lab, *paths: Path, args: tuple[str, ...] = ()) -> str:
    """-> the run, once it was looked at."""
    done = lab.run(paths, *args)
    number = lab.verified(done.run_id)["id"]
    wait_for(lambda: lab.database.rows("SELECT FROM run_looked_at WHERE run_id = %s", number), what="the look")
    return done.run_id


def rename(lab: Lab, *args: str) -> str:
    command = [sys.executable, "-m", "livewall_dashboard", "rename", "--database-url", lab.dashboard.database_url]
    done = subprocess.run(
        [*command, *args], check=False, env=quiet_environment(), capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def test_what_robot_was_given_makes_no_other_test(lab: Lab, clones: tuple[Path, Path]) -> None:
    first, second = clones
    run(lab, first / "tests")
    run(lab, second / "tests" / "login")
    run(lab, first / "tests" / "login" / "01__valid_input.robot")
    run(lab, second / "tests" / "login", second / "tests" / "orders")
    whole = "Tests.Login.Valid Input.Works"
    joined = {whole, "Login.Valid Input.Works", "Valid Input.Works", "Login & Orders.Login.Valid Input.Works"}
    assert names(lab, "Valid Input.Works", 4) == joined
    assert names(lab, whole, 4) == joined
    told = {each["longname"]: each for each in history(lab, whole)["names"]}
    because = told["Login.Valid Input.Works"]["because"]
    assert because.endswith("/shop") and "one file, tests/login/01__valid_input.robot in git.example" in because
    assert "secret" not in because
    assert names(lab, "Tests.Orders.Valid Input.Works", 2) == {
        "Tests.Orders.Valid Input.Works",
        "Login & Orders.Orders.Valid Input.Works",
    }
    run(lab, first / "tests", args=("--name", "Firefox"))
    assert names(lab, "Firefox.Login.Valid Input.Works", 1) == {"Firefox.Login.Valid Input.Works"}, "a name of choice"
    shutil.copytree(first / "tests" / "login", first / "copied" / "login")
    run(lab, first / "copied" / "login")
    assert names(lab, whole, 3) == joined - {"Login.Valid Input.Works"}, "that one is of two files now"
    assert names(lab, "Login.Valid Input.Works", 2) == {"Login.Valid Input.Works"}


def test_a_folder_that_was_moved_is_renamed_by_hand(lab: Lab, clones: tuple[Path, Path]) -> None:
    clone, _ = clones
    tests = clone / "moved"
    shutil.move(clone / "tests", tests)
    run(lab, tests)
    (tests / "auth").mkdir()
    shutil.move(tests / "login", tests / "auth" / "login")
    run(lab, tests)
    before, after = "Moved.Login.Valid Input.Works", "Moved.Auth.Login.Valid Input.Works"
    assert names(lab, after, 1) == {after}
    told = rename(lab, "Moved.Login", "Moved.Auth.Login")
    assert "1 test with results under the old name, 1 of them with results under the new one" in told
    assert names(lab, before, 2) == names(lab, after, 2) == {before, after}
    write(tests / "auth" / "login" / "later.robot")
    run(lab, tests)
    (tests / "login").mkdir()
    shutil.move(tests / "auth" / "login" / "later.robot", tests / "login" / "later.robot")
    run(lab, tests)
    assert names(lab, "Moved.Auth.Login.Later.Works", 2) == {"Moved.Login.Later.Works", "Moved.Auth.Login.Later.Works"}
    rename(lab, "--undo", "Moved.Login", "Moved.Auth.Login")
    assert names(lab, before, 1) == {before}
