"""Testflinger's own programs, installed by whoever runs the tests and named by the environment; none of it is here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from .environment import quiet_environment

CLI = os.environ.get("TESTFLINGER_CLI", "")
AGENT = os.environ.get("TESTFLINGER_AGENT", "")

needs_cli = pytest.mark.skipif(not CLI, reason="TESTFLINGER_CLI names no installed testflinger-cli")
needs_agent = pytest.mark.skipif(not AGENT, reason="TESTFLINGER_AGENT names no installed testflinger-agent")

_TEST = """
import json, subprocess, sys
job = json.load(open("testflinger.json"))
sys.exit(subprocess.call(["bash", "-c", job["test_data"]["test_cmds"]]))
"""


class TestflingerCli:
    """`testflinger-cli` for this server, with a home of its own."""

    __test__ = False

    def __init__(self, url: str, home: Path) -> None:
        self._command = [CLI, "--server", url]
        self._home = home
        home.mkdir()
        self._env = {**quiet_environment(), "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}

    def __call__(self, *words: str) -> str:
        """What it prints; it must end with 0."""
        done = self.run(*words)
        assert done.returncode == 0, done
        return done.stdout

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._command, *words], cwd=self._home, env=self._env, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False, timeout=240,
        )  # fmt: skip

    def submit(self, job: dict[str, object], *words: str) -> str:
        path = self._home / "job.json"
        path.write_text(json.dumps(job), encoding="utf-8")
        return self("submit", *words, str(path)).strip()


class TestflingerAgent:
    """`testflinger-agent`, whose test phase runs the job's `test_cmds`. `start` again is the same agent."""

    __test__ = False

    def __init__(self, url: str, folder: Path, name: str, queue: str, port: int) -> None:
        self.name, self.queue = name, queue
        self._folder = folder / name
        for each in ("run", "logs", "results"):
            (self._folder / each).mkdir(parents=True)
        script = self._folder / "run_test.py"
        script.write_text(_TEST, encoding="utf-8")
        config = {
            "agent_id": name, "identifier": "7", "polling_interval": 1, "server_address": url, "job_queues": [queue],
            "advertised_queues": {queue: "theirs"}, "advertised_images": {queue: {"latest": "url: http://lab/image"}},
            "location": "lab", "provision_type": "none", "logging_level": "DEBUG",
            "execution_basedir": str(self._folder / "run"), "logging_basedir": str(self._folder / "logs"),
            "results_basedir": str(self._folder / "results"),
            "setup_command": "echo set up", "provision_command": "echo provisioned",
            "test_command": f"python3 {script}", "cleanup_command": "echo cleaned",
        }  # fmt: skip
        self._config = self._folder / "agent.yaml"
        self._config.write_text(json.dumps(config), encoding="utf-8")
        self._command = [AGENT, "-c", str(self._config), "-p", str(port)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=quiet_environment(), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """With all that it has started."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
