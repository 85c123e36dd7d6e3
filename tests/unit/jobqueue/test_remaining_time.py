"""How long a job will still take: known phases, and what it is in now; nothing where too few were seen."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from livewall_dashboard.jobqueue.remaining_time import ENOUGH, RemainingTime, remaining_time

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
USUAL = {"setup": 5.0, "provision": 60.0, "test": 300.0, "reserve": 999.0, "cleanup": 10.0}


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def estimate(state: str, began: dict[str, datetime | None], jobs: int = ENOUGH, **more: Any) -> RemainingTime | None:
    job = {"state": state, "definition": {}, "started_at": ago(500), "ended_at": None, "reserved_until": None, **more}
    return remaining_time(job, began, USUAL, NOW, jobs=jobs, of_name=False)


@pytest.mark.parametrize(
    ("state", "began", "definition", "seconds"),
    [
        ("running", {}, {}, 375),
        ("provision", {"setup": ago(30), "provision": ago(20)}, {}, 40 + 310),
        ("test", {"test": ago(100)}, {}, 200 + 10),
        ("test", {"test": ago(9999)}, {}, 10),
        ("test", {"test": ago(100)}, {"reserve_data": {"timeout": 600}}, 200 + 600 + 10),
        ("allocated", {}, {}, 375),
        ("cleanup", {}, {}, 10),
    ],
)
def test_remaining_time_is_the_rest_of_its_phase_and_the_phases_to_come(
    state: str, began: dict[str, datetime | None], definition: dict[str, Any], seconds: float
) -> None:
    found = estimate(state, began, definition=definition)
    assert found is not None and found.seconds == seconds


def test_remaining_time_of_a_reservation_is_until_its_own_end() -> None:
    found = estimate("reserve", {"reserve": ago(5)}, reserved_until=ago(-120))
    assert found is not None and (found.seconds, found.rest) == (130, 10)


def test_remaining_time_is_not_guessed() -> None:
    assert estimate("test", {"test": ago(1)}, jobs=ENOUGH - 1) is None
    assert estimate("complete", {}, ended_at=NOW) is None
    assert estimate("waiting", {}, started_at=None) is None
