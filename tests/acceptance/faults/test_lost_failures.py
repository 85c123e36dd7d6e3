"""The ends of failing tests never reach the wall: a node without a disk, and a wall that is away for long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.faults import FaultProxy
from support.lab import Lab
from support.steady import LONG
from support.waiting import wait_for

SHORTEST_LOST = 4_000
"""Characters of a test's name: what waits in memory is full of such tests soon."""
KEPT = 1_100
"""Tests of such names that are more than a node keeps in memory."""
FAILURES = 5


def test_a_run_whose_failures_were_lost_has_failed(lab: Lab, tmp_path: Path) -> None:
    """The node counted five failures and not one of them is stored."""
    row, run, tile = _report(lab, tmp_path, failures=FAILURES)
    assert row["failed"] == 0 < row["passed"] < row["passed"] + row["missing"] == KEPT + FAILURES + 2
    assert (run["state"], run["status"], tile["status"]) == ("finished", "FAIL", "FAIL")
    assert run["missing_failures"] == tile["run"]["missing_failures"] == FAILURES
    assert run["id"] in _listed(lab, "FAIL") and run["id"] not in _listed(lab, "PASS")


@pytest.mark.soak
def test_a_run_of_which_passed_tests_were_lost_has_not_passed(lab: Lab, tmp_path: Path) -> None:
    row, run, tile = _report(lab, tmp_path, failures=0)
    assert row["failed"] == 0 < row["passed"] < KEPT + 2
    assert (run["state"], run["status"], tile["state"], tile["status"]) == ("finished", None, "idle", None)
    assert not {run["id"]} & {key for status in ("PASS", "FAIL", "SKIP") for key in _listed(lab, status)}


def _report(lab: Lab, folder: Path, *, failures: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Run it -> the row of the run, the run in the API, the setup's tile."""
    suite = folder / "lost.robot"
    suite.write_text(_suite(failures), encoding="utf-8")
    away, last, back = folder / "away", folder / "last", folder / "back"
    variables = [f"--variable={path.name.upper()}:{path}" for path in (away, last, back)]
    with FaultProxy(lab.dashboard.port) as proxy:
        robot = lab.start(suite, *variables, url=proxy.url, env={"LIVEWALL_SPOOL": "/dev/null/spool"})
        try:
            wait_for(lambda: _has_suite(lab, robot.run_id), LONG, "the run to begin")
            proxy.mode = "drop"
            away.touch()
            wait_for(last.exists, LONG, "the last test to begin")
            tries = proxy.met["drop"]
            wait_for(lambda: proxy.met["drop"] > tries + 1, LONG, "what was handed over to have found no room")
            proxy.mode = "pass"
            wait_for(lambda: lab.database.run(robot.run_id)["passed"], LONG, "what was kept to arrive")
            back.touch()
            finished = robot.finish()
        finally:
            robot.kill()
    assert finished.exit_code == failures and "Traceback" not in finished.console
    row = wait_for(lambda: _over(lab, robot.run_id), LONG, "the end of the run")
    run = lab.dashboard.get(f"/api/v1/runs/{robot.run_id}")
    return row, run, lab.dashboard.tile(run["setup"])


def _suite(failures: int) -> str:
    tests = ["First", "    Wait Until Created    ${AWAY}    timeout=60s"]
    for number in range(KEPT):
        tests += [f"{number:05} {'passes ' * (SHORTEST_LOST // 7)}", "    No Operation"]
    for number in range(failures):
        tests += [f"{number:05} {'fails ' * (SHORTEST_LOST // 6)}", "    Fail    Nobody hears it"]
    tests += ["Last", "    Create File    ${LAST}", "    Wait Until Created    ${BACK}    timeout=60s"]
    return "\n".join(["*** Settings ***", "Library    OperatingSystem", "*** Test Cases ***", *tests, ""])


def _has_suite(lab: Lab, key: str) -> bool:
    return bool(lab.database.rows("SELECT FROM suite_result JOIN run ON run.id = run_id WHERE key = %s", key))


def _over(lab: Lab, key: str) -> dict[str, Any] | None:
    run = lab.database.run(key)
    return run if run["state"] == "finished" and run["verification"] != "pending" else None


def _listed(lab: Lab, status: str) -> list[str]:
    return [run["id"] for run in lab.dashboard.get(f"/api/v1/runs?status={status}&limit=1000")["runs"]]
