"""Times at the ends of what Python can count to: arithmetic with them must not fail later, where nobody expects it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.base.clock import offset_of, parse_time
from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.ingest import decode

NOW = datetime(2026, 5, 4, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01", "1969-12-31", "2200-01-01"]
)
def test_times_of_no_test_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="year"):
        parse_time(text)
    with pytest.raises(Invalid, match="sent_at"):
        decode.decode_batch(b'{"process": "0", "first_seq": 1, "events": [], "sent_at": "%s"}' % text.encode())
    with pytest.raises(Invalid, match="started_at"):
        decode.decode_run_info(b'{"started_at": "%s"}' % text.encode())


@given(st.datetimes(), st.datetimes(), st.timedeltas(timedelta(hours=-23), timedelta(hours=23)))
def test_what_is_taken_can_be_reckoned_with(sent_at: datetime, at: datetime, zone: timedelta) -> None:
    try:
        texts = [time.replace(tzinfo=timezone(zone)).isoformat() for time in (sent_at, at)]
        parsed = [parse_time(text) for text in texts]
    except ValueError:
        return
    corrected = parsed[1] + offset_of(texts[0], NOW)
    assert 1700 < corrected.year < 2500
