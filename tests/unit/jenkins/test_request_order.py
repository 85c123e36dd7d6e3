"""Which question comes next, and when: decided from what is known alone."""

from __future__ import annotations

from typing import Any

import pytest

from livewall_dashboard.jenkins.known import LOOKING, NEVER, Known, KnownJob, Overview, Part
from livewall_dashboard.jenkins.model import JenkinsBuild
from livewall_dashboard.jenkins.parse import Folder, JobDetails, SeenJob
from livewall_dashboard.jenkins.request_order import (
    LOOKED_PACE,
    REREAD,
    TOGETHER,
    AskJob,
    AskOverview,
    AskSlice,
    AskStages,
    next_question,
)
from livewall_dashboard.jenkins.slices import Slice

POLL = 60.0
NOW = 10_000.0


def details(*, building: bool = False, builds: int = 1) -> JobDetails:
    unsaid: list[Any] = [None, None, None, "", [], "", "", [], [], "", None]
    made = [JenkinsBuild(number, "/job", "#", None, building, *unsaid) for number in range(builds, 0, -1)]
    return JobDetails("Title", "/job", buildable=True, next_build=builds + 1, builds=made)


def job(name: str = "nightly", *, is_pipeline: bool = False, **known: Any) -> KnownJob:
    """Read a second ago, without news, unless said otherwise."""
    seen = SeenJob(name, f"/job/{name}", buildable=True, next_build=2, is_pipeline=is_pipeline)
    return KnownJob(seen, **{"details": details(), "changed": False, "read_at": NOW - 1, **known})


def server(*jobs: KnownJob, overview_read_at: float = NOW, looked_at: float = NEVER) -> Known:
    known = Known(("*",), [Part("", ("*",), read_at=overview_read_at)], {each.seen.name: each for each in jobs})
    known.looked_at = looked_at
    return known


def asked(known: Known) -> Any:
    return next_question(known, POLL, NOW)[0]


def due(known: Known) -> float:
    return next_question(known, POLL, NOW)[1]


def test_nothing_is_asked_of_a_server_without_jobs() -> None:
    assert next_question(Known(), POLL, NOW) == (None, float("inf"))


def test_the_overview_is_due_once_a_poll() -> None:
    assert next_question(server(overview_read_at=NOW - POLL + 1), POLL, NOW) == (None, NOW + 1)
    known = server(overview_read_at=NOW - POLL)
    assert next_question(known, POLL, NOW) == (AskOverview(known.parts[0]), NOW)


def test_who_looks_hastens_the_overview() -> None:
    assert due(server(looked_at=NOW - LOOKING)) == NOW + LOOKED_PACE
    assert due(server(looked_at=NOW - LOOKING - 1)) == NOW + POLL
    known = server(looked_at=NOW)
    assert next_question(known, LOOKED_PACE / 2, NOW)[1] == NOW + LOOKED_PACE / 2, "never slower than the poll"


@pytest.mark.parametrize("news", [{"details": None}, {"changed": True}])
def test_a_job_with_news_is_asked_for_at_once(news: dict[str, Any]) -> None:
    assert asked(server(job(**news))) == AskJob("nightly")
    assert asked(server(job(**news, read_at=NEVER))) == AskJob("nightly")


def test_a_job_without_news_is_read_again_after_a_while() -> None:
    assert due(server(job(read_at=NOW - 1), overview_read_at=NOW + REREAD)) == NOW - 1 + REREAD
    assert asked(server(job(read_at=NOW - REREAD))) == AskJob("nightly")


def test_a_job_that_builds_is_read_once_a_poll() -> None:
    running = job(details=details(building=True), read_at=NOW - 10)
    assert due(server(running, overview_read_at=NOW + POLL)) == NOW - 10 + POLL


def test_a_job_that_is_looked_at_is_read_at_the_pace_of_looking() -> None:
    looked = job(looked_at=NOW - LOOKING, read_at=NOW - 3)
    assert due(server(looked, overview_read_at=NOW + POLL)) == NOW - 3 + LOOKED_PACE
    no_more = job(looked_at=NOW - LOOKING - 1, read_at=NOW - 3)
    assert due(server(no_more, overview_read_at=NOW + REREAD)) == NOW - 3 + REREAD
    known = server(looked, overview_read_at=NOW + POLL)
    assert next_question(known, 5.0, NOW)[1] == NOW - 3 + 5.0, "never slower than the poll"


def test_what_is_due_for_longest_goes_first_and_what_is_looked_at_before_it() -> None:
    longest, other = job("longest", changed=True, read_at=NOW - 9), job("other", changed=True, read_at=NOW - 5)
    assert asked(server(other, longest)) == AskJob("longest")
    looked = job("looked", changed=True, read_at=NOW - 1, looked_at=NOW)
    assert asked(server(other, longest, looked)) == AskJob("looked")
    never = job("never", details=None, read_at=NEVER)
    looked_never = job("looked never", details=None, read_at=NEVER, looked_at=NOW)
    assert asked(server(never, looked_never, longest)) == AskJob("looked never")


def test_a_job_in_trouble_is_left_alone_for_a_while() -> None:
    paused = job(changed=True, paused_until=NOW + 7)
    assert next_question(server(paused, overview_read_at=NOW), POLL, NOW) == (None, NOW + 7)
    assert asked(server(job(changed=True, paused_until=NOW))) == AskJob("nightly")


def test_stages_are_asked_for_while_somebody_looks_at_a_pipeline() -> None:
    def pipeline(**known: Any) -> KnownJob:
        return job(**{"is_pipeline": True, "looked_at": NOW, **known})

    assert asked(server(pipeline())) == AskStages("nightly")
    assert asked(server(pipeline(is_pipeline=False))) is None
    assert asked(server(pipeline(looked_at=NOW - LOOKING - 1))) is None
    assert asked(server(pipeline(stages_paused_until=NOW + 1))) is None
    same = details()
    assert asked(server(pipeline(details=same, stages_of=same))) is None, "asked for already"
    assert asked(server(pipeline(details=same, stages={1: []}))) is None, "all of them are known"
    assert asked(server(pipeline(details=details(builds=2), stages={1: []}))) == AskStages("nightly")
    building = details(building=True)
    assert asked(server(pipeline(details=building, stages={1: []}))) == AskStages("nightly"), "they go on"


def test_jobs_that_are_due_together_are_one_request() -> None:
    piece = Slice("", 1, 0, 3, ("a", "b", "gone"))
    first = job("a", changed=True, read_at=NOW - 1)

    def known(second: KnownJob) -> Known:
        made = server(first, second)
        made.parts[0].overview = Overview(Folder("", ()), {}, {}, [piece])
        return made

    assert asked(known(job("b", changed=True, read_at=NOW - 1))) == AskSlice(piece)
    assert asked(known(job("b", read_at=NOW + TOGETHER - REREAD))) == AskSlice(piece)
    assert asked(known(job("b", read_at=NOW + TOGETHER - REREAD + 1))) == AskJob("a")
    assert asked(known(job("c", changed=True, read_at=NOW))) == AskJob("a"), "that one is of no slice"
