"""Times of an output.xml: local to the machine where robot ran, without a zone. In between, they are ISO 8601 text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone, tzinfo

from livewall_dashboard.base.clock import from_iso
from livewall_dashboard.importing.model import Unreadable

WINDOW = timedelta(minutes=15)
"""Zones differ by whole quarters of an hour, and clocks change on their bounds."""
LONGEST = 1e9
"""Seconds that anything may have taken."""
BEGINNING = datetime(1, 1, 2, tzinfo=timezone.utc)
SHORT = timedelta(milliseconds=2)
"""By which what is put together differs, as it has milliseconds."""
_LEGACY = re.compile(r"(\d{4})(\d\d)(\d\d) (\d\d:\d\d:\d\d)(\.\d{1,6})?")


def naive(text: str) -> str:
    """A time as the file has it -> ISO 8601; "" where it has none. Raises `Unreadable`."""
    if text[4:5] == "-" and text[10:11] == "T":  # Robot Framework 7; looked at when it is used
        return text
    if not text or text == "N/A":
        return ""
    found = _LEGACY.fullmatch(text)
    if found is None:
        raise Unreadable(f"{text[:50]!r} is no time.")
    year, month, day, clock, fraction = found.groups("")
    return f"{year}-{month}-{day}T{clock}{fraction.ljust(7, '0') if fraction else ''}"


def parse(text: str) -> datetime:
    """Raises `Unreadable`."""
    try:
        moment = from_iso(text)
    except ValueError:
        raise Unreadable(f"{text[:50]!r} is no time.") from None
    if moment.tzinfo is not None or not 1970 < moment.year < 9000:
        raise Unreadable(f"{text[:50]!r} is no time that Robot Framework writes.")
    return moment


def times_of(status: Mapping[str, str], otherwise: float = 0.0) -> tuple[str, float]:
    """Start ("" where a <status> has none) and seconds, of Robot Framework 7's attributes or those before.

    `otherwise`: seconds where the file does not say, as Robot Framework takes those of what is inside.
    """
    if "elapsed" in status:
        elapsed = _seconds(status["elapsed"])
        return naive(status.get("start", "")), elapsed
    start, end = naive(status.get("starttime", "")), naive(status.get("endtime", ""))
    if start and end:
        return start, (parse(end) - parse(start)).total_seconds()
    if end:
        start = (parse(end) - timedelta(seconds=otherwise)).isoformat()
    return start, otherwise


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not abs(seconds) < LONGEST:
        raise Unreadable(f"{text[:50]!r} is no number of seconds.")
    return seconds


class Clock:
    """The node's clock, by its zone; None: this machine's. Where its zone is not known, its distance is a zone too.

    In the night in which clocks are set back an hour comes twice: a time in it is the first one's, unless that lies
    before `since`, the moment (UTC) at which the run began, or before an earlier time of what runs in order.
    """

    def __init__(self, zone: tzinfo | None = None, since: datetime = BEGINNING):
        self._zone = zone
        self._since = since
        self._begin = self._end = datetime.min  # noqa: DTZ901  # naive, as all here
        self._offset = timedelta()

    @classmethod
    def ahead_by(cls, distance: timedelta) -> Clock:
        return cls(timezone(distance))

    @property
    def is_given(self) -> bool:
        """Whether somebody said what zone it is of."""
        return self._zone is not None

    def since(self, moment: datetime) -> Clock:
        """The clock of a run that began then."""
        return Clock(self._zone, moment)

    def both(self, text: str) -> list[datetime]:
        """The moments a time of the file may be. Raises `Unreadable`."""
        moment = parse(text)
        return sorted({(moment - offset).replace(tzinfo=timezone.utc) for offset in self._offsets(moment)})

    def utc(self, text: str) -> str:
        """A time of the file -> ISO 8601 in UTC with microseconds. Raises `Unreadable`."""
        moment = parse(text)
        if not self._begin <= moment < self._end:
            self._turn_to(moment)
        return f"{(moment - self._offset).isoformat(timespec='microseconds')}+00:00"

    def in_order(self) -> Callable[[str], str]:
        """`utc` for times that come in order."""
        clock = Clock(self._zone, self._since)

        def utc(text: str) -> str:
            told = clock.utc(text)
            if clock._begin == clock._end:
                clock._since = max(clock._since, datetime.fromisoformat(told))
            return told

        return utc

    def elapsed(self, start: str, seconds: float) -> float:
        """Seconds that passed: more than the file has where that is less than nothing, as the clock was set back."""
        if seconds >= 0 or not start:
            return seconds
        first, second = self._offsets(parse(start) + timedelta(seconds=seconds))
        return seconds + (first - second).total_seconds()

    def _turn_to(self, moment: datetime) -> None:
        """Asking the system each time would cost as much as all the rest."""
        first, second = self._offsets(moment)
        self._begin = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
        self._end = self._begin + WINDOW
        self._offset = first
        if first > second:  # an hour that comes twice
            self._end = self._begin
            if (moment - first).replace(tzinfo=timezone.utc) < self._since - SHORT:
                self._offset = second

    def _offsets(self, moment: datetime) -> tuple[timedelta, timedelta]:
        """From UTC, the first and the second time that the clock shows it."""
        first, second = (self._local(moment.replace(fold=fold)).utcoffset() or timedelta() for fold in (0, 1))
        return first, second

    def _local(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=self._zone) if self._zone else moment.astimezone()
