"""The folder of a job on this machine: all that is known of it, so that another agent process can go on from there.

job.json        what was claimed
report.json     how far it is
output.spool    what its commands wrote, in fragments; serial.spool: what they wrote of the rig's console
lock            held while anything of the job may be running
work/           where its commands run; work/artifacts/ is sent to the server
tmp/            its TMPDIR
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from livewall_agent.errors import BadJob
from livewall_agent.jobwire import Job
from livewall_agent.kept_folder import KeptFolder
from livewall_agent.plain_file import read_plain, write_whole

_MOST_DEVICE_INFO = 1_000_000


@dataclass
class Report:
    """`state`: what the job became (`complete`, `cancelled`), "lost", or "" while it runs."""

    phase: str = ""
    statuses: dict[str, int] = field(default_factory=dict)
    state: str = ""
    device_info: dict[str, Any] = field(default_factory=dict)
    artifact_sent: bool = False

    @property
    def is_over(self) -> bool:
        return bool(self.state)


class JobFolder(KeptFolder):
    """Below `jobs`, with the job's id as its name."""

    def __init__(self, jobs: Path, job_id: str) -> None:
        self.path = jobs / job_id
        self.work = self.path / "work"
        self.artifacts = self.work / "artifacts"
        self.spools = {kind: self.path / f"{kind}.spool" for kind in ("output", "serial")}

    def create(self, job: Job, user: str = "") -> None:
        """Raises OSError: a full disk, a folder of that name. `user`: who is to own what the job may write."""
        self.path.mkdir(parents=True, mode=0o711)
        _write(self.path / "job.json", job.definition)
        self.save(Report())
        for folder in (self.work, self.artifacts, self.path / "tmp", self.path / "commands"):
            folder.mkdir()
            if user:
                shutil.chown(folder, user)
        for name in ("job.json", "testflinger.json"):  # the second one is what programs made for Testflinger read
            _write(self.work / name, job.definition)
        (self.path / "lock").touch()

    def job(self) -> Job:
        """Raises OSError, BadJob: it was killed before this was written."""
        try:
            return Job.read(json.loads((self.path / "job.json").read_text(encoding="utf-8")))
        except ValueError:
            raise BadJob(f"{self.path}/job.json is damaged") from None

    def save(self, report: Report) -> None:
        """Raises OSError."""
        _write(self.path / "report.json", asdict(report))

    def report(self) -> Report:
        try:
            return Report(**json.loads((self.path / "report.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Report()

    def device_info(self) -> dict[str, Any]:
        """What a command says of the rig, in `device-info.json`; {} where it says nothing that can be read."""
        data, _ = read_plain(self.work / "device-info.json", _MOST_DEVICE_INFO) or (b"", 0)
        with suppress(ValueError, RecursionError):
            found = json.loads(data)
            return found if isinstance(found, dict) else {}
        return {}


def left_behind(jobs: Path) -> list[JobFolder]:
    """Those of jobs that an earlier process began."""
    return [JobFolder(jobs, path.name) for path in sorted(jobs.iterdir())] if jobs.is_dir() else []


def _write(path: Path, value: Any) -> None:
    write_whole(path, json.dumps(value))
