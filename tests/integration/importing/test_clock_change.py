"""The nights in which clocks are set: output.xml has an hour twice or not at all, and durations below nothing."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from livewall_dashboard.importing import importer
from livewall_dashboard.importing.times import Clock
from livewall_listener import convert
from support.import_lab import ImportLab
from support.oracle import Record
from support.recorded import Database
from support.retold import events_of

HELSINKI = ZoneInfo("Europe/Helsinki")
OUTPUTS = Path(__file__).with_name("outputs")
AUTUMN, SPRING = OUTPUTS / "output-helsinki-autumn.xml", OUTPUTS / "output-helsinki-spring.xml"
BEGAN = {
    AUTUMN: datetime(2026, 10, 25, 0, 59, 59, 346616, timezone.utc),
    SPRING: datetime(2026, 3, 29, 0, 59, 58, 267737, timezone.utc),
}
NIGHTS = pytest.mark.parametrize("path", [AUTUMN, SPRING], ids=["autumn", "spring"])


def record(lab: ImportLab, key: str) -> Record:
    return Database(lab.lab.database.url).record(key)


def check_in_order(found: Record, path: Path) -> None:
    (root,) = found.suites
    starts = [root.start_time, *(test.start_time for test in found.tests)]
    assert starts[0] == BEGAN[path] and starts == sorted(starts)
    assert starts[-1] - starts[0] < timedelta(seconds=10)
    assert all(row.elapsed_time >= 0 for row in [root, *found.tests])


@NIGHTS
def test_a_file_that_is_too_large_to_be_stored_at_once_says_the_same(
    lab: ImportLab, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = lab.take_in(path, setup="vm1", clock=Clock(HELSINKI))
    monkeypatch.setattr(importer, "MOST_AT_ONCE", 0)
    large = lab.take_in(path, setup="vm2", clock=Clock(HELSINKI))
    assert small.key != large.key and small.change == large.change
    assert record(lab, small.key) == record(lab, large.key)


@NIGHTS
def test_a_file_alone(lab: ImportLab, path: Path) -> None:
    made = lab.take_in(path, setup="vm1", clock=Clock(HELSINKI))
    found = record(lab, made.key)
    check_in_order(found, path)
    if path == AUTUMN:
        assert math.isclose(found.suites[0].elapsed_time, 3600 - 3594.935243, abs_tol=1e-6)
    for clock in (Clock(HELSINKI), Clock()):
        assert lab.take_in(path, clock=clock).change is None


@NIGHTS
@pytest.mark.parametrize("zone", [HELSINKI, None], ids=["zone given", "zone not known"])
@pytest.mark.parametrize("kept", [100, 7], ids=["all of it", "half of it"])
def test_the_run_that_its_node_reported_is_found(lab: ImportLab, path: Path, zone: ZoneInfo | None, kept: int) -> None:
    events = events_of(path, HELSINKI)
    process = lab.lab.process("night", "0", started_at=BEGAN[path].isoformat())
    process.tell(*events[:kept])
    lab.state("night", "finished" if kept > len(events) else "abandoned")
    outcome = lab.take_in(path, clock=Clock(zone))
    assert (outcome.key, outcome.is_new) == ("night", False)
    assert (outcome.change is None) == (kept > len(events))
    if zone or kept > len(events):  # what was lost can be placed by the zone alone
        check_in_order(record(lab, "night"), path)


@pytest.fixture
def in_helsinki(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Helsinki")
        time.tzset()
        yield
    assert "Helsinki" not in os.environ.get("TZ", "")
    time.tzset()


class _Result:
    def __init__(self, start: str, seconds: float) -> None:
        self.start_time = datetime.fromisoformat(start)
        self.elapsed_time = timedelta(seconds=seconds)


@pytest.mark.usefixtures("in_helsinki")
def test_a_node_knows_which_of_the_two_hours_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 10, 25, 3, 30)  # noqa: DTZ001
    for now, told in (("00:30:01", "00:30:00"), ("01:29:59", "00:30:00"), ("01:30:01", "01:30:00")):

        class Now(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return datetime.fromisoformat(f"2026-10-25T{now}+00:00")  # noqa: B023

        monkeypatch.setattr(convert, "datetime", Now)
        assert convert.utc(moment) == f"2026-10-25T{told}.000000+00:00"


@pytest.mark.usefixtures("in_helsinki")
def test_a_duration_is_as_robot_has_it_but_in_the_night_in_which_clocks_change() -> None:
    assert convert.seconds_of(_Result("2026-10-25T03:59:59", -3594.5)) == 5.5
    assert convert.seconds_of(_Result("2026-10-25T12:00:00", -8.0)) == -8.0, "somebody set the clock"
    assert convert.seconds_of(_Result("2026-10-25T12:00:00", 8.0)) == 8.0
