"""Archives of uploads, each kept once however often it is uploaded."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO

from livewall_dashboard.artifacts.gzip_files import BLOCK
from livewall_dashboard.artifacts.model import Artifact, Owner
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.errors import BadRequest, NotFound
from livewall_dashboard.history.result_sets import uploads
from livewall_dashboard.history.result_sets.uploads import Connection, UploadPlace
from livewall_dashboard.history.retention.rules import (
    THINK_IT_OVER,
    YOUNG,
    NewRun,
    check_new_run,
    read_retention,
    rules_against,
)
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.resultsdb import upload as upload_form
from livewall_dashboard.resultsdb.commit_store import CommitStore
from livewall_dashboard.resultsdb.configuration import MEMBERS, Configuration
from livewall_dashboard.resultsdb.parameters import ArchiveQuery
from livewall_dashboard.resultsdb.selection import select, series_for, suites_of
from livewall_dashboard.resultsdb.upload import DEFAULT_BRANCH
from livewall_dashboard.resultsdb.upload_store import place_of

NAME = "archive.zip"
KIND = "upload_archive"
AT_ONCE = 200
"""Archives that are removed in one transaction."""


@dataclass(frozen=True, slots=True)
class FoundArchive:
    """`name`: for whoever saves it. `file`: packed bytes; the caller closes it."""

    name: str
    artifact: Artifact
    file: BinaryIO


class ArchiveStore:
    """Raises `Unavailable` while Postgres is away, or the disk full."""

    def __init__(self, database: Database, files: ArtifactStore, commits: CommitStore, clock: Callable[[], datetime]):
        self._database = database
        self._files = files
        self._commits = commits
        self._clock = clock

    def take(self, members: Mapping[str, Any], file: BinaryIO) -> None:
        """Raises BadRequest, NotFound, TooOld; then nothing is stored."""
        if not self._database.offload(zipfile.is_zipfile, file):
            raise BadRequest("Archive is not a zipfile")
        try:
            made_on = upload_form.configuration_of(members)
        except ValueError as error:
            raise BadRequest(f"Invalid configuration, error: {error}") from None
        suite = upload_form.suite_of(members)
        commits = upload_form.commits_of(members)
        if not commits:
            raise BadRequest("No commits provided")
        upload_form.require_complete(made_on)
        start_time = upload_form.time_of(members, self._now())
        known = self._commits.register(commits)
        place = place_of(made_on, suite, known, start_time)
        self._check_age(made_on, place)
        digest: str = self._database.offload(_digest, file)
        self._keep(digest, file)
        with self._database.connection() as connection, connection.transaction():
            uploads.place_archive(connection, place, digest)
        self._keep(digest, file)  # again, where the last archive of that file has just been removed

    def find(self, query: ArchiveQuery) -> FoundArchive:
        """The only one that the query means. Raises NotFound, and BadRequest where it means several."""
        found: dict[str, str] = {}
        with self._database.connection() as connection:
            now = self._now()
            for suite in suites_of(connection, query, query.suite, now):
                series = {each.id: each for each in series_for(connection, query, query.branch, [suite], now)}
                selection = select(connection, query, list(series.values()), 2, now)
                for row in uploads.archives(connection, selection):
                    made_on = replace(series[row["series_id"]].configuration, sdk=row["sdk"] or None)
                    found.setdefault(row["digest"], f"{made_on.file_name}@{row['uuid']}.zip")
        if len(found) > 1:
            raise BadRequest("Multiple archives matching the specified criteria")
        for digest, name in found.items():
            opened = self._files.open(Owner(KIND, digest), NAME)
            if opened is not None:
                return FoundArchive(name, *opened)
        raise NotFound("No archives matching the specified criteria")

    def remove_old(self) -> None:
        """Those whose results never came, by the rules that such a run goes by, and what others took the place of.

        An archive whose results came goes with their run.
        """
        with self._database.connection() as connection:
            old = self._too_old(connection)
            for first in range(0, len(old), AT_ONCE):
                uploads.remove_archives(connection, old[first : first + AT_ONCE])
            unused = uploads.remove_files_without_archive(connection)
        if old or unused:
            self._files.sweep()

    def _check_age(self, made_on: Configuration, place: UploadPlace) -> None:
        """Raises TooOld for one that would not be kept."""
        with self._database.connection() as connection:
            if not uploads.has_upload(connection, place):
                check_new_run(connection, _run_beside(made_on, place), self._clock())

    def _too_old(self, connection: Connection) -> list[int]:
        now, retention = self._clock(), read_retention(connection)
        if not retention.rules or now - retention.set_at < THINK_IT_OVER:
            return []
        found: list[int] = []
        rows = uploads.archives_alone(connection, int((now - YOUNG).timestamp()))
        for _, of_series in groupby(rows, key=itemgetter("series_id")):
            for row in of_series:
                if not rules_against(connection, _run_of(row), now):
                    break  # nor do those that are younger
                found.append(row["id"])
        return found

    def _keep(self, digest: str, file: BinaryIO) -> None:
        """Stores the file, to be found by its digest, unless it is there."""
        owner = Owner(KIND, digest)
        opened = self._files.open(owner, NAME)
        if opened is not None:
            opened[1].close()
        else:
            self._files.put(owner, NAME, _blocks(file), packed=False)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _run_beside(made_on: Configuration, place: UploadPlace) -> NewRun:
    """The run that an archive is beside, or would be."""
    branch = "" if place.branches == [DEFAULT_BRANCH] else place.branches[0]
    began = datetime.fromtimestamp(place.start_time, timezone.utc)
    return NewRun(None, branch, place.suite, json.dumps(made_on.labels(), ensure_ascii=False), began)


def _run_of(row: Mapping[str, Any]) -> NewRun:
    made_on = Configuration(**{name: row[name] for name in MEMBERS}, sdk=row["sdk"] or None)
    place = UploadPlace({}, row["suite"], [row["branch"]], 0, row["start_time"], row["sdk"])
    return _run_beside(made_on, place)


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    for block in _blocks(file):
        found.update(block)
    return found.hexdigest()


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(BLOCK):
        yield block
