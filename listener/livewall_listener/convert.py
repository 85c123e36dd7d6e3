"""Robot Framework's result model -> wire events; pure, for Robot Framework 6.1 to 7.x.

The objects are Robot Framework's own, of a version chosen by the user, and are therefore `Any` here.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from livewall_listener import wire
from livewall_listener.wire import clean

MAX_NAME = 100_000
"""Longest name or longname sent, in characters."""
MAX_ITEMS = 2_000
"""Most tags of a test or metadata entries of a suite sent."""


def utc(moment: datetime | None) -> str:
    """ISO 8601 in UTC. Robot Framework's times are local and naive; None, where it has none, is now."""
    return (moment or datetime.now()).astimezone(timezone.utc).isoformat(timespec="microseconds")  # noqa: DTZ005


def name_of(text: str) -> str:
    return clean(text)[:MAX_NAME]


def start_suite(result: Any, suite_id: str, longname: str, *, total: int, test_count: int) -> wire.StartSuite:
    return wire.StartSuite(
        id=suite_id,
        name=name_of(result.name),
        longname=longname,
        start_time=utc(result.start_time),
        total=total,
        test_count=test_count,
        source=clean(str(result.source or "")),
        doc=clean(result.doc),
        metadata={clean(str(key)): clean(str(value)) for key, value in list(result.metadata.items())[:MAX_ITEMS]},
    )


def end_suite(
    result: Any,
    suite_id: str,
    *,
    status: str,
    total: int,
    setup: wire.Phase | None,
    teardown: wire.Phase | None,
) -> wire.EndSuite:
    return wire.EndSuite(
        id=suite_id,
        status=status,
        message=clean(result.message),
        elapsed_time=result.elapsed_time.total_seconds(),
        total=total,
        setup=setup,
        teardown=teardown,
    )


def start_test(result: Any, test_id: str, longname: str) -> wire.StartTest:
    return wire.StartTest(test_id, name_of(result.name), longname, utc(result.start_time))


def end_test(result: Any, test_id: str, longname: str, suite_source: Any) -> wire.EndTest:
    """`suite_source`: of the suite that holds the test; a test's own is sent where it differs."""
    source = result.source
    return wire.EndTest(
        id=test_id,
        name=name_of(result.name),
        longname=longname,
        status=result.status,
        message=clean(result.message),
        start_time=utc(result.start_time),
        elapsed_time=result.elapsed_time.total_seconds(),
        lineno=result.lineno or 0,
        tags=[clean(tag) for tag in result.tags][:MAX_ITEMS],
        source="" if source is suite_source or source == suite_source else clean(str(source or "")),
    )


def phase_of(keyword: Any) -> wire.Phase:
    """A suite setup or teardown that the result model holds (Robot Framework 7)."""
    return wire.Phase(name_of(keyword.name or ""), keyword.status, keyword.elapsed_time.total_seconds())
