"""Deployments during one robot run, bad ones among them: screens come back by themselves, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import pytest

from support.dashboard import Dashboard
from support.deployment import (
    ROLLED_BACK,
    UNTOUCHED,
    Deployment,
    Edit,
    fails_at_import,
    is_unwell,
    migrates,
)
from support.lab import Lab, resend
from support.robot import RunningRobot
from support.screens import PlainScreen
from support.waiting import wait_for

GoesOn = Callable[[], None]

SETUP = "vm1"
SCREENS = 3


class _Service:
    """A server service as a lab knows a dashboard."""

    def __init__(self, server: Deployment) -> None:
        self._dashboard = Dashboard(
            database_url=server.database_url, log_path=server.service / "service.log", port=server.port
        )

    def __getattr__(self, name: str) -> object:
        return getattr(self._dashboard, name)


@pytest.mark.timeout(900)  # up to fifteen deployments, on a machine that may be busy
@pytest.mark.parametrize("count", [2, pytest.param(10, marks=pytest.mark.soak)])
def test_deployments_during_a_run(server: Deployment, tmp_path: Path, count: int) -> None:
    deploy = deploy_two if count == 2 else deploy_ten
    server.commit("The first")
    server.deploy()
    lab = Lab(cast("Dashboard", _Service(server)), tmp_path)
    robot = lab.start("steady", "--variable", f"FLAG:{tmp_path / 'go'}", "--variable", "PAUSE:0.1", setup=SETUP)
    with ExitStack() as stack:
        stack.callback(robot.kill)
        screens = [stack.enter_context(PlainScreen(server.port)) for _ in range(SCREENS)]
        _goes_on(lab, robot)
        deploy(server, lambda: _goes_on(lab, robot))
        (tmp_path / "go").touch()
        run = robot.finish()
        resend(lab, run.spool)
        held = lab.holds(run)
        assert held.total > 100
        last = server.current["commit"]
        for screen in screens:
            wait_for(lambda: screen.tiles[SETUP]["state"] == "idle", what="the end on a screen")  # noqa: B023
            assert (screen.release or {})["commit"] == last
            assert screen.connects > count, "it was cut off and came back each time"
            assert screen.tiles[SETUP]["counts"]["total"] == held.total
            assert set(screen.tiles) == {SETUP}, "no probe was ever seen"
            assert screen.gaps == 0
    assert lab.database.rows("SELECT count(*) AS n FROM run")[0]["n"] == 1, "the history keeps no probe"
    for trouble in ("Traceback", " ERROR "):
        assert trouble not in server.service_log


def deploy_two(server: Deployment, goes_on: GoesOn) -> list[str]:
    """A release comes into service, and one that is unwell goes back out of it -> the good ones' commits."""
    migrated = migrates("ALTER TABLE setup ADD COLUMN rack integer;")
    good = [server.current["commit"], _bring(server, "With a migration", goes_on, migrated)]
    server.commit("Unwell", is_unwell())
    server.deploy("--within", "2", expect=ROLLED_BACK)
    assert server.runs(good[-1])
    goes_on()
    return good


def deploy_ten(server: Deployment, goes_on: GoesOn) -> None:
    """Ten releases come into service, by new commits, by old ones and by hand; three bad ones do not."""
    good = deploy_two(server, goes_on)
    server.back(good[-1], "Before it")
    server.commit("Fails at import", fails_at_import())
    server.deploy(expect=UNTOUCHED)
    server.back(good[-1], "Before that")
    good.append(_bring(server, "Third", goes_on))
    server.commit("A bad migration", migrates("SELECT 1 / 0;"))
    server.deploy(expect=UNTOUCHED)
    server.back(good[-1], "And before that")
    good.append(_bring(server, "Fourth", goes_on))
    for commit in (good[0], good[1], good[2], good[3], good[0]):  # built already
        server.deploy("--ref", commit)
        assert server.runs(commit)
    goes_on()
    server.deploy("rollback", next(name for name in server.releases if name.endswith(good[2][:10])))
    assert server.runs(good[2])
    _bring(server, "Tenth", goes_on)


def _bring(server: Deployment, subject: str, goes_on: GoesOn, *edits: Edit) -> str:
    """Into service, by a new commit -> its hash."""
    commit = server.commit(subject, *edits)
    server.deploy()
    assert server.runs(commit)
    goes_on()
    return commit


def _goes_on(lab: Lab, robot: RunningRobot) -> None:
    """Tests go on arriving."""
    assert robot.process.poll() is None, robot.console[-2000:]
    before = _passed(lab)
    wait_for(lambda: _passed(lab) > before, 60, "the run to go on")


def _passed(lab: Lab) -> int:
    try:
        return int(lab.dashboard.tile(SETUP)["counts"]["passed"])
    except (KeyError, OSError):
        return -1
