"""Nothing from outside makes a run undeliverable: whatever is told of a run or a result, a wall takes it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from robot import result as results
from robot import running

from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.ingest import decode
from livewall_listener import encode, identity, settings, wire
from livewall_listener.ledger import Ledger
from livewall_listener.pabot import PabotProcess

CI = [
    *(
        "BUILD_URL",
        "JOB_NAME",
        "BUILD_NUMBER",
        "BRANCH_NAME",
        "GIT_LOCAL_BRANCH",
        "GIT_BRANCH",
        "GIT_COMMIT",
        "GIT_URL",
    ),
    *("GIT_URL_1", "GITLAB_CI", "CI_PROJECT_PATH", "CI_JOB_NAME", "CI_JOB_URL", "CI_PIPELINE_URL", "CI_JOB_ID"),
    *(
        "CI_COMMIT_SHA",
        "CI_COMMIT_REF_NAME",
        "CI_PROJECT_URL",
        "GITHUB_ACTIONS",
        "GITHUB_SERVER_URL",
        "GITHUB_REF_NAME",
    ),
    *("GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_WORKFLOW", "GITHUB_RUN_NUMBER", "GITHUB_SHA"),
    *("GITHUB_HEAD_REF",),
]
LISTENER = [f"LIVEWALL_{name}" for name in ("URL", "SETUP", "LABELS", "RUN_ID", "COMMIT", "BRANCH", "REPOSITORY")]
BYTES = st.binary(max_size=40).map(lambda data: os.fsdecode(data.replace(b"\0", b"")))
TEXTS = st.one_of(
    BYTES,
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.sampled_from(
        ["x" * 5000, "\U0001f419" * 1000, "\udcf6", "a\0b", "a=\udcf6,b=\x1b", "1\n2", "1:", "2026-13", ""]
    ),
)
ENVIRONMENTS = st.dictionaries(st.sampled_from(CI + LISTENER), TEXTS)
BUILD = ("url", "job", "number")


def stored(text: str) -> bool:
    """Whether Postgres can hold it."""
    return "\0" not in text and text.encode("utf-8", "replace").decode() == text


@given(ENVIRONMENTS, st.lists(TEXTS, max_size=5), TEXTS.filter(bool), TEXTS)
def test_any_environment_gives_a_registration_that_a_wall_takes(
    environment: dict[str, str], arguments: list[str], index: str, variable: str
) -> None:
    given_ = settings.read(arguments, environment)
    for process in (None, PabotProcess("k" * 32, index, last_in_pool=False, total=10**12)):
        run = identity.run_info(given_, environment, process, robot_version=variable, now=variable)
        run.host = variable
        decode.run_id(identity.run_id(given_, process))
        body = encode.registration(asdict(run))
        info = decode.decode_run_info(body)
        assert all(map(stored, [json.dumps(asdict(info), ensure_ascii=False), info.slot, info.branch]))
        assert "\\u0000" not in body.decode()


def test_what_can_be_kept_is_kept() -> None:
    environment = {"BUILD_URL": "http://ci/\udcf6", "GIT_BRANCH": "origin/f\udcf6o", "JOB_NAME": "j\x1b\udcc3\udcb6b"}
    given_ = settings.read(["setup=r\udcf6ck", "labels=os=d\udcf6b,arch=amd64"], environment)
    run = identity.run_info(given_, environment, None, robot_version="7.5", now="2026-01-01T00:00:00+00:00")
    info = decode.decode_run_info(encode.registration(asdict(run)))
    assert (info.setup, info.branch) == ("r\ufffdck", "f\ufffdo")
    assert info.labels == {"os": "d\ufffdb", "arch": "amd64"}
    assert info.build == wire.Build("jenkins", "http://ci/\ufffd", "j\ufffd\ufffdb", "")
    assert info.started_at == run.started_at


@pytest.mark.parametrize("time", ["1969-12-31T23:00:00+00:00", "9999-01-01T00:00:00+00:00", "soon"])
def test_a_clock_that_is_off_by_centuries_says_nothing(time: str) -> None:
    info = decode.decode_run_info(encode.registration({"process": "0", "started_at": time, "sent_at": time}))
    assert (info.started_at, info.sent_at) == ("", "")
    assert decode.decode_batch(encode.batch("0", 1, [], sent_at=time, now=None)).sent_at == ""


def test_a_name_that_no_index_holds_is_cut() -> None:
    long = "\U0001f419" * 900
    info = decode.decode_run_info(encode.registration({"setup": long, "repository": long, "branch": long}))
    assert len(info.setup) == 250 and len(info.branch) == 200


ANYTHING = st.one_of(
    TEXTS, st.none(), st.integers(), st.floats(), st.sampled_from([RuntimeError("x"), b"\xff", "PASS"])
)
TIMES = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))  # noqa: DTZ001  # as Robot Framework's own


@given(TEXTS, ANYTHING, ANYTHING, ANYTHING, st.lists(TEXTS), st.dictionaries(TEXTS, TEXTS), TIMES, st.timedeltas())
def test_any_result_gives_events_that_a_wall_takes(
    name: str,
    message: Any,
    status: Any,
    lineno: Any,
    tags: list[str],
    metadata: dict[str, str],
    start: datetime,
    elapsed: timedelta,
) -> None:
    data, suite = running.TestSuite(name), results.TestSuite(name, source=name or "x", start_time=start)
    data.tests.create(name)
    ledger = Ledger()
    events = [*ledger.start_suite(data, suite), *ledger.announce()]
    test = suite.tests.create(name, tags=tags, start_time=start)
    test.lineno = lineno
    events += ledger.start_test(test)
    test.status, test.message, test.elapsed_time = status, message, elapsed
    events.append(ledger.end_test(test))
    keyword = results.Keyword(name, type="TEARDOWN", message=message, elapsed_time=elapsed)
    keyword.status = status
    ledger.end_suite_keyword(keyword)
    suite.metadata, suite.doc, suite.message, suite.elapsed_time = metadata, message, message, elapsed
    events += [*ledger.end_suite(suite), *ledger.end_process(warnings=0, errors=0)]
    batch = decode.decode_batch(encode.batch("0", 1, map(encode.event, events), sent_at="", now=None))
    assert len(batch.events) == len(events)
    told = [msgspec.json.encode(event).decode() for event in batch.events]
    assert all(map(stored, told))
    assert not any("\\u0000" in event for event in told)


def test_a_registration_of_a_former_listener_is_repaired_by_the_wall() -> None:
    body = json.dumps({"branch": "f\udcf6o", "labels": {"os": "d\udcf6b", "x\0": "a\0b"}, "setup": "\U0001f419\0"})
    info = decode.decode_run_info(body.encode())
    assert (info.branch, info.labels, info.setup) == ("f\ufffdo", {"os": "d\ufffdb", "x": "ab"}, "\U0001f419")


@pytest.mark.parametrize("info", [{"setup": "\U0001f419" * 999}, {"repository": "é" * 900, "branch": "é" * 900}])
def test_names_that_no_index_holds_are_refused_with_the_reason(info: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="bytes"):
        decode.decode_run_info(json.dumps(info).encode())
