"""What a job's commands get to know, and what not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from livewall_agent import environment, settings
from livewall_agent.jobwire import Job

ID = "5f0c7b2e-8d43-4c1c-9a39-6f0d1f3a7d11"


def of(own: dict[str, str], **definition: Any) -> dict[str, str]:
    given = {"server": "http://wall", "queues": ("q",), "name": "rpi4-2", "labels": {"arch": "arm64", "os": "debian"}}
    chosen = settings.read(None, given, own)
    job = Job.read({"job_id": ID, **definition})
    return environment.of_job(job, chosen, token="of the job", folder=Path("/jobs/1"), own=own)


def test_environment_nothing_of_the_agent_s_own_but_what_programs_need() -> None:
    own = {
        "LIVEWALL_TOKEN": "lw_secret",
        "AWS_SECRET_KEY": "s",
        "PATH": "/bin",
        "LC_ALL": "C",
        "CREDENTIALS_DIRECTORY": "/x",
    }
    told = of(own)
    assert not {"AWS_SECRET_KEY"} & told.keys()
    assert "lw_secret" not in str(told)
    assert told["PATH"].startswith("/bin:") and told["LC_ALL"] == "C"
    assert told["LIVEWALL_TOKEN"] == "of the job"


def test_environment_a_token_of_agent_toml_goes_before_the_job_s() -> None:
    """As where jobs report to another wall than the one that they are of."""
    given = {"server": "http://wall", "queues": ("q",), "environment": {"LIVEWALL_TOKEN": "of agent.toml"}}
    chosen = settings.read(None, given, {})
    told = environment.of_job(Job.read({"job_id": ID}), chosen, token="of the job", folder=Path("/jobs/1"), own={})
    assert told["LIVEWALL_TOKEN"] == "of agent.toml"


def test_environment_makes_a_robot_inside_a_run_of_this_job() -> None:
    told = of({}, labels={"os": "ubuntu", "x": "a,b\nc"}, commit="1f3a", branch="main", repository="fw")
    assert told["LIVEWALL_JOB"] == ID
    assert told["LIVEWALL_URL"] == "http://wall"
    assert told["LIVEWALL_SETUP"] == "rpi4-2"
    assert told["LIVEWALL_LABELS"] == "agent=rpi4-2,arch=arm64,os=ubuntu,x=a b c"
    assert (told["LIVEWALL_COMMIT"], told["LIVEWALL_BRANCH"], told["LIVEWALL_REPOSITORY"]) == ("1f3a", "main", "fw")
    assert told["TMPDIR"] == "/jobs/1/tmp"


def test_environment_an_empty_value_is_not_set() -> None:
    assert "LIVEWALL_COMMIT" not in of({})
