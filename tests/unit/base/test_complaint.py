"""What is wrong is said once, then ever more rarely, and its end once."""

from __future__ import annotations

import logging

import pytest

from livewall_dashboard.base.complaint import Complaint


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_complaint_of_a_night(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    clock = Clock()
    complaint = Complaint(logging.getLogger("test"), clock)
    for clock.now in range(0, 8 * 3600, 2):
        complaint.say("Postgres is away")
    told = [record.getMessage() for record in caplog.records]
    assert told[:4] == [
        "Postgres is away",
        "Still, after 60 s: Postgres is away",
        "Still, after 3 min: Postgres is away",
        "Still, after 7 min: Postgres is away",
    ]
    assert len(told) == 13, "not every two seconds"
    complaint.end("Postgres is there")
    complaint.end("Postgres is there")
    assert [record.getMessage() for record in caplog.records][13:] == ["Postgres is there (after 8 h)"]


def test_complaint_another_reason_is_said_at_once(caplog: pytest.LogCaptureFixture) -> None:
    complaint = Complaint(logging.getLogger("test"), Clock())
    for text in ("away", "away", "read-only", "read-only"):
        complaint.say(text)
    assert [record.getMessage() for record in caplog.records] == ["away", "read-only"]
    assert complaint.is_open


def test_complaint_what_was_never_wrong_has_no_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    Complaint(logging.getLogger("test")).end("all is well")
    assert not caplog.records
