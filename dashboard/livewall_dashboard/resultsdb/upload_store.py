"""Uploads: taken in, given back as they came, read once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from livewall_dashboard.access.tokens import Token
from livewall_dashboard.history.commits.known_commits import KnownCommit
from livewall_dashboard.history.result_sets import uploads
from livewall_dashboard.history.result_sets.store_result_set import ResultSets
from livewall_dashboard.history.result_sets.uploads import Connection, UploadPlace
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.resultsdb.commit_store import CommitStore
from livewall_dashboard.resultsdb.configuration import MEMBERS, Configuration
from livewall_dashboard.resultsdb.parameters import SuitesQuery, UploadsQuery
from livewall_dashboard.resultsdb.selection import Series, select, series_for, suites_of
from livewall_dashboard.resultsdb.upload import Upload, branches_of, read_upload, result_set_of, uuid_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Kept:
    """An upload that is stored."""

    run_id: int
    setup: str
    configuration: Configuration
    suite: str
    start_time: int


class _Raw(msgspec.Struct):
    commits: msgspec.Raw
    test_results: msgspec.Raw


_raw = msgspec.json.Decoder(_Raw)


class UploadStore:
    """Raises `Unavailable` while Postgres is away. `clock`: the server's."""

    def __init__(
        self, database: Database, commits: CommitStore, result_sets: ResultSets, clock: Callable[[], datetime]
    ):
        self._database = database
        self._commits = commits
        self._result_sets = result_sets
        self._clock = clock

    def take(self, members: Mapping[str, Any], writer: Token | None) -> Json:
        """Store an upload -> what came of its parts. Raises LivewallError; then none of its results are stored."""
        upload: Upload = self._database.offload(read_upload, members, self.now())
        return self._store(upload, setup_of(upload, writer), writer)

    def suites(self, query: SuitesQuery) -> list[list[Any]]:
        """Each configuration with its suites."""
        with self._database.connection() as connection:
            found = series_for(connection, query, query.branch, query.suite or None, self.now())
        suites: dict[Configuration, list[str]] = {}
        for series in found:
            suites.setdefault(series.configuration, []).append(series.suite)
        return [[configuration.as_json(), names] for configuration, names in suites.items()]

    def find(self, query: UploadsQuery) -> list[_Kept]:
        """Of each suite and configuration the latest, so many of all suites together."""
        with self._database.connection() as connection:
            now = self.now()
            found: list[_Kept] = []
            for suite in suites_of(connection, query, query.suite, now):
                room = query.limit - len(found)
                if room <= 0:
                    break
                found += self._of_suite(connection, query, suite, room, now)
        return found

    def give_back(self, kept: Sequence[_Kept]) -> Iterator[bytes]:
        """The uploads as JSON, one after the other: they may be large."""
        for each in kept:
            raw = self._read(each)
            if raw is not None:
                told = {**_told(each), "commits": raw.commits, "test_results": raw.test_results}
                yield msgspec.json.encode(told)

    def read_again(self, kept: Sequence[_Kept], writer: Token | None) -> list[Json]:
        """Store the results of uploads anew, from what was sent."""
        answers = []
        for each in kept:
            raw = self._read(each)
            if raw is not None:
                upload = self._database.offload(read_upload, _members(each, raw), each.start_time)
                processing = self._store(upload, each.setup, writer)
                answers.append({**_told(each), "commits": raw.commits, "processing": processing})
        return answers

    def now(self) -> int:
        """Seconds since 1970."""
        return int(self._clock().timestamp())

    def _store(self, upload: Upload, setup: str, writer: Token | None) -> Json:
        commits = self._commits.register(upload.commits)
        place = place_of(upload.configuration, upload.suite, commits, upload.start_time)
        self._result_sets.store(
            result_set_of(upload, setup, commits),
            writer,
            partial(_place, upload=upload, place=place, writer=writer),
        )
        return upload.processing()

    def _of_suite(self, connection: Connection, query: UploadsQuery, suite: str, limit: int, now: int) -> list[_Kept]:
        series = {each.id: each for each in series_for(connection, query, query.branch, [suite], now)}
        rows = uploads.uploads(connection, select(connection, query, list(series.values()), limit, now))
        return [_kept(row, series[row["series_id"]]) for row in rows]

    def _read(self, kept: _Kept) -> _Raw | None:
        """None where the run is gone meanwhile."""
        with self._database.connection() as connection:
            raw = uploads.raw_upload(connection, kept.run_id)
        return None if raw is None else _raw.decode(raw)


def place_of(made_on: Configuration, suite: str, commits: Sequence[KnownCommit], start_time: int) -> UploadPlace:
    row = {**{name: getattr(made_on, name) for name in MEMBERS}, "digest": made_on.digest}
    return UploadPlace(row, suite, branches_of(commits), uuid_of(commits), start_time, made_on.sdk or "")


def setup_of(upload: Upload, writer: Token | None) -> str:
    """The one that the token is bound to, else the worker that is named, else the configuration's short name."""
    if writer is not None and writer.setups is not None and len(writer.setups) == 1:
        return writer.setups[0]
    return upload.host or upload.configuration.short_name


def _place(connection: Connection, run_id: int, *, upload: Upload, place: UploadPlace, writer: Token | None) -> None:
    uploads.place_upload(
        connection,
        run_id,
        place,
        flaky=upload.summary.flaky,
        stats=upload.stats,
        urls=upload.urls,
        writer=writer,
    )


def _kept(row: Mapping[str, Any], series: Series) -> _Kept:
    made_on = replace(series.configuration, sdk=row["sdk"] or None)
    return _Kept(row["run_id"], row["setup"], made_on, series.suite, row["start_time"])


def _told(kept: _Kept) -> Json:
    return {"configuration": kept.configuration.as_json(), "suite": kept.suite, "timestamp": kept.start_time}


def _members(kept: _Kept, raw: _Raw) -> Json:
    return {**_told(kept), "commits": raw.commits, "test_results": raw.test_results}
