"""The configuration of a running wall: changed, broken, mended, and read again at SIGHUP; as a screen sees it."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.dashboard import Dashboard
from support.environment import quiet_environment
from support.jenkins.server import RecordedJenkins
from support.lab import Lab
from support.ports import free_port
from support.waiting import wait_for

GOOD = {"setups": [{"name": "Board 7", "group": "Boot"}, {"name": "Board 8", "labels": {"os": "debian-12"}}]}


class Configured:
    """A dashboard with a configuration of its own."""

    def __init__(self, path: Path, dashboard: Dashboard) -> None:
        self.path = path
        self.dashboard = dashboard

    def write(self, document: Any) -> None:
        new = self.path.with_suffix(".new")
        new.write_text(document if isinstance(document, str) else json.dumps(document, indent=1), encoding="utf-8")
        new.replace(self.path)

    def live(self) -> dict[str, Any]:
        live: dict[str, Any] = self.dashboard.get("/api/v1/live")
        return live

    def names(self) -> list[str]:
        return [tile["setup"] for tile in self.live()["setups"]]

    def expect(self, *names: str) -> None:
        wait_for(lambda: self.names() == list(names), what=f"the setups {names}: {self.dashboard.log[-2000:]}")

    def notice(self) -> dict[str, str]:
        """The one notice, once there is one."""
        notices: list[dict[str, str]] = wait_for(lambda: self.live()["notices"], what="a notice")
        (notice,) = notices
        return notice

    def expect_no_notice(self) -> None:
        wait_for(lambda: self.live()["notices"] == [], what="the notice to go")


@pytest.fixture
def configured(make_dashboard: Callable[..., Dashboard], tmp_path: Path) -> Configured:
    path = tmp_path / "setups_config.json"
    made = Configured(path, make_dashboard(extra_args=["--config", str(path)]))
    made.write(GOOD)
    made.dashboard.start()
    made.expect("Board 7", "Board 8")
    return made


def test_changed_broken_and_mended(configured: Configured) -> None:
    configured.write({"setups": [{"name": "Board 9"}, *GOOD["setups"][:1]]})
    configured.expect("Board 9", "Board 7")
    assert configured.live()["notices"] == []

    configured.write('{"setups": [\n{"name": "Board 1",}]}')
    notice = configured.notice()
    assert notice["kind"] == "config"
    assert notice["text"].startswith("setups_config.json, line 2, column ")
    assert ": is not JSON: remove " in notice["text"]
    assert notice["text"].endswith("The former configuration stays.")
    assert configured.names() == ["Board 9", "Board 7"]

    configured.write({"setups": [{"name": "Board 1"}]})
    configured.expect("Board 1")
    configured.expect_no_notice()
    configured.dashboard.stop()
    assert configured.dashboard.log.count("is not JSON") == 1


def test_sighup_reads_it_again_and_ends_nothing(configured: Configured) -> None:
    configured.write({"setups": [{"name": "x", "hosts": 1}]})
    for _ in range(3):
        os.kill(configured.dashboard.pid, signal.SIGHUP)
    assert "line 5: setups[0].hosts: must be a list" in configured.notice()["text"]
    configured.write(GOOD)
    os.kill(configured.dashboard.pid, signal.SIGHUP)
    configured.expect_no_notice()
    configured.dashboard.stop()


def test_a_bad_file_at_the_start_is_told_whole_and_starts_nothing(
    make_dashboard: Callable[..., Dashboard], tmp_path: Path
) -> None:
    path = tmp_path / "setups_config.json"
    path.write_text('{"setups": [{"name": "a", "hosts": "n"},\n{"nam": "b"}]}', encoding="utf-8")
    dashboard = make_dashboard(extra_args=["--config", str(path)]).start(wait=False)
    assert dashboard.process is not None
    assert dashboard.process.wait(60) == 2
    assert f"{path}:1: setups[0].hosts: must be a list" in dashboard.log
    assert f"{path}:2: setups[1].nam: is no member here" in dashboard.log
    assert "Traceback" not in dashboard.log


def test_labels_and_setups_of_a_run_come_from_the_configuration_there_is(
    configured: Configured, tmp_path: Path
) -> None:
    lab = Lab(configured.dashboard, tmp_path)
    first = lab.run("slow", "--variable", "PAUSE:1ms", setup="Board 8", env={"LIVEWALL_LABELS": "arch=arm64"})
    configured.write({"setups": [{"name": "Board 8", "labels": {"os": "debian-13", "arch": "amd64"}}]})
    configured.expect("Board 8")
    second = lab.run("slow", "--variable", "PAUSE:1ms", setup="Board 8", env={"LIVEWALL_LABELS": "arch=arm64"})
    for run, system in ((first, "debian-12"), (second, "debian-13")):
        lab.verified(run.run_id)
        labels = {"os": system, "arch": "arm64"}
        assert configured.dashboard.get(f"/api/v1/runs/{run.run_id}")["labels"] == labels
    assert configured.dashboard.tile("Board 8")["run"]["labels"] == labels


def test_up_takes_a_file_that_appears_in_its_data_folder(
    make_dashboard: Callable[..., Dashboard], tmp_path: Path
) -> None:
    dashboard = make_dashboard(database_url=None).start()
    configured = Configured(dashboard.data / "setups_config.json", dashboard)
    assert configured.live()["setups"] == []
    configured.write(GOOD)
    configured.expect("Board 7", "Board 8")
    configured.path.unlink()
    assert "cannot be read" in configured.notice()["text"]
    assert configured.names() == ["Board 7", "Board 8"]
    dashboard.stop()


def test_a_jenkins_that_is_added_is_asked_and_one_that_goes_is_not(configured: Configured) -> None:
    def servers() -> list[str]:
        setups = configured.dashboard.get("/api/v1/builds")["setups"]
        return [server["url"] for setup in setups for server in setup["servers"] if server["state"] == "ok"]

    with RecordedJenkins() as jenkins:
        jenkins.add("smoke")
        server = {"name": "main", "url": jenkins.url, "poll_seconds": 5}
        configured.write({"jenkins": [server], "setups": [{"name": "Board 7", "jobs": ["smoke"]}]})
        wait_for(lambda: servers() == [jenkins.url], what=f"an answer of Jenkins: {configured.dashboard.log[-2000:]}")
        configured.write(GOOD)
        wait_for(lambda: configured.dashboard.get("/api/v1/builds")["setups"] == [], what="no builds")
    configured.dashboard.stop()


@pytest.mark.soak
def test_a_secret_is_shown_nowhere(make_dashboard: Callable[..., Dashboard], tmp_path: Path) -> None:
    secret = "11f0e1d2c3b4a5"
    shown = [secret, base64.b64encode(f"livewall:{secret}".encode()).decode()]
    configured = Configured(tmp_path / "setups_config.json", make_dashboard(env={"LIVEWALL_LOG": "DEBUG"}))
    configured.dashboard.extra_args += ["--config", str(configured.path)]
    (tmp_path / "token").write_text(f"{secret}\n", encoding="ascii")
    with RecordedJenkins(user="livewall", token="another") as jenkins:
        server = {"name": "main", "url": jenkins.url, "user": "livewall", "token": "${file:token}"}
        configured.write({"jenkins": [server], "setups": [{"name": "a", "jobs": ["x"]}]})
        dashboard = configured.dashboard.start()

        def refused() -> bool:
            (setup,) = dashboard.get("/api/v1/builds")["setups"]
            return bool(setup["servers"][0]["state"] == "away")

        wait_for(refused, what="the token to be refused")
        assert any(
            base64.b64decode(one.headers["authorization"][6:]).endswith(secret.encode()) for one in jenkins.gets()
        )
        configured.write({"jenkins": [{**server, "url": "${file:token}"}], "setups": []})
        configured.notice()
        pages = [
            "/",
            "/api/v1/live",
            "/api/v1/builds",
            "/api/v1/setups",
            "/api/v1/setups/a/builds",
            "/healthz",
            "/metrics",
        ]
        told = "\n".join(dashboard.request("GET", page)[1].decode() for page in pages)
        dashboard.stop()
    assert [text for text in shown if text in told] == []
    assert [text for text in shown if text in dashboard.log] == []


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """A terminal: its own side, and the programs' side."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    for side in (ours, theirs):
        try:
            os.close(side)
        except OSError:
            pass  # the test has closed it


@pytest.mark.parametrize("outlives", [False, True], ids=["as usual", "nohup"])
def test_a_wall_ends_with_its_terminal(
    database_url: str, tmp_path: Path, terminal: tuple[int, int], outlives: bool
) -> None:
    ours, theirs = terminal

    def take_terminal() -> None:
        if outlives:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    dashboard = Dashboard(database_url=database_url, log_path=tmp_path / "wall.log", port=free_port())
    command = [sys.executable, "-m", "livewall_dashboard", "serve", "--database-url", database_url]
    command += ["--data", str(tmp_path), "--port", str(dashboard.port)]
    with (tmp_path / "wall.log").open("wb") as log:
        process = dashboard.process = subprocess.Popen(
            command, env=quiet_environment(), stdin=theirs, stdout=log, stderr=log,
            start_new_session=True, preexec_fn=take_terminal,  # noqa: PLW1509  # no thread of ours is about
        )  # fmt: skip
    try:
        dashboard.wait_healthy()
        os.kill(process.pid, signal.SIGHUP)  # by somebody's hand: nothing ends
        wait_for(lambda: dashboard.log.count("SIGHUP") == 1, what="the first SIGHUP")
        assert dashboard.healthy()
        os.close(theirs)
        os.close(ours)
        if outlives:
            wait_for(lambda: dashboard.log.count("SIGHUP") == 2, what="the terminal's SIGHUP")
            assert dashboard.healthy()
            dashboard.stop()
        else:
            assert process.wait(60) == 0, dashboard.log
    finally:
        dashboard.kill()
