"""The folder of an instance: all that is known of it, so that another agent process can go on from there.

instance.json   which build left it, and how it is run
lock            held while anything of it may be running
commands/       the scripts that are run
work/           what was the job's folder, as its steps left it; the commands run there
tmp/            its TMPDIR
log/            the end of what it has written
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from livewall_agent.errors import BadJob
from livewall_agent.job_folder import JobFolder
from livewall_agent.jobwire import Job
from livewall_agent.kept_folder import KeptFolder
from livewall_agent.plain_file import write_whole

TIMEOUT = 120.0
"""Seconds in which one has to answer that says nothing of that."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """What a build left to be run. `variables`: of its environment. `health`: a path; `timeout`: seconds."""

    number: int
    job: str
    command: str
    cleanup: str = ""
    health: str = "/"
    timeout: float = TIMEOUT
    variables: dict[str, str] = field(default_factory=dict)


def order_of(job: Job) -> Order | None:
    """None for a job that leaves nothing running."""
    build = job.definition.get("branch_build")
    if not isinstance(build, Mapping):
        return None
    run = build.get("run")
    if not isinstance(run, Mapping) or not run.get("command"):
        return None
    try:
        return Order(
            int(build["number"]),
            job.id,
            str(run["command"]),
            str(run.get("cleanup") or ""),
            str(run.get("health") or "/"),
            float(run.get("timeout") or TIMEOUT),
            {str(name): str(value) for name, value in dict(build.get("variables") or {}).items()},
        )
    except (KeyError, TypeError, ValueError):
        raise BadJob(f"what job {job.id} says is to be left running makes no sense") from None


class InstanceFolder(KeptFolder):
    """One that is there. Raises OSError, BadJob where it is damaged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.order = _read(path / "instance.json")
        self.log = path / "log" / "server.log"

    def script(self, name: str, command: str) -> str:
        """As a file: a command may be longer than an argument can be. Raises OSError."""
        script = self.path / "commands" / f"{name}.sh"
        script.write_text(f"{command}\n", encoding="utf-8", errors="surrogateescape")
        return str(script)


def adopt(instances: Path, job_folder: JobFolder, order: Order, user: str) -> InstanceFolder:
    """Make one of what a job has left. May be done twice. Raises OSError, BadJob.

    `user`: who is to own what it may write.
    """
    path = instances / f"{order.number}-{order.job[:8]}"
    if not path.exists():
        new = instances / f".{path.name}.new"
        new.mkdir(parents=True, exist_ok=True, mode=0o711)
        instances.chmod(0o711)
        write_whole(new / "instance.json", json.dumps(asdict(order)))
        for name in ("tmp", "log", "commands"):
            (new / name).mkdir(exist_ok=True)
            if user and name != "commands":
                shutil.chown(new / name, user)
        if job_folder.work.exists():
            job_folder.work.rename(new / "work")
        if not (new / "work").exists():  # it was here, and is gone already
            shutil.rmtree(new, ignore_errors=True)
            raise BadJob("its folder is gone")
        new.rename(path)
    return InstanceFolder(path)


def left_behind(instances: Path) -> Iterator[InstanceFolder]:
    """Those that an earlier process kept. What was half made is made to its end when its job is taken up."""
    for path in sorted(instances.iterdir()) if instances.is_dir() else ():
        if path.name.startswith("."):
            continue
        try:
            yield InstanceFolder(path)
        except (OSError, BadJob) as error:
            log.error("What lies in %s is no instance, and stays: %s", path, error)


def _read(path: Path) -> Order:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Order(**found)
    except (ValueError, TypeError):
        raise BadJob(f"{path} is damaged") from None
