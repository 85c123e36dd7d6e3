"""Real agents, and jobs that they run."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from .environment import quiet_environment
from .waiting import wait_for

COMMAND = (sys.executable, "-m", "livewall_agent")


def write_config(folder: Path, text: str) -> Path:
    path = folder / f"agent-{uuid.uuid4().hex[:8]}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def start_trying(folder: Path, job: Mapping[str, Any], config: str, **env: str) -> subprocess.Popen[bytes]:
    """`livewall-agent try` on the job; its standard output and error are pipes."""
    path = folder / f"job-{uuid.uuid4().hex[:8]}.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    told = 'server = "http://127.0.0.1:9"\nqueues = ["q"]\n' + config
    return subprocess.Popen(
        [*COMMAND, "try", "--config", str(write_config(folder, told)), str(path)],
        env={**quiet_environment(), "TMPDIR": str(folder), **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def try_job(folder: Path, job: Mapping[str, Any], config: str = "", **env: str) -> subprocess.CompletedProcess[bytes]:
    process = start_trying(folder, job, config, **env)
    out, err = process.communicate(timeout=60)
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
