"""Files of jobs: they come back byte for byte, and a job that waits for some is handed out when they are there."""

from __future__ import annotations

import io
from typing import Any

import pytest

from integration.jobqueue.conftest import NOBODY, Flinger

ODD = b"\x1f\x8b no archive\r\n--x\r\n\0" * 20_000


def send(flinger: Flinger, path: str, data: bytes) -> Any:
    return flinger.post(path, data={"file": (io.BytesIO(data), "a.tar.gz")})


@pytest.mark.parametrize("data", [b"", b"x", ODD], ids=["empty", "small", "large"])
def test_an_artifact_comes_back_as_it_was_sent(flinger: Flinger, data: bytes) -> None:
    assert send(flinger, f"/result/{NOBODY}/artifact", b"before").status_code == 200
    assert send(flinger, f"/result/{NOBODY}/artifact", data).status_code == 200
    for encodings in ("", "gzip, br"):
        reply = flinger._client.get(
            f"/v1/result/{NOBODY}/artifact", headers={"Accept-Encoding": encodings}, buffered=True
        )
        assert (reply.status_code, reply.data) == (200, data)
        assert "Content-Encoding" not in reply.headers


@pytest.mark.parametrize(
    "body",
    [b"", b"--x", b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\ncut off", b"\xff" * 200_000],
)
def test_a_broken_form_leaves_what_there_was(flinger: Flinger, body: bytes) -> None:
    send(flinger, f"/result/{NOBODY}/artifact", b"before")
    reply = flinger.post(f"/result/{NOBODY}/artifact", data=body, content_type="multipart/form-data; boundary=x")
    assert reply.status_code in (400, 413, 422) and set(reply.get_json()) == {"message", "detail"}
    assert flinger.get(f"/result/{NOBODY}/artifact").data == b"before"


def test_a_form_without_a_file_says_so(flinger: Flinger) -> None:
    reply = flinger.post(f"/result/{NOBODY}/artifact", data={"other": (io.BytesIO(b"x"), "x")})
    assert reply.status_code == 422 and "file" in reply.get_json()["detail"]["json"]


def test_a_job_waits_for_its_attachments(flinger: Flinger) -> None:
    job_id = flinger.submit("q", test_data={"attachments": [{"local": "a"}]})
    path = f"/job/{job_id}/attachments"
    assert flinger.claim() is None and flinger.get(path).status_code == 204
    assert [send(flinger, path, data).status_code for data in (b"packed", b"again")] == [200, 200]
    job = flinger.claim()
    assert (job["job_id"], job["attachments_status"]) == (job_id, "complete")
    assert flinger.get(path).data == b"packed", "sent again, it is the first that counts"
    assert send(flinger, path, b"late").status_code == 200


def test_attachments_nobody_waits_for_are_refused(flinger: Flinger) -> None:
    plain, cancelled = flinger.submit(), flinger.submit(test_data={"attachments": [{"local": "a"}]})
    flinger.post(f"/job/{cancelled}/action", {"action": "cancel"})
    for job_id in (NOBODY, plain, cancelled):
        assert send(flinger, f"/job/{job_id}/attachments", b"x").status_code == 422


def test_a_job_that_runs_again_has_its_attachments(flinger: Flinger) -> None:
    job_id = flinger.submit("q", test_data={"attachments": [{"local": "a"}]})
    send(flinger, f"/job/{job_id}/attachments", b"packed")
    agent = Flinger(flinger._client, "a")
    assert agent.claim()["job_id"] == job_id
    again = agent.claim()["job_id"]
    assert again != job_id
    assert flinger.get(f"/job/{again}/attachments").data == b"packed"
