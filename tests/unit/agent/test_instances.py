"""What an agent keeps of a job, before anything of it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from livewall_agent import environment, health
from livewall_agent.errors import BadJob, Misconfigured
from livewall_agent.health import Health
from livewall_agent.instance_folder import Order, adopt, left_behind, order_of
from livewall_agent.instancewire import MOST_LOG
from livewall_agent.job_folder import JobFolder
from livewall_agent.jobwire import Job
from livewall_agent.rotating_log import MOST, RotatingLog, older, read_end
from livewall_agent.settings import Settings, read

ID = str(uuid4())
RUN = {"command": "serve", "cleanup": "", "health": "/", "timeout": 5}
SETTINGS = Settings("http://wall", "rig", {"q": ""}, environment={"LIVEWALL_TOKEN": "lw_secret", "COLOUR": "red"})


def job(build: Any) -> Job:
    return Job.read({"job_id": ID, "job_queue": "q", "branch_build": build})


def test_what_a_job_leaves_running() -> None:
    order = order_of(job({"number": 7, "run": RUN, "variables": {"BUNDLE": "main"}}))
    assert order == Order(7, ID, "serve", "", "/", 5.0, {"BUNDLE": "main"})


@pytest.mark.parametrize("build", [None, "x", {}, {"number": 7}, {"number": 7, "run": None}, {"run": {"command": ""}}])
def test_most_jobs_leave_nothing(build: Any) -> None:
    assert order_of(job(build)) is None


@pytest.mark.parametrize(
    "build", [{"run": RUN}, {"number": "x", "run": RUN}, {"number": 7, "run": {**RUN, "timeout": "soon"}}]
)
def test_what_makes_no_sense_is_not_kept(build: Any) -> None:
    with pytest.raises(BadJob):
        order_of(job(build))


def test_it_knows_its_commits_and_no_secret(tmp_path: Path) -> None:
    variables = {"BUNDLE": "$(id) \u200b", "COMMIT_a": "1", "odd name": "x", "NUL": "a\0b"}
    own = {"PATH": "/bin", "LIVEWALL_TOKEN": "lw_mine", "SECRET": "x"}
    told = environment.of_instance(SETTINGS, variables, folder=tmp_path, own=own)
    assert {name: told[name] for name in ("BUNDLE", "COMMIT_a", "COLOUR")} == {
        "BUNDLE": "$(id) \u200b", "COMMIT_a": "1", "COLOUR": "red",
    }  # fmt: skip
    assert told["TMPDIR"] == str(tmp_path / "tmp")
    assert not {"odd name", "NUL", "SECRET"} & told.keys()
    assert not [name for name in told if name.startswith("LIVEWALL_")]


@pytest.fixture
def ended(tmp_path: Path) -> JobFolder:
    """The folder of a job that has left a file."""
    folder = JobFolder(tmp_path / "jobs", ID)
    folder.create(job({"number": 7, "run": RUN}))
    (folder.work / "left").write_text("here", encoding="utf-8")
    return folder


ORDER = Order(7, ID, "serve")


def test_adopted_twice_it_is_there_once(tmp_path: Path, ended: JobFolder) -> None:
    kept = adopt(tmp_path / "instances", ended, ORDER, "")
    assert (kept.path / "work" / "left").read_text(encoding="utf-8") == "here"
    assert not ended.work.exists()
    assert adopt(tmp_path / "instances", ended, ORDER, "").path == kept.path
    (found,) = left_behind(tmp_path / "instances")
    assert found.order == ORDER


@pytest.mark.parametrize("moved", [False, True])
def test_killed_while_it_is_adopted(tmp_path: Path, ended: JobFolder, moved: bool) -> None:
    """Whatever was made of it is no instance, until it is made to its end."""
    half = tmp_path / "instances" / f".7-{ID[:8]}.new"
    half.mkdir(parents=True)
    if moved:
        ended.work.rename(half / "work")
    assert not list(left_behind(tmp_path / "instances"))
    kept = adopt(tmp_path / "instances", ended, ORDER, "")
    assert (kept.path / "work" / "left").exists()
    assert [each.order for each in left_behind(tmp_path / "instances")] == [ORDER]


def test_one_that_is_gone_is_not_adopted_again(tmp_path: Path, ended: JobFolder) -> None:
    adopt(tmp_path / "instances", ended, ORDER, "").remove()
    with pytest.raises(BadJob, match="gone"):
        adopt(tmp_path / "instances", ended, ORDER, "")
    assert not list((tmp_path / "instances").iterdir())


def test_a_damaged_one_is_left_alone(tmp_path: Path, ended: JobFolder) -> None:
    kept = adopt(tmp_path / "instances", ended, ORDER, "")
    (kept.path / "instance.json").write_text(json.dumps({"number": 7, "odd": 1}), encoding="utf-8")
    assert not list(left_behind(tmp_path / "instances"))
    assert (kept.path / "work" / "left").exists()


def test_of_its_log_the_end_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    log, line = RotatingLog(path), b"x" * 999 + b"\n"
    for _ in range(2500):
        log.write(line)
    RotatingLog(path).write("the last ä\n".encode())
    assert path.stat().st_size + older(path).stat().st_size <= 2 * MOST
    end = read_end(path, MOST_LOG)
    assert len(end) <= MOST_LOG
    assert end.endswith("x\nthe last ä\n")
    assert read_end(tmp_path / "none", 10) == ""


def test_a_health_check_says_why() -> None:
    port = health.free_port()
    assert health.trouble(port, "/up").startswith("GET /up has no answer")


def test_one_slow_answer_is_no_reason_to_end_it() -> None:
    answers = Health()
    answers.note("no answer", 100.0)
    assert (answers.unhealthy_since, answers.why_end_it(1000.0, 60.0)) == (100.0, "")
    answers.note("", 1000.0)
    assert answers.unhealthy_since is None
    for asked_at in (2000.0, 2010.0, 2020.0):
        answers.note("no answer", asked_at)
    assert answers.why_end_it(2059.0, 60.0) == "", "it may take so long to start, too"
    assert answers.why_end_it(2060.0, 60.0) == "it was unhealthy for 60 s (no answer)"
    answers.note("", 2060.0)
    assert answers.why_end_it(9999.0, 60.0) == ""


def test_where_others_reach_it(tmp_path: Path) -> None:
    given = {"server": "http://wall", "queues": ("q",), "state": str(tmp_path)}
    assert read(None, {**given, "host": "rig-1.example"}, {}).host == "rig-1.example"
    with pytest.raises(Misconfigured, match="host"):
        read(None, {**given, "host": "a b"}, {})
