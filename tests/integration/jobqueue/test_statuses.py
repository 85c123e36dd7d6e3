"""Each route's documented statuses, and what a wrong request is told."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from integration.jobqueue.conftest import NOBODY, Flinger

OTHER = "11111111-0000-0000-0000-000000000000"
JOB = f"/job/{NOBODY}"
RESULT = f"/result/{NOBODY}"
FRAGMENT = {"fragment_number": 0, "timestamp": "2026-11-29T00:18:17Z", "phase": "test", "log_data": "x"}

GETS = [
    ("", 200), ("/", 200), ("/nothing", 404),
    ("/job", 400), ("/job?queue=", 400), ("/job?queue=q", 204), ("/job/?queue=a&queue=b", 204), ("/job?queue=%00", 400),
    (JOB, 204), (f"{JOB}/", 204), ("/job/1", 400), (f"{JOB}/position", 410), ("/job/x/position", 400),
    (RESULT, 204), ("/result/1", 400), (f"{RESULT}/artifact", 204), ("/result/1/artifact", 400),
    (f"{RESULT}/log/output", 200), (f"{RESULT}/log/serial?phase=test", 200), (f"{RESULT}/log/other", 404),
    (f"{RESULT}/log/output?phase=unit", 422), (f"{RESULT}/log/output?start_fragment=-1", 422),
    (f"{RESULT}/log/output?start_fragment={'9' * 30}", 422), (f"{RESULT}/log/output?start_timestamp=soon", 422),
    (f"{RESULT}/log/output?start_timestamp=0001-01-01T00:00:00%2B14:00", 422),
    ("/agents/queues", 200), ("/agents/images/q", 200), ("/agents/data", 200), ("/agents/data/nobody", 404),
    ("/agents/data/%00", 404),
]  # fmt: skip

POSTS: list[tuple[str, Any, int]] = [
    ("/job", {"job_queue": "q"}, 200),
    ("/job/", {"job_queue": "q", "job_id": OTHER, "option": "foo", "nested": {"a": [None]}}, 200),
    ("/job", {"attributes": {"arch": "arm64"}}, 200),
    ("/job", {"job_queue": "q", "job_id": "one"}, 400),
    ("/job", [], 400),
    ("/job", "{", 400),
    ("/job", "[" * 100_000, 400),
    ("/job", '{"job_queue": "q", "x": NaN}', 400),
    ("/job", {}, 422),
    *(("/job", {"job_queue": queue}, 422) for queue in ("", None, 7, ["q"], "\0", "q" * 201)),
    *(
        ("/job", {"job_queue": "q", **wrong}, 422)
        for wrong in (
            {"tags": "x"}, {"tags": [1]}, {"exclude_agents": "a"}, {"job_priority": "high"}, {"job_priority": 2**40},
            {"global_timeout": "1h"}, {"output_timeout": -1}, {"test_data": "x"}, {"provision_data": []},
            {"retries": 11}, {"attributes": {"arch": 64}}, {"reserve_data": {"ssh_keys": ["me"]}},
            {"exclude_agents": ["a"] * 1001}, {"tags": ["a"] * 1001}, {"attributes": {str(n): "" for n in range(1001)}},
            {"reserve_data": {"timeout": "long"}}, {"reserve_data": {"timeout": "9" * 39 + "h"}},
        )
    ),
    ("/job", {"job_queue": "q", "reserve_data": {"ssh_keys": ["lp:me", "gh:me"], "timeout": "1h30m"}}, 200),
    (f"{JOB}/action", {"action": "cancel"}, 404),
    (f"{JOB}/action", {"action": "start"}, 422),
    (f"{JOB}/action", {}, 422),
    ("/job/x/action", {"action": "cancel"}, 400),
    *((f"/agents/data/a{control}", {}, 422) for control in ("%00", "%0A", "%1C", "%7F", "%C2%85")),
    ('/agents/data/rack 1, "ä"; \\', {}, 200),
    (RESULT, {}, 200),
    (RESULT, {"exit_code": 0, "output": "a\0b\ud800", "job_state": "anything"}, 200),
    (RESULT, {"status": {"test": 0}, "device_info": {"ip": "x"}, "job_state": "complete"}, 200),
    *(
        (RESULT, wrong, 422)
        for wrong in (
            {"status": 0}, {"status": {"unit": 0}}, {"status": {"test": "0"}}, {"status": {"test": 2**40}},
            {"device_info": "x"}, {"job_state": 1},
        )
    ),
    (RESULT, [], 400),
    ("/result/x", {}, 400),
    (f"{RESULT}/log/output", FRAGMENT, 200),
    (f"{RESULT}/log/output", {**FRAGMENT, "timestamp": "2026-11-29T00:18:17.5Z"}, 200),
    (f"{RESULT}/log/serial", {**FRAGMENT, "log_data": "\0\x1b[31m\ufffd\ud83d"}, 200),
    *(
        (f"{RESULT}/log/output", {**FRAGMENT, **wrong}, 422)
        for wrong in (
            {"fragment_number": -1}, {"fragment_number": 2**70}, {"phase": "unit"}, {"timestamp": "x"}, {"log_data": 1},
            {"timestamp": "2026-W48-7T00:18:17Z"},
        )
    ),
    (f"{RESULT}/log/other", FRAGMENT, 404),
    (f"{RESULT}/artifact", {}, 400),
    ("/agents/queues", {"q": "a queue"}, 200),
    ("/agents/queues", {"q": 1}, 422),
    ("/agents/queues", {"": "x"}, 422),
    ("/agents/images", {"q": {"image": "url: x"}}, 200),
    ("/agents/images", {"q": "image"}, 422),
    ("/agents/images", {"q": {"": "x"}}, 422),
    ("/agents/data/a", {"state": "waiting", "queues": ["q"], "log": ["a\0b"]}, 200),
    ("/agents/data/a", {"job_id": "no id"}, 200),
    *(
        ("/agents/data/a", wrong, 422)
        for wrong in ({"state": 1}, {"queues": "q"}, {"log": "x"}, {"restricted_to": []}, {"comment": None})
    ),
    (f"/agents/data/{'a' * 201}", {}, 422),
]  # fmt: skip


@pytest.fixture(scope="module")
def refused(shared_client: FlaskClient) -> Flinger:
    """For what leaves no job behind: on one wall for all of it."""
    return Flinger(shared_client)


def test_what_is_asked(flinger: Flinger) -> None:
    found = [(path, flinger._client.get(f"/v1{path}").status_code) for path, _ in GETS]
    assert found == GETS


def test_what_is_sent(flinger: Flinger) -> None:
    wrong = []
    for path, body, status in POSTS:
        options = {"data": body, "content_type": "application/json"} if isinstance(body, str) else {"body": body}
        reply = flinger.post(path, **options)
        if reply.status_code != status:
            wrong.append((path, body, status, reply.status_code, reply.data))
    assert wrong == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("DELETE", "/v1/job", 405), ("POST", "/v1/job", 400), ("GET", "/v1/result/x", 400)],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
def test_errors_have_testflingers_shape(refused: Flinger, method: str, path: str, status: int, accept: str) -> None:
    reply = refused._client.open(path, method=method, headers={"Accept": accept}, data=b"")
    assert (reply.status_code, reply.content_type) == (status, "application/json")
    assert set(reply.get_json()) == {"message", "detail"}
    assert reply.get_json()["message"]


def test_what_is_wrong_with_a_member_is_said(refused: Flinger) -> None:
    reply = refused.post("/job", {"job_queue": "q", "tags": ["x", 1]})
    assert reply.get_json()["detail"] == {"json": {"tags": ["Expected `str`, got `int`"]}}
    reply = refused.post("/job", {})
    assert list(reply.get_json()["detail"]["json"]) == ["job_queue"]


def test_too_much_is_refused_in_its_shape(refused: Flinger) -> None:
    reply = refused.post("/job", {"job_queue": "q", "data": "x" * 5_000_000})
    assert reply.status_code == 413 and set(reply.get_json()) == {"message", "detail"}


@pytest.mark.parametrize("form", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_of_a_page_runs_nothing(refused: Flinger, form: str) -> None:
    for path in ("/job", f"{JOB}/action"):
        reply = refused.post(path, data='{"job_queue": "q", "action": "cancel"}', content_type=form)
        assert reply.status_code == 415
    assert refused.claim("q") is None


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_of_another_site_takes_no_job(flinger: Flinger, headers: dict[str, str]) -> None:
    flinger.submit()
    assert flinger._client.get("/v1/job?queue=q", headers=headers).status_code == 403
    assert flinger.claim() is not None


def test_the_cli_finds_no_login(refused: Flinger) -> None:
    assert refused._client.post("/oidc/auth-init").status_code == 404
