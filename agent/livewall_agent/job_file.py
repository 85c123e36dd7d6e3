"""A job as people write it: a file of YAML, which JSON is too."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import yaml

from livewall_agent.errors import BadJob
from livewall_agent.jobwire import PHASES

_LARGEST = 16 * 1024 * 1024
_OWN = {"job_queue", *(f"{phase}_data" for phase in PHASES)}


def read_job(path: Path) -> dict[str, Any]:
    """Raises BadJob, which says where in the file it is wrong."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        job = yaml.safe_load(data) if len(data) <= _LARGEST else None
    except OSError as error:
        raise BadJob(f"{path} cannot be read: {error.strerror}") from None
    except RecursionError:
        raise BadJob(f"{path} is nested too deeply") from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise BadJob(f"{path}{where}: this is not YAML: {getattr(error, 'problem', None) or error}") from None
    if not isinstance(job, dict):
        raise BadJob(f"{path} holds no job: lines like `job_queue: rpi4` are expected")
    return {str(name): value for name, value in job.items()}


def near_misses(job: dict[str, Any]) -> list[str]:
    """Words about members that look like ours, and are not: a job passes on whatever it holds."""
    return [
        f"{name} is passed on as it is; did you mean {near[0]}?"
        for name in sorted(job.keys() - _OWN)
        if (near := difflib.get_close_matches(name, _OWN - job.keys(), 1, 0.85))
    ]
