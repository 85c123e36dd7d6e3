"""Robot Framework's result model -> wire events; pure, for Robot Framework 6.1 to 7.x.

The objects are Robot Framework's own, of a version chosen by the user, and are therefore `Any` here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Tuple

from robot.version import VERSION

from livewall_listener import wire
from livewall_listener.wire import MAX_ITEMS, clean, clean_name

ROBOT_6 = VERSION.startswith("6.")


_Window = Tuple[datetime, datetime, timedelta]
_window: _Window = (datetime.min, datetime.min, timedelta())  # noqa: DTZ901  # naive, as Robot Framework's
"""From when until when local time differs from UTC by how much: asking the system each time costs 5 microseconds."""


def utc(moment: datetime | None) -> str:
    """ISO 8601 in UTC. Robot Framework's times are local and naive; None, where it has none, is now."""
    global _window
    moment = moment or datetime.now()  # noqa: DTZ005
    begin, end, offset = _window
    if not begin <= moment < end:
        _window = _, _, offset = _window_of(moment)
    return f"{(moment - offset).isoformat(timespec='microseconds')}+00:00"


def _window_of(moment: datetime) -> _Window:
    """The quarter of an hour around the moment: clocks change on its bounds and nowhere else."""
    begin = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    return begin, begin + timedelta(minutes=15), moment.astimezone().utcoffset() or timedelta()


def name_of(text: str) -> str:
    return clean_name(text)[: wire.MAX_NAME]


def text_of(text: str) -> str:
    """As output.xml keeps it, and whole: what is sent of it is cut when it is sent."""
    return wire.normalize(text)


def start_suite(
    result: Any, suite_id: str, name: str, longname: str, source: Any, *, total: int, test_count: int
) -> wire.StartSuite:
    return wire.StartSuite(
        id=suite_id,
        name=name,
        longname=longname,
        start_time=utc(result.start_time),
        total=total,
        test_count=test_count,
        source=clean(str(source or "")),
        doc=clean(result.doc),
        metadata=_metadata(result),
    )


def end_suite(
    result: Any,
    suite_id: str,
    start: wire.StartSuite | None,
    *,
    status: str,
    total: int,
    setup: wire.Phase | None,
    teardown: wire.Phase | None,
) -> wire.EndSuite:
    """Documentation and metadata may be set while the suite runs, by any suite below: told where they have changed."""
    doc, metadata = clean(result.doc), _metadata(result)
    return wire.EndSuite(
        id=suite_id,
        status=status,
        message=clean(result.message),
        elapsed_time=result.elapsed_time.total_seconds(),
        total=total,
        setup=setup,
        teardown=teardown,
        doc=None if start and start.doc == doc else doc,
        metadata=None if start and _same_in_order(start.metadata, metadata) else metadata,
    )


def end_test(result: Any, start: wire.StartTest, lineno: int, suite_source: Any) -> wire.EndTest:
    """`suite_source`: of the suite that holds the test; a test's own is sent where it differs."""
    source = result.source
    return wire.EndTest(
        start.id,
        start.name,
        start.longname,
        result.status,
        clean(result.message),
        utc(result.start_time) if result.start_time else start.start_time,
        result.elapsed_time.total_seconds(),
        lineno,
        [clean(tag) for tag in result.tags][:MAX_ITEMS],
        "" if source is suite_source or source == suite_source else clean(str(source or "")),
    )


def phase_of(keyword: Any) -> wire.Phase:
    """A suite's setup or teardown that has ended."""
    # Robot Framework 6 puts the library before the name.
    name = keyword.kwname if ROBOT_6 else keyword.name
    return wire.Phase(name_of(name or ""), keyword.status, keyword.elapsed_time.total_seconds())


def _metadata(suite: Any) -> dict[str, str]:
    return {clean_name(str(key)): clean(str(value)) for key, value in list(suite.metadata.items())[:MAX_ITEMS]}


def _same_in_order(one: dict[str, str], other: dict[str, str]) -> bool:
    return list(one.items()) == list(other.items())
