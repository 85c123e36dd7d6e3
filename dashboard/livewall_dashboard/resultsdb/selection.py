"""What a query of resultsdbpy's asks for: which configurations, commits and times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.history.commits.known_commits import LATEST, KnownCommits
from livewall_dashboard.history.result_sets import uploads
from livewall_dashboard.history.result_sets.uploads import Connection, Selection
from livewall_dashboard.resultsdb import commit_search
from livewall_dashboard.resultsdb.configuration import (
    MAX_LENGTH,
    MEMBERS,
    OPTIONAL,
    REQUIRED,
    Configuration,
    version_of,
)
from livewall_dashboard.resultsdb.parameters import ConfigurationQuery, RunsQuery, TimedQuery
from livewall_dashboard.resultsdb.upload import DEFAULT_BRANCH

RECENTLY = 14 * 86_400
"""Seconds: a configuration without a run since is asked for by `recent=False`, or by all that it is."""


@dataclass(frozen=True, slots=True)
class Series:
    """The runs of a suite on a configuration and branch."""

    id: int
    suite: str
    configuration: Configuration


class Wanted:
    """The configurations that a query asks for: of each member that is given, one of its values."""

    def __init__(self, query: ConfigurationQuery, now: int):
        self._values: dict[str, Sequence[Any]] = {
            name: getattr(query, name) for name in MEMBERS if getattr(query, name)
        }
        if "version" in self._values:
            self._values["version"] = list(map(_version, query.version))
        if "is_simulator" in self._values:
            self._values["is_simulator"] = list(map(flag, query.is_simulator))
        # Who says all that a configuration must have means that one, without what is not said of it.
        self._is_complete = all(name in self._values for name in REQUIRED)
        self._since = now - RECENTLY if flag_of(query.recent, default=True) and not self._is_complete else None
        self.sdks = [sdk for sdk in query.sdk if sdk != "?"] or None

    def has(self, configuration: Configuration, latest: int) -> bool:
        """`latest`: when it had its latest run."""
        if self._since is not None and latest <= self._since:
            return False
        return all(self._has(name, getattr(configuration, name)) for name in MEMBERS)

    def _has(self, name: str, value: object) -> bool:
        if name not in self._values:
            return not self._is_complete or name not in OPTIONAL or value is None
        if name == "is_simulator" and self._since is None and not self._is_complete:
            # As resultsdbpy: of those without a recent run, it tells only simulators from the others.
            return value in self._values[name] or False in self._values[name]
        return value in self._values[name]


def flag(text: str) -> bool:
    if text.lower() in ("true", "yes"):
        return True
    try:
        return bool(int(text))
    except ValueError:
        return False


def flag_of(texts: Sequence[str], *, default: bool) -> bool:
    return flag(texts[0]) if texts else default


def series_for(
    connection: Connection, query: ConfigurationQuery, branches: Sequence[str], suites: Sequence[str] | None, now: int
) -> list[Series]:
    """Those of the first of `branches`, the default one if there is none."""
    wanted = Wanted(query, now)
    found = []
    for row in uploads.series_of(connection, (branches or [DEFAULT_BRANCH])[0], suites):
        configuration = Configuration(**{name: row[name] for name in MEMBERS})
        if wanted.has(configuration, row["latest"]):
            found.append(Series(row["id"], row["suite"], configuration))
    return found


def suites_of(connection: Connection, query: ConfigurationQuery, suites: Sequence[str], now: int) -> Sequence[str]:
    """Those that are named, else all that ran at main branches on these configurations."""
    if suites:
        return suites
    return sorted({series.suite for series in series_for(connection, query, [], None, now)})


def select(connection: Connection, query: RunsQuery, series: Sequence[Series], limit: int, now: int) -> Selection:
    """What the query asks for of these series. Raises BadRequest, NotFound."""
    begin, end = commit_search.span_of(KnownCommits(connection), query)
    after, before = None, None
    if isinstance(query, TimedQuery):
        after, before = _time(query.after_time), _time(query.before_time)
    first, last = commit_search.bounds(begin, end)
    by_start = sum(point is not None for point in (begin, end)) < sum(time is not None for time in (after, before))
    return Selection(
        [each.id for each in series],
        Wanted(query, now).sdks,
        begin=first,
        end=last,
        begin_time=after or 0,
        end_time=before or LATEST,
        by_start=by_start,
        limit=limit,
    )


def _time(texts: Sequence[str]) -> int | None:
    if not texts:
        return None
    try:
        seconds = round(float(texts[-1]))
    except (ValueError, OverflowError):
        seconds = 0
    if seconds <= 0:
        raise BadRequest("Start time must be a positive integer")
    return min(seconds, LATEST)


def _version(text: str) -> int:
    try:
        return version_of(text[:MAX_LENGTH])
    except ValueError as error:
        raise BadRequest(f"version: {error}") from None
