"""The environment of a job's commands: what it needs of the agent's own, and nothing that is secret there. Pure."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from livewall_agent.jobwire import Job
from livewall_agent.settings import Settings

PASSED_ON = (
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TZ", "LANG", "LANGUAGE", "TERM", "DISPLAY", "XAUTHORITY",
    "XDG_RUNTIME_DIR", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
)  # fmt: skip
"""Beside everything that begins with LC_."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def of_job(job: Job, settings: Settings, *, token: str, folder: Path, own: Mapping[str, str]) -> dict[str, str]:
    """All of it: what makes a robot inside a run of this job, and where its files are.

    `token` is for this job alone; one that agent.toml sets goes before it. The job's own labels go before the agent's.
    `own`: the agent's environment.
    """
    labels = {"agent": settings.name, **settings.labels, **job.labels}
    told = {
        "LIVEWALL_TOKEN": settings.environment.get("LIVEWALL_TOKEN", token),
        "LIVEWALL_SPOOL": str(spool_of(settings, job.id)),
        "LIVEWALL_SETUP": settings.setup,
        "LIVEWALL_LABELS": ",".join(f"{_plain(key)}={_plain(value)}" for key, value in labels.items()),
        "LIVEWALL_JOB": job.id,
        **{f"LIVEWALL_{name.upper()}": _line(job.text(name)) for name in ("commit", "branch", "repository", "suite")},
        "TMPDIR": str(folder / "tmp"),
        "PYTHONUNBUFFERED": "1",  # so that its output is seen as it comes
    }
    return {**of_agent(settings, own), **{name: value for name, value in told.items() if value}}


def of_instance(
    settings: Settings, variables: Mapping[str, str], *, folder: Path, own: Mapping[str, str]
) -> dict[str, str]:
    """What a build left running knows: nothing of the wall, and no token, neither of its job nor of the agent."""
    kept = {name: value for name, value in of_agent(settings, own).items() if not name.startswith("LIVEWALL_")}
    told = {name: value for name, value in variables.items() if _NAME.fullmatch(name) and "\0" not in value}
    return {**kept, **told, "TMPDIR": str(folder / "tmp"), "PYTHONUNBUFFERED": "1"}


def of_agent(settings: Settings, own: Mapping[str, str]) -> dict[str, str]:
    """What is the same for all jobs."""
    told = {
        "LIVEWALL_URL": settings.server,
        "LIVEWALL_CA": settings.ca,
    }
    kept = _inherited(own, settings.pass_environment)
    kept["PATH"] = os.pathsep.join([kept.get("PATH", os.defpath), str(Path(sys.executable).parent)])  # robot is there
    return {**kept, **{name: value for name, value in told.items() if value}, **settings.environment}


def spool_of(settings: Settings, job_id: str) -> Path:
    """Where robots in a job keep what they could not deliver: with each job's token goes a folder of its own."""
    return settings.state / "spool" / job_id


def _plain(text: str) -> str:
    """As a part of a list with commas."""
    return _line(text).replace(",", " ")


def _line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _inherited(own: Mapping[str, str], also: Iterable[str]) -> dict[str, str]:
    """Of the agent's environment; `also`: names that agent.toml adds."""
    names = {*PASSED_ON, *also}
    return {name: value for name, value in own.items() if name in names or name.startswith("LC_")}
