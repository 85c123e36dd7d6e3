"""Real agents, and jobs that they run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from .dashboard import Dashboard
from .environment import quiet_environment
from .waiting import wait_for

COMMAND = (sys.executable, "-m", "livewall_agent")


def write_config(folder: Path, text: str) -> Path:
    path = folder / f"agent-{uuid.uuid4().hex[:8]}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def start_trying(
    folder: Path, job: Mapping[str, Any], config: str, python: str = sys.executable, **env: str
) -> subprocess.Popen[bytes]:
    """`livewall-agent try` on the job; its standard output and error are pipes."""
    path = folder / f"job-{uuid.uuid4().hex[:8]}.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    told = 'server = "http://127.0.0.1:9"\nqueues = ["q"]\n' + config
    return subprocess.Popen(
        [python, *COMMAND[1:], "try", "--config", str(write_config(folder, told)), str(path)],
        env={**quiet_environment(), "TMPDIR": str(folder), **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def try_job(folder: Path, job: Mapping[str, Any], config: str = "", **how: str) -> subprocess.CompletedProcess[bytes]:
    """The same, to its end."""
    process = start_trying(folder, job, config, **how)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def marked(word: str) -> list[psutil.Process]:
    """Processes that have this word among those of their command."""
    found = []
    for process in psutil.process_iter():
        try:
            if word in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            pass  # it has ended meanwhile
    return found


def wait_gone(word: str) -> None:
    wait_for(lambda: not marked(word), what=f"the end of {word}")


def wait_there(word: str) -> None:
    wait_for(lambda: marked(word), what=f"the start of {word}")


class RunningAgent:
    """`livewall-agent run` as a process; its log is a file. `start` again is the same agent, on the same folder."""

    def __init__(
        self, url: str, folder: Path, *, name: str = "", queue: str = "", config: str = "", **env: str
    ) -> None:
        self.name = name or f"agent-{uuid.uuid4().hex[:8]}"
        self.queue = queue or f"queue-{uuid.uuid4().hex[:8]}"
        self.state = folder / self.name
        self.process: subprocess.Popen[bytes] | None = None
        self._log_path = folder / f"{self.name}.log"
        told = f'server = "{url}"\nname = "{self.name}"\nstate = "{self.state}"\n{config}'
        self._config = write_config(folder, told)
        self._env = {**quiet_environment(), **env}

    @property
    def log(self) -> str:
        return self._log_path.read_text(encoding="utf-8", errors="replace")

    @property
    def jobs(self) -> list[Path]:
        """Folders of jobs that it has in hand."""
        return sorted((self.state / "jobs").glob("*"))

    def start(self) -> RunningAgent:
        command = [*COMMAND, "run", "--config", str(self._config), "--queue", self.queue]
        with self._log_path.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self._env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        return self

    def kill(self) -> None:
        """SIGKILL, to itself alone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Hold it to its promise: exit code 0 in time, no traceback in anything it ever wrote."""
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(60)
        assert code == 0, f"it ended with {code}:\n{self.log[-4000:]}"
        assert "Traceback" not in self.log, self.log[-8000:]


class Queue:
    """What people do with a queue: by Testflinger's API."""

    def __init__(self, dashboard: Dashboard, name: str, token: str = "") -> None:
        self._dashboard = dashboard
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.name = name

    def request(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        status, answer, _ = self._dashboard.request(method, path, body, headers=self._headers)
        return status, answer

    def get(self, path: str) -> Any:
        """The JSON at `path`, which must answer 200."""
        status, answer = self.request("GET", path)
        assert status == 200, answer
        return json.loads(answer)

    def submit(self, test_cmds: Any, **more: Any) -> str:
        job = {"job_queue": self.name, "test_data": {"test_cmds": test_cmds}, **more}
        status, body = self.request("POST", "/v1/job", job)
        assert status == 200, body
        return str(json.loads(body)["job_id"])

    def result(self, job_id: str) -> dict[str, Any]:
        status, body = self.request("GET", f"/v1/result/{job_id}")
        return dict(json.loads(body)) if status == 200 else {}

    def wait_state(self, job_id: str, *states: str, timeout: float = 120.0) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            result = self.result(job_id)
            return result if result.get("job_state") in states else None

        return wait_for(look, timeout, f"job {job_id} to be {' or '.join(states)}")

    def wait_ended(self, job_id: str, timeout: float = 120.0) -> dict[str, Any]:
        return self.wait_state(job_id, "complete", "cancelled", timeout=timeout)

    def wait_output(self, job_id: str, text: str) -> None:
        wait_for(lambda: text in self.result(job_id).get("test_output", ""), 120, f"{text!r} from job {job_id}")

    def cancel(self, job_id: str) -> None:
        status, body = self.request("POST", f"/v1/job/{job_id}/action", {"action": "cancel"})
        assert status == 200, body

    def agent(self, name: str) -> dict[str, Any]:
        return dict(self.get(f"/v1/agents/data/{name}"))
