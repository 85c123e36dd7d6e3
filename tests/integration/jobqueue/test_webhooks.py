"""Webhooks: kept until they are heard, signed, and never sent to our own machine or network unless that is allowed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import psycopg
import pytest

from integration.jobqueue.conftest import NOBODY, Flinger
from livewall_dashboard.app import Dashboard
from livewall_dashboard.jobqueue.webhooks import Webhooks
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.web.outgoing import NotSent, send, target_of
from support.receiver import Receiver
from support.waiting import wait_for

KEY = "a key of ours"
LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


def states(database_url: str) -> list[Any]:
    with psycopg.connect(database_url) as connection:
        return connection.execute("SELECT tries, next_at IS NOT NULL, trouble FROM job_webhook ORDER BY id").fetchall()


def test_events_of_an_agent_reach_the_jobs_webhook(
    make_app: Callable[..., Dashboard], receiver: Receiver, database_url: str
) -> None:
    app = make_app(webhook_key=KEY, webhooks_to=LOOPBACK)
    flinger = Flinger(app.flask.test_client())
    job_id = flinger.submit(job_status_webhook=f"{receiver.address}/hook?job=1")
    told = {
        "agent_id": "a",
        "job_queue": "q",
        "job_status_webhook": "http://elsewhere/",
        "events": [{"event_name": "x"}],
    }
    assert flinger.post(f"/job/{job_id}/events", told).status_code == 200
    wait_for(lambda: receiver.heard, what="the webhook to be told")
    (heard,) = receiver.heard
    assert (heard.path, json.loads(heard.body)) == ("/hook?job=1", told)
    signature = hmac.new(KEY.encode(), heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["X-Livewall-Signature"] == f"sha256={signature}"
    wait_for(lambda: states(database_url) == [(1, False, "")], what="it to be noted")


def test_events_that_go_nowhere_are_refused(flinger: Flinger) -> None:
    told = {"agent_id": "a", "job_queue": "q", "job_status_webhook": "", "events": []}
    plain = flinger.submit()
    assert flinger.post(f"/job/{NOBODY}/events", told).status_code == 404
    assert flinger.post(f"/job/{plain}/events", told).status_code == 400
    assert flinger.post("/job", {"job_queue": "q", "job_status_webhook": "file:///etc/passwd"}).status_code == 422


def test_it_is_sent_again_until_it_is_heard_and_follows_nobody(
    database: Database, receiver: Receiver, database_url: str
) -> None:
    webhooks = Webhooks(database, allowed=LOOPBACK)
    receiver.statuses = [500, 302]
    for number in range(3):
        webhooks.put(UUID(NOBODY), receiver.address, {}) if number == 0 else None
        webhooks.work()
        assert len(receiver.heard) == number + 1
        with psycopg.connect(database_url) as connection:
            connection.execute("UPDATE job_webhook SET next_at = now() WHERE next_at IS NOT NULL")
    assert states(database_url) == [(3, False, "")]


def test_it_is_given_up_in_the_end(database: Database, database_url: str) -> None:
    webhooks = Webhooks(database, allowed=LOOPBACK)
    webhooks.put(UUID(NOBODY), "http://127.0.0.1:1/?token=hush", {})
    for _ in range(10):
        webhooks.work()
        with psycopg.connect(database_url) as connection:
            connection.execute("UPDATE job_webhook SET next_at = now() WHERE next_at IS NOT NULL")
    ((tries, goes_on, trouble),) = states(database_url)
    assert (tries, goes_on, webhooks.failed) == (8, False, 1)
    assert trouble == "127.0.0.1 does not answer: Connection refused"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/",
        "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/", "http://169.254.169.254/latest",
        "http://[fe80::1]/", "http://[fc00::1]/", "http://224.0.0.1/", "http://2130706433/", "http://0x7f.1/",
        "ftp://example.org/", "file:///etc/passwd", "http:///", "http://a:b:c/", "http://[::1", "nothing",
    ],
)  # fmt: skip
def test_our_own_house_is_not_told(url: str) -> None:
    with pytest.raises(NotSent):
        target_of(url, ())


def test_what_is_allowed_is_told() -> None:
    assert target_of("http://10.1.2.3:8080", (ip_network("10.0.0.0/8"),)).address == "10.1.2.3"
    with pytest.raises(NotSent):
        target_of("http://10.1.2.3/", LOOPBACK)
    assert target_of("https://93.184.216.34/x?y=1", ()).path == "/x?y=1"


@pytest.mark.parametrize(
    ("host", "token"), [("127.0.0.1", "hush\u20ac"), ("127.0.0.1", "hu\nsh"), ("\u2460\u2461\u2466.0.0.1", "")]
)
def test_what_no_head_of_a_request_takes_is_not_sent(receiver: Receiver, host: str, token: str) -> None:
    url = receiver.address.replace("127.0.0.1", host)
    with pytest.raises(NotSent, match="cannot be asked") as raised:
        send("POST", url, b"{}", {"Authorization": f"Bearer {token}"}, LOOPBACK)
    assert "hu" not in str(raised.value)
    assert receiver.heard == []
