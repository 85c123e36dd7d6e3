"""The package as users get it: what is in it, and that it works away from the checkout."""

from __future__ import annotations

import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

from packaging.requirements import Requirement

from support.dashboard import Dashboard
from support.installed import Distribution, Environment
from support.oracle import assert_equal, read_output
from support.recorded import read_api
from support.waiting import wait_for

SUITE = """*** Test Cases ***
Passes
    Log    hello
Fails
    Fail    Board 7 gave no answer
"""


def test_the_wheel_holds_code_schema_pages_and_demo_and_nothing_else(distribution: Distribution) -> None:
    names = set(zipfile.ZipFile(distribution.wheel).namelist())
    for needed in (
        "livewall_listener/wire.py",
        "livewall_agent/jobwire.py",
        "livewall_dashboard/app.py",
        "livewall_dashboard/history/runs/queries.sql",
        "livewall_dashboard/lab/setups_config.schema.json",
        "livewall_dashboard/schema/migrations/0001.initial.sql",
        "livewall_dashboard/static/wall/main.js",
        "livewall_dashboard/templates/wall/wall.html",
        "livewall_dashboard/demo/tests/lab.resource",
    ):
        assert needed in names
    roots = {name.partition("/")[0] for name in names}
    ours = {root for root in roots if not root.endswith(".dist-info")}
    assert ours == {"livewall_listener", "livewall_agent", "livewall_dashboard"}
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_the_source_distribution_holds_what_the_wheel_is_made_of(distribution: Distribution) -> None:
    with tarfile.open(distribution.source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"README.md", "LICENSE", "CHANGELOG.md", "schema/migrations/0001.initial.sql", "pyproject.toml"} <= names


def test_a_node_gets_the_listener_alone(bare: Environment) -> None:
    assert bare.packages() == {"livewall", "robotframework", "urllib3"}
    helped = bare.run("python", "-m", "livewall_listener", "resend", "--help")
    assert helped.returncode == 0, helped.stdout


def test_a_node_says_how_to_get_the_dashboard(bare: Environment) -> None:
    started = bare.run("livewall", "up")
    assert started.returncode != 0
    assert "[embedded]'" in started.stdout
    assert "Traceback" not in started.stdout


def test_a_node_says_how_to_get_an_agent(bare: Environment) -> None:
    for words in (("livewall", "job", "list"), ("livewall-agent", "run")):
        started = bare.run(*words)
        assert started.returncode == 1
        assert "[agent]'" in started.stdout and started.stdout.count("\n") == 1


def test_a_run_without_a_wall_is_a_run(bare: Environment, tmp_path: Path) -> None:
    suite = tmp_path / "board.robot"
    suite.write_text(SUITE, encoding="utf-8")
    command = ["--listener", "livewall_listener.Listener", "--outputdir", str(tmp_path), str(suite)]
    away = {"LIVEWALL_URL": "http://127.0.0.1:9", "LIVEWALL_SPOOL": str(tmp_path / "spool"), "LIVEWALL_TIMEOUT": "1"}
    ran = bare.run("robot", *command, env=away)
    assert ran.returncode == 1, ran.stdout
    assert "2 tests, 1 passed, 1 failed" in ran.stdout


def test_a_run_reaches_the_wall_and_its_history(
    bare: Environment, full: Environment, wall: Dashboard, tmp_path: Path
) -> None:
    suite = tmp_path / "board.robot"
    suite.write_text(SUITE, encoding="utf-8")
    there = {"LIVEWALL_URL": wall.url, "LIVEWALL_SETUP": "Board 7", "LIVEWALL_SPOOL": str(tmp_path / "spool")}
    command = ["--listener", "livewall_listener.Listener", "--outputdir", str(tmp_path), str(suite)]
    ran = bare.run("robot", *command, env=there)
    assert ran.returncode == 1, ran.stdout

    (run,) = wait_for(lambda: wall.get("/api/v1/runs")["runs"], what="the run")
    assert (run["setup"], run["state"], run["verification"]) == ("Board 7", "finished", "verified")
    assert run["counts"] == {"total": 2, "passed": 1, "failed": 1, "skipped": 0, "expected_failures": 0}
    assert wall.tile("Board 7")["failures"][0]["message"] == "Board 7 gave no answer"

    status, page, _ = wall.request("GET", "/")
    assert status == 200
    assert b"<html" in page
    assert wall.request("GET", "/static/wall/main.js")[0] == 200
    assert full.run("livewall", "--version").stdout.strip().endswith("0.1.0")
    assert full.run("livewall-agent", "--version").stdout.strip().endswith("0.1.0")


def test_an_older_python_gets_the_listener_alone_and_its_run_is_stored_as_it_was(
    old_node: Environment, wall: Dashboard, tmp_path: Path
) -> None:
    suite = tmp_path / "board.robot"
    suite.write_text(SUITE, encoding="utf-8")
    there = {"LIVEWALL_URL": wall.url, "LIVEWALL_SETUP": "Board 7", "LIVEWALL_SPOOL": str(tmp_path / "spool")}
    command = ["--listener", "livewall_listener.Listener", "--outputdir", str(tmp_path), str(suite)]
    ran = old_node.run("robot", *command, env=there)
    assert ran.returncode == 1, ran.stdout
    (run,) = wait_for(lambda: wall.get("/api/v1/runs")["runs"], what="the run")
    wait_for(lambda: wall.get(f"/api/v1/runs/{run['id']}")["verification"] == "verified", what="all of it")
    assert_equal(read_output(tmp_path / "output.xml"), read_api(wall.get, run["id"]))

    for words in (("livewall", "up"), ("python", "-m", "livewall_dashboard", "--version")):
        refused = old_node.run(*words)
        assert (refused.returncode, refused.stdout.count("\n")) == (2, 1)
        assert "needs Python 3.10 or newer" in refused.stdout
    assert old_node.packages() == {"livewall", "robotframework", "urllib3"}


def test_an_older_python_gets_nothing_of_the_wall_even_where_it_is_asked_for(distribution: Distribution) -> None:
    """So that no half of it fails later, and the command can say which Python it needs."""
    (metadata,) = (name for name in zipfile.ZipFile(distribution.wheel).namelist() if name.endswith("/METADATA"))
    told = message_from_bytes(zipfile.ZipFile(distribution.wheel).read(metadata))
    assert told["Requires-Python"] == ">=3.8"
    needed = {
        requirement.name
        for requirement in map(Requirement, told.get_all("Requires-Dist", []))
        for extra in ("", "agent", "dashboard", "embedded", "demo")
        if requirement.marker is None or requirement.marker.evaluate({"python_version": "3.9", "extra": extra})
    }
    assert needed == {"robotframework", "urllib3"}
