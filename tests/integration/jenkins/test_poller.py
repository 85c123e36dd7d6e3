"""What the poller asks, how often, and what it makes of it: hours of it, by a clock of the test's."""

from __future__ import annotations

import pytest

from livewall_dashboard.jenkins import client
from livewall_dashboard.jenkins.known import MOST_JOBS
from livewall_dashboard.jenkins.pace import REQUESTS
from livewall_dashboard.jenkins.poller import LONGEST_JOB_PAUSE, STAGES_PAUSE
from livewall_dashboard.jenkins.request_order import REREAD
from support.jenkins import Job, RecordedJenkins
from support.jenkins.asking import Asking
from support.jenkins.items import PIPELINE, stage

pytestmark = pytest.mark.any_python

MINUTE, HOUR = 60.0, 3600.0


def lab(jenkins: RecordedJenkins, count: int = 200, *, name: str = "job-{:03}", builds: int = 10) -> list[Job]:
    jobs = [jenkins.add(name.format(number)) for number in range(count)]
    for job in jobs:
        for _ in range(builds):
            job.build()
    return jobs


# ---------------------------------------------------------------- the budget


def test_200_quiet_jobs_cost_one_request_a_poll(jenkins: RecordedJenkins) -> None:
    lab(jenkins)
    asking = Asking(jenkins, "**")
    asking.pass_time(2 * MINUTE)
    assert {len(asking.builds(name)) for name in asking.poller.known.jobs} == {10}
    assert len(asking.poller.known.jobs) == 200
    learning = len(asking.asked)
    assert learning <= 6  # an overview, four slices of 50, an overview
    asking.pass_time(10 * MINUTE)
    assert len(asking.asked) - learning == 10
    assert asking.busiest_minute() <= REQUESTS


def test_200_jobs_that_all_run_are_read_every_minute(jenkins: RecordedJenkins) -> None:
    for job in lab(jenkins, builds=3):
        job.build(result=None)
    asking = Asking(jenkins, "*")
    asking.pass_time(15 * MINUTE)
    assert asking.busiest_minute() <= REQUESTS
    assert max(asking.ages()) <= 2 * MINUTE


def test_200_jobs_each_in_a_folder_of_its_own(jenkins: RecordedJenkins) -> None:
    for job in lab(jenkins, name="project-{:03}/main", builds=2):
        job.build(result=None)
    asking = Asking(jenkins, "*/main")
    asking.pass_time(15 * MINUTE)
    assert len(asking.poller.known.jobs) == 200
    assert asking.busiest_minute() <= REQUESTS
    assert max(asking.ages()) <= 2 * MINUTE


def test_200_jobs_named_one_by_one(jenkins: RecordedJenkins) -> None:
    lab(jenkins, 300)
    asking = Asking(jenkins, *(f"job-{number:03}" for number in range(200)))
    asking.pass_time(3 * MINUTE)
    assert len(asking.poller.known.jobs) == 200
    assert max(asking.ages()) <= 3 * MINUTE
    assert len(asking.asked) <= 8


def test_somebody_who_looks_all_day_costs_no_more_and_starves_nobody(jenkins: RecordedJenkins) -> None:
    jobs = lab(jenkins, builds=1)
    jobs[0].build(result=None)
    asking = Asking(jenkins, "*")
    asking.pass_time(5 * MINUTE, looking_at="job-000")
    for job in jobs[100:150]:
        job.build(result=None)
    asking.pass_time(3 * MINUTE, looking_at="job-000")
    assert all(asking.builds(f"job-{number}")[0].building for number in range(100, 150))
    assert asking.busiest_minute() <= REQUESTS


def test_a_job_looked_at_is_read_more_often(jenkins: RecordedJenkins) -> None:
    jenkins.add("smoke").build(result=None)
    asking = Asking(jenkins, "smoke", poll_seconds=600)
    asking.pass_time(10 * MINUTE)
    idle = len(asking.asked)
    asking.pass_time(10 * MINUTE, looking_at="smoke")
    assert len(asking.asked) - idle >= 20
    assert asking.busiest_minute() <= REQUESTS


# ---------------------------------------------------------------- news


def test_a_new_build_is_known_after_one_poll(jenkins: RecordedJenkins) -> None:
    jobs = lab(jenkins)
    asking = Asking(jenkins, "*")
    asking.pass_time(3 * MINUTE)
    before = len(asking.asked)
    number = jobs[77].build(result=None)
    asking.pass_time(MINUTE)
    assert asking.builds("job-077")[0].number == number
    assert len(asking.asked) - before == 2  # the overview, and this job alone


def test_the_end_of_a_build_is_known_after_one_poll(jenkins: RecordedJenkins) -> None:
    job = jenkins.add("smoke")
    number = job.build(result=None)
    asking = Asking(jenkins, "smoke")
    asking.pass_time(MINUTE)
    assert asking.builds("smoke")[0].building
    job.end(number, "FAILURE")
    asking.pass_time(2 * MINUTE)
    assert asking.builds("smoke")[0].result == "FAILURE"


def test_what_changes_without_a_build_is_known_after_a_while(jenkins: RecordedJenkins) -> None:
    job = jenkins.add("smoke")
    for _ in range(3):
        job.build()
    asking = Asking(jenkins, "smoke")
    asking.pass_time(MINUTE)
    job.delete(2)
    job.find(3)["description"] = "told later"
    asking.pass_time(REREAD + MINUTE)
    assert [(build.number, build.description) for build in asking.builds("smoke")] == [(3, "told later"), (1, "")]


def test_a_started_build_is_followed_up_at_once(jenkins: RecordedJenkins) -> None:
    job = jenkins.add("smoke")
    asking = Asking(jenkins, "smoke")
    asking.pass_time(MINUTE)
    job.build(result=None)
    asking.poller.expect_news("smoke")
    asking.poller.step()
    assert asking.builds("smoke")[0].building


# ---------------------------------------------------------------- jobs come, go and break


def test_jobs_come_and_go(jenkins: RecordedJenkins) -> None:
    jenkins.add("nightly/a")
    asking = Asking(jenkins, "nightly/*")
    asking.pass_time(MINUTE)
    jenkins.add("nightly/b")
    jenkins.remove("nightly/a")
    asking.pass_time(2 * MINUTE)
    assert asking.poller.known.matches == {"nightly/*": ("nightly/b",)}


def test_a_job_deleted_while_it_is_asked_for(jenkins: RecordedJenkins) -> None:
    jenkins.add("smoke")
    asking = Asking(jenkins, "smoke")

    def delete(path: str) -> None:
        if path.startswith("job/smoke/"):
            jenkins.remove("smoke")
            asking.before = lambda path: None

    asking.before = delete
    asking.pass_time(5.0)
    assert asking.poller.known.jobs["smoke"].gone
    assert asking.poller.condition.state == "ok"
    asking.pass_time(2 * MINUTE)
    assert asking.poller.known.matches == {"smoke": ()}


def test_jobs_deleted_while_their_neighbours_are_asked_for(jenkins: RecordedJenkins) -> None:
    lab(jenkins, 60, builds=1)
    asking = Asking(jenkins, "*")
    asking.poller.step()
    for number in range(10):
        jenkins.remove(f"job-{number:03}")
    asking.pass_time(3 * MINUTE)
    assert len(asking.poller.known.jobs) == 50
    assert all(asking.builds(name) for name in asking.poller.known.jobs)
    assert asking.busiest_minute() <= REQUESTS


def test_one_broken_job_hides_no_other(jenkins: RecordedJenkins) -> None:
    jobs = lab(jenkins, builds=1)
    jobs[60].broken = True
    asking = Asking(jenkins, "*")
    asking.pass_time(10 * MINUTE)
    unknown = [name for name in asking.poller.known.jobs if not asking.builds(name)]
    assert unknown == ["job-060"]
    assert "500" in asking.poller.known.jobs["job-060"].trouble
    assert asking.poller.condition.state == "ok"
    assert asking.busiest_minute() <= REQUESTS
    jobs[60].broken = False
    asking.pass_time(LONGEST_JOB_PAUSE + MINUTE)
    assert asking.builds("job-060")
    assert asking.poller.known.jobs["job-060"].trouble == ""


def test_what_went_wrong_does_not_count_as_heard(jenkins: RecordedJenkins) -> None:
    jenkins.add("smoke").build(result=None)
    asking = Asking(jenkins, "smoke")
    asking.pass_time(1.0)
    heard = asking.poller.condition.polled_at
    jenkins.fail("status", 500, path="job/smoke/")
    asking.poller.expect_news("smoke")
    asking.poller.step()
    assert asking.poller.condition.polled_at == heard
    assert asking.builds("smoke"), "what was known is still there"


def test_a_folder_that_is_not_there(jenkins: RecordedJenkins) -> None:
    jenkins.add("smoke")
    asking = Asking(jenkins, "no/such/folder/job")
    asking.pass_time(2 * MINUTE)
    assert asking.poller.known.has_overview
    assert asking.poller.known.matches == {"no/such/folder/job": ()}
    assert asking.poller.condition.state == "ok"


def test_an_address_without_a_jenkins_is_no_missing_folder(jenkins: RecordedJenkins) -> None:
    jenkins.prefix = "/ci/"
    asking = Asking(jenkins, "smoke")
    asking.pass_time(1.0)
    assert asking.poller.condition.state == "away"


def test_a_branch_written_as_people_do(jenkins: RecordedJenkins) -> None:
    jenkins.add("proj/feature%2Fx").build()
    asking = Asking(jenkins, "proj/feature/x")
    asking.pass_time(MINUTE)
    assert len(asking.builds("proj/feature%2Fx")) == 1


def test_an_overview_that_is_too_large_is_asked_for_in_parts(
    jenkins: RecordedJenkins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER", 20_000)
    lab(jenkins, 200, name="archive/sub/job-{:03}", builds=0)
    for name in ("smoke", "team/a/x", "team/b/y"):
        jenkins.add(name).build()
    asking = Asking(jenkins, "smoke", "team/a/*", "team/b/y")
    asking.pass_time(3 * MINUTE)
    assert asking.poller.known.jobs.keys() == {"smoke", "team/a/x", "team/b/y"}
    assert all(asking.builds(name) for name in asking.poller.known.jobs)
    assert asking.poller.condition.state == "ok"


def test_what_cannot_be_parted_is_looked_through_in_part_and_said(
    jenkins: RecordedJenkins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER", 20_000)
    lab(jenkins, 200, builds=0)
    asking = Asking(jenkins, "*", "job-199")
    asking.pass_time(2 * MINUTE)
    assert asking.poller.condition.state == "ok"
    assert asking.poller.known.jobs.keys() == {*(f"job-{number:03}" for number in range(78)), "job-199"}
    assert asking.poller.as_server().message == (
        "Only the first 78 jobs of a folder are looked through for *. Name folders or jobs more closely."
    )


# ---------------------------------------------------------------- a large Jenkins


def test_of_25000_jobs_the_two_that_are_named_are_asked_for(jenkins: RecordedJenkins) -> None:
    for number in range(25_000):
        jenkins.root.items[f"job-{number:05}"] = Job(f"job-{number:05}")
    jenkins.add("job-24000").build()
    jenkins.add("smoke", classes=PIPELINE).build(result=None)
    asking = Asking(jenkins, "job-24000", "smoke", "no-such-job")
    asking.pass_time(MINUTE)
    assert [len(asking.builds(name)) for name in ("job-24000", "smoke")] == [1, 1]
    assert asking.poller.known.jobs["smoke"].seen.is_pipeline
    assert asking.poller.known.jobs["no-such-job"].gone
    assert asking.poller.condition.state == "ok"
    assert jenkins.bytes_sent < 200_000
    before = len(asking.asked)
    asking.pass_time(10 * MINUTE)
    assert all(path.startswith("job/") for _, path in asking.asked[before:]), "the whole of it is never asked for"
    jenkins.root.items["job-24000"].build()  # type: ignore[union-attr]
    asking.pass_time(2 * MINUTE)
    assert len(asking.builds("job-24000")) == 2


def test_a_pattern_for_too_many_jobs_is_followed_in_part_and_said(jenkins: RecordedJenkins) -> None:
    for number in range(6000):
        jenkins.root.items[f"job-{number:05}"] = Job(f"job-{number:05}")
    asking = Asking(jenkins, "job-*", "job-05999")
    asking.pass_time(5.0)
    assert len(asking.poller.known.jobs) == MOST_JOBS + 1
    said = asking.poller.as_server().message
    assert "first 5,000 jobs of a folder are looked through for job-*" in said
    assert "Of the 5,000 jobs that are meant, the first 1,000 are followed" in said


# ---------------------------------------------------------------- stages


def stages_asked(asking: Asking) -> int:
    return sum("wfapi" in path for _, path in asking.asked)


def test_stages_are_asked_for_where_somebody_looks(jenkins: RecordedJenkins) -> None:
    job = jenkins.add("pipe", classes=PIPELINE)
    job.stages[job.build()] = [stage("Build"), stage("Test", "FAILED")]
    asking = Asking(jenkins, "pipe")
    asking.pass_time(10 * MINUTE)
    assert stages_asked(asking) == 0
    asking.pass_time(10 * MINUTE, looking_at="pipe")
    assert [each.name for each in asking.poller.known.jobs["pipe"].stages[1].stages] == ["Build", "Test"]
    assert stages_asked(asking) == 1  # a finished build's do not change


def test_a_running_builds_stages_are_followed(jenkins: RecordedJenkins) -> None:
    job = jenkins.add("pipe", classes=PIPELINE)
    number = job.build(result=None)
    job.stages[number] = [stage("Build", "IN_PROGRESS")]
    asking = Asking(jenkins, "pipe")
    asking.pass_time(MINUTE, looking_at="pipe")
    job.stages[number] = [stage("Build"), stage("Test")]
    job.end(number)
    asking.pass_time(2 * MINUTE, looking_at="pipe")
    assert len(asking.poller.known.jobs["pipe"].stages[number].stages) == 2
    before = stages_asked(asking)
    asking.pass_time(10 * MINUTE, looking_at="pipe")
    assert stages_asked(asking) == before


def test_without_the_plugin_it_is_not_asked_for_again(jenkins: RecordedJenkins) -> None:
    jenkins.stage_view = False
    jenkins.add("pipe", classes=PIPELINE).build(result=None)
    asking = Asking(jenkins, "pipe")
    asking.pass_time(STAGES_PAUSE / 2, looking_at="pipe")
    assert stages_asked(asking) == 1
    assert asking.poller.condition.state == "ok"


@pytest.mark.parametrize("status", [403, 500])
def test_stages_that_are_refused_spoil_nothing_else(status: int, jenkins: RecordedJenkins) -> None:
    jenkins.add("pipe", classes=PIPELINE).build(result=None)
    jenkins.fail("status", status, path="wfapi")
    asking = Asking(jenkins, "pipe")
    asking.pass_time(10 * MINUTE, looking_at="pipe")
    assert stages_asked(asking) == 1
    assert asking.poller.condition.state == "ok"
    assert asking.builds("pipe")


def test_freestyle_jobs_have_no_stages(jenkins: RecordedJenkins) -> None:
    jenkins.add("smoke").build()
    asking = Asking(jenkins, "smoke")
    asking.pass_time(10 * MINUTE, looking_at="smoke")
    assert stages_asked(asking) == 0


# ---------------------------------------------------------------- other wishes


def test_other_jobs_keep_what_is_known_of_those_that_stay(jenkins: RecordedJenkins) -> None:
    for name in ("a", "b", "c"):
        jenkins.add(name).build()
    asking = Asking(jenkins, "a", "b")
    asking.pass_time(MINUTE)
    kept = asking.poller.known.jobs["b"]
    asking.poller.want(["b", "c"])
    asking.pass_time(MINUTE)
    assert asking.poller.known.jobs.keys() == {"b", "c"}
    assert asking.poller.known.jobs["b"] is kept
    assert asking.builds("c")


def test_without_jobs_nothing_is_asked(jenkins: RecordedJenkins) -> None:
    asking = Asking(jenkins)
    asking.pass_time(HOUR)
    assert asking.asked == []
