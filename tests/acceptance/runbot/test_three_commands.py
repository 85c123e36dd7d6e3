"""The three commands of the first runbot's document, typed in an empty folder: what they begin, they end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import pytest

from support.environment import quiet_environment
from support.git_repository import GitRepository
from support.ports import free_port
from support.processes import kill_all
from support.waiting import wait_for

PATIENCE = 240.0
RUNBOT = [sys.executable, "-m", "livewall_dashboard.runbot"]
SERVE = f"cd client && exec {sys.executable} -m http.server $PORT --bind 127.0.0.1"


class Folder:
    """An empty folder in which somebody types, as one who has no wall yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"http://127.0.0.1:{free_port()}"
        self.environment = {
            **quiet_environment(),
            "HOME": str(path),
            "XDG_RUNTIME_DIR": "",
            "XDG_STATE_HOME": str(path),
        }

    def type(self, *words: str) -> str:
        """A command that ends -> what it says."""
        done = subprocess.run(
            [*RUNBOT, *words], cwd=self.path, env=self.environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout

    def begin(self, *words: str) -> subprocess.Popen[bytes]:
        """One that goes on, as a shell starts it."""
        words = (*words, "--port", self.url.rpartition(":")[2])
        with (self.path / "console.txt").open("wb") as console:
            return subprocess.Popen(
                [*RUNBOT, *words], cwd=self.path, env=self.environment, stdin=subprocess.DEVNULL, stdout=console,
                stderr=console, start_new_session=True,
            )  # fmt: skip

    def get(self, path: str) -> Any:
        with urlopen(f"{self.url}/api/v1/{path}", timeout=60) as reply:
            return json.load(reply)

    def processes(self) -> list[psutil.Process]:
        """Those that were begun here: the wall, its Postgres, agents, jobs and instances."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("HOME") == str(self.path) or process.cwd().startswith(str(self.path)):
                    found.append(process)
            except psutil.Error:
                continue
        return found


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    folder = Folder(tmp_path / "empty")
    folder.path.mkdir()
    try:
        yield folder
    finally:
        kill_all(folder.processes())


@pytest.mark.timeout(900)
def test_two_local_repositories_from_init_to_clean(folder: Folder, tmp_path: Path) -> None:
    server, client = (GitRepository(tmp_path / name) for name in ("server", "client"))
    for repository, name, text in (
        (server, "Makefile", "all check:\n\techo made\n"),
        (client, "index.html", "hello\n"),
    ):
        (repository.folder / name).write_text(text, encoding="utf-8")
        repository.git("add", name)
        repository.commit("Begin")
    server.git("branch", "login-page")

    config = folder.path / "livewall-runbot" / "setups_config.json"
    assert f"Made {config}." in folder.type("--init")
    filled: dict[str, Any] = json.loads(config.read_text(encoding="utf-8"))
    (project,) = filled["projects"]
    for place, repository in zip(project["repositories"], (server, client), strict=True):
        place["url"] = str(repository.folder)
    project |= {"gather": 0.2, "fetch_every": 1, "max_age_days": False, "run": {"command": SERVE}}
    config.write_text(json.dumps(filled), encoding="utf-8")

    runbot = folder.begin("--run", "--number=100", "--workers=4", "--start-job-id=220")

    def ended() -> list[Any] | None:
        assert runbot.poll() is None, (folder.path / "console.txt").read_text(encoding="utf-8", errors="replace")
        builds = folder.get("branch-builds")["builds"]
        return builds if len(builds) == 2 and all(each["state"] == "done" for each in builds) else None

    builds = wait_for(ended, PATIENCE, "both branches to be built")
    assert [(each["number"], each["result"]) for each in builds] == [(221, "ok"), (220, "ok")]
    wait_for(lambda: _agents(folder) == {f"local-{no}" for no in (1, 2, 3, 4)}, PATIENCE, "all agents to be there")
    running = wait_for(lambda: _running(folder), PATIENCE, "what was built to run")
    (shown,) = folder.get("projects")["projects"]
    assert shown["number"] == 100
    with urlopen(running["url"], timeout=60) as reply:
        assert reply.read() == b"hello\n"

    said = folder.type("--clean")
    assert f"Stopped the wall at {folder.url}, process {runbot.pid}, with its agents." in said
    assert f"{config} stays: you have filled it in." in said
    assert runbot.wait(PATIENCE) in (0, -signal.SIGTERM)
    wait_for(lambda: not folder.processes(), PATIENCE, "the end of all that was begun")
    assert list(config.parent.iterdir()) == [config]


def _agents(folder: Folder) -> set[str]:
    return {each["name"] for each in folder.get("agents")["agents"]}


def _running(folder: Folder) -> Any:
    return next((each for each in folder.get("instances")["instances"] if each["state"] == "running"), None)
