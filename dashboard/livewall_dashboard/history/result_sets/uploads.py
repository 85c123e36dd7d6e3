"""Runs that were uploaded, by suite, configuration, branch and commit: a *series* is those of one suite on one
configuration and branch, in the order of their commits' uuids.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from livewall_dashboard.access.tokens import Token
from livewall_dashboard.history.commits.known_commits import LATEST
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.recording import ownership
from livewall_dashboard.history.results.names import pair_digest
from livewall_listener import wire

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

MOST = 50_000
"""Of one series at most so many are read at once, however many are asked for."""
_BY_COMMIT = sql.SQL("uuid DESC, start_time DESC")
_BY_START = sql.SQL("start_time DESC, uuid DESC")


@dataclass(frozen=True, slots=True)
class UploadPlace:
    """Where an upload, or an archive, is found again. `configuration`: a row of upload_configuration."""

    configuration: Mapping[str, Any]
    suite: str
    branches: Sequence[str]
    uuid: int
    start_time: int
    sdk: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Of these series the latest `limit` uploads each: by uuid or, with `by_start`, by when they started.

    `sdks`: with these alone, and then so many of each. Bounds are included.
    """

    series: Sequence[int]
    sdks: Sequence[str] | None = None
    begin: int = 0
    end: int = LATEST
    begin_time: int = 0
    end_time: int = LATEST
    by_start: bool = False
    limit: int = MOST

    def values(self) -> Row:
        return {
            "series": list(self.series),
            "sdks": [None] if self.sdks is None else list(self.sdks),
            "begin": self.begin,
            "end": self.end,
            "begin_time": self.begin_time,
            "end_time": self.end_time,
            "limit": min(self.limit, MOST),
        }


def place_upload(
    connection: Connection,
    run_id: int,
    place: UploadPlace,
    *,
    flaky: int,
    stats: Mapping[str, Any],
    urls: Mapping[str, Any] | None,
    writer: Token | None,
) -> None:
    """Note where the run is found. Part of the transaction that stores it.

    Raises Forbidden where `writer` is bound to other setups than that of the run which is there by now.
    """
    suite_id, series = _series(connection, place)
    values: Row = {
        "run_id": run_id, "suite_id": suite_id, "series": series, "uuid": place.uuid, "start_time": place.start_time,
        "sdk": place.sdk, "flaky": flaky, "stats": Jsonb(stats), "urls": None if urls is None else Jsonb(urls),
    }  # fmt: skip
    if writer is not None:
        for row in connection.execute(QUERIES["setups_of_upload"], values).fetchall():
            ownership.check_setup(writer, "at this place", row["setup"])
    connection.execute(QUERIES["place_upload"], values)


def place_archive(connection: Connection, place: UploadPlace, digest: str) -> None:
    for series_id in _series(connection, place)[1]:
        values = {
            "series_id": series_id, "uuid": place.uuid, "start_time": place.start_time, "sdk": place.sdk,
            "digest": digest,
        }  # fmt: skip
        connection.execute(QUERIES["place_archive"], values)


def series_of(connection: Connection, branch: str, suites: Sequence[str] | None = None) -> list[Row]:
    """Those of a branch, with the members of their configurations, and when these had their latest run."""
    values = {"branch": branch, "suites": None if suites is None else list(suites)}
    return connection.execute(QUERIES["upload_series"], values).fetchall()


def uploads(connection: Connection, selection: Selection) -> list[Row]:
    """With what is told of each as a whole, the oldest commit first."""
    return connection.execute(_query("uploads", selection), selection.values()).fetchall()


def results_of_test(connection: Connection, longname: str, selection: Selection) -> list[Row]:
    """One test's results, under whatever names it had."""
    name = wire.clean_name(longname)
    digest = pair_digest(name, name.rpartition("/")[2] or name)
    values = {**selection.values(), "digest": digest}
    return connection.execute(_query("uploaded_results", selection), values).fetchall()


def failures(connection: Connection, runs: Sequence[int], *, unexpected: bool) -> list[Row]:
    """`run_id, longname, actual, expected` of each failure."""
    return connection.execute(QUERIES["uploaded_failures"], {"runs": list(runs), "unexpected": unexpected}).fetchall()


def tests_with_failures(connection: Connection, runs: Sequence[int], *, unexpected: bool) -> list[str]:
    values = {"runs": list(runs), "unexpected": unexpected}
    rows = connection.execute(QUERIES["uploaded_tests_with_failures"], values).fetchall()
    return [row["longname"] for row in rows]


def test_names(connection: Connection, suite: str, beginning: str, limit: int) -> list[str]:
    values = {"suite": suite, "beginning": beginning, "limit": limit}
    return [row["longname"] for row in connection.execute(QUERIES["uploaded_test_names"], values).fetchall()]


def raw_upload(connection: Connection, run_id: int) -> bytes | None:
    """What was kept of it as it came."""
    row = connection.execute(QUERIES["raw_upload_of"], {"run_id": run_id}).fetchone()
    return None if row is None else zlib.decompress(row["packed"], wbits=31)


def has_upload(connection: Connection, place: UploadPlace) -> bool:
    """Whether there is one at this place."""
    values = {
        "suite": place.suite, "digest": place.configuration["digest"], "branches": list(place.branches),
        "uuid": place.uuid, "start_time": place.start_time, "sdk": place.sdk,
    }  # fmt: skip
    row = connection.execute(QUERIES["has_upload_there"], values).fetchone()
    return bool(row and row["is_there"])


def archives_alone(connection: Connection, before: int) -> list[Row]:
    """Those from before a time, in seconds since 1970, that are beside no upload: of each series the oldest first."""
    return connection.execute(QUERIES["archives_alone"], [before]).fetchall()


def remove_archives(connection: Connection, ids: Sequence[int]) -> None:
    """Those of them that are still beside no upload."""
    connection.execute(QUERIES["remove_archives"], [list(ids)])


def remove_files_without_archive(connection: Connection) -> int:
    """Files of archives that others have taken the place of -> how many."""
    row = connection.execute(QUERIES["remove_files_without_archive"]).fetchone()
    return int(row["count"]) if row else 0


def archives(connection: Connection, selection: Selection) -> list[Row]:
    return connection.execute(QUERIES["upload_archives"], selection.values()).fetchall()


def _query(name: str, selection: Selection) -> sql.Composed:
    return QUERIES[name].format(latest=_BY_START if selection.by_start else _BY_COMMIT)


def _series(connection: Connection, place: UploadPlace) -> tuple[int, list[int]]:
    """The number of the suite, and those of the series, made where there were none."""
    values: Row = {**place.configuration, "suite": place.suite, "branches": list(place.branches)}
    rows = connection.execute(QUERIES["find_upload_series"], values).fetchall()
    if rows[0]["suite_id"] is None or rows[0]["configuration_id"] is None:
        for query in ("add_upload_suite", "add_upload_configuration"):
            connection.execute(QUERIES[query], values)
        rows = connection.execute(QUERIES["find_upload_series"], values).fetchall()
    found = []
    for row in rows:
        number = row["id"]
        if number is None or row["latest"] < place.start_time:
            values = {**row, "start_time": place.start_time}
            made = connection.execute(QUERIES["add_upload_series"], values).fetchone()
            assert made is not None
            number = made["id"]
        found.append(number)
    return rows[0]["suite_id"], found
