"""Robot Framework's result model -> wire events; pure, for Robot Framework 6.1 to 7.x.

The objects are Robot Framework's own, of a version chosen by the user, and are therefore `Any` here.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Tuple

from robot.version import VERSION

from livewall_listener import wire
from livewall_listener.wire import MAX_ITEMS, clean, clean_name

ROBOT_6 = VERSION.startswith("6.")
_EARLIEST, _LATEST = datetime(1970, 1, 2), datetime(2199, 12, 30)  # noqa: DTZ001
"""Times that a wall takes; what others set, or a clock that is off by centuries, is brought to the nearest."""
_LONGEST = 1e10
"""Seconds, either way: clocks are set back."""
_MOST_LINES = 100_000_000

_Window = Tuple[datetime, datetime, timedelta]
_window: _Window = (datetime.min, datetime.min, timedelta())  # noqa: DTZ901  # naive, as Robot Framework's
"""From when until when local time differs from UTC by how much: asking the system each time costs 5 microseconds."""


def utc(moment: datetime | None) -> str:
    """ISO 8601 in UTC. Robot Framework's times are local and naive; None, where it has none, is now."""
    global _window
    moment = moment or datetime.now()  # noqa: DTZ005
    begin, end, offset = _window
    if not begin <= moment < end:
        moment = min(max(moment, _EARLIEST), _LATEST)
        _window = _, _, offset = _window_of(moment)
    return f"{(moment - offset).isoformat(timespec='microseconds')}+00:00"


def _window_of(moment: datetime) -> _Window:
    """The quarter of an hour around the moment: clocks change on its bounds and nowhere else."""
    first, second = _offsets(moment)
    if first > second:  # in the hour that comes twice: for this once, and the latest that is not still to come
        is_over = (moment - second).replace(tzinfo=timezone.utc) <= datetime.now(timezone.utc)
        return moment, moment, second if is_over else first
    begin = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    return begin, begin + timedelta(minutes=15), first


def _offsets(moment: datetime) -> tuple[timedelta, timedelta]:
    """How far local time is from UTC, the first and the second time that the clock shows the moment."""
    return _offset(moment.replace(fold=0)), _offset(moment.replace(fold=1))


def _offset(moment: datetime) -> timedelta:
    try:
        return moment.astimezone().utcoffset() or timedelta()
    except ValueError:  # TZ says a day or more, which no zone of Python's can be
        whole = moment.replace(microsecond=0)
        return whole.replace(tzinfo=timezone.utc) - datetime.fromtimestamp(whole.timestamp(), timezone.utc)


def seconds_of(result: Any) -> float:
    """How long it took, as output.xml has it, but for the hour of the night in which clocks are set back.

    It is less than nothing where somebody set the clock back meanwhile.
    """
    elapsed: timedelta = result.elapsed_time
    if elapsed < timedelta() and result.start_time:
        try:
            first, second = _offsets(result.start_time + elapsed)
        except (OverflowError, ValueError, OSError):  # a library that plays with time
            return 0.0
        elapsed += first - second
    seconds = elapsed.total_seconds()
    return seconds if -_LONGEST < seconds < _LONGEST else 0.0


def name_of(text: Any) -> str:
    return clean_name(_text(text))[: wire.MAX_NAME]


def text_of(text: Any) -> str:
    """As output.xml keeps it, and whole: what is sent of it is cut when it is sent."""
    return wire.normalize(_text(text))


def status_of(item: Any) -> str:
    """Listeners set what they like; who reads output.xml takes all but these for failed."""
    status: str = item.status
    return status if status in wire.STATUSES else "FAIL"


def lineno_of(test: Any) -> int:
    """0 where it is no line."""
    lineno = test.lineno
    return lineno if isinstance(lineno, int) and 0 < lineno <= _MOST_LINES else 0


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
        doc=clean(_text(result.doc)),
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
    doc, metadata = clean(_text(result.doc)), _metadata(result)
    return wire.EndSuite(
        id=suite_id,
        status=status,
        message=clean(_text(result.message)),
        elapsed_time=seconds_of(result),
        total=total,
        setup=setup,
        teardown=teardown,
        doc=None if start and start.doc == doc else doc,
        metadata=None if start and _same_in_order(start.metadata, metadata) else metadata,
    )


def end_test(
    result: Any, start: wire.StartTest, moment: datetime | None, lineno: int, message: str, suite_source: Any
) -> wire.EndTest:
    """`moment`: when it started, in Robot Framework's own time; `message`: whole.

    `suite_source`: of the suite that holds the test; a test's own is sent where it differs.
    """
    source, began = result.source, result.start_time
    return wire.EndTest(
        start.id,
        start.name,
        start.longname,
        status_of(result),
        clean(message),
        start.start_time if began is None or began == moment else utc(began),
        seconds_of(result),
        lineno,
        [clean(str(tag)) for tag in result.tags][:MAX_ITEMS],
        "" if source is suite_source or source == suite_source else clean(str(source or "")),
    )


def phase_of(keyword: Any) -> wire.Phase:
    """A suite's setup or teardown that has ended."""
    # Robot Framework 6 puts the library before the name.
    name = keyword.kwname if ROBOT_6 else keyword.name
    return wire.Phase(name_of(name or ""), status_of(keyword), seconds_of(keyword))


def _text(value: Any) -> str:
    """Listeners set what they like."""
    return value if isinstance(value, str) else str(value or "")


def _metadata(suite: Any) -> dict[str, str]:
    return {clean_name(str(key)): clean(str(value)) for key, value in list(suite.metadata.items())[:MAX_ITEMS]}


def _same_in_order(one: dict[str, str], other: dict[str, str]) -> bool:
    return list(one.items()) == list(other.items())
