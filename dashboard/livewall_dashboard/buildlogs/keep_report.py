"""Keeps a report that is handed over: reads it, makes a run of it, and stores its files beside."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import psycopg

from livewall_dashboard.access.tokens import Token
from livewall_dashboard.artifacts.model import Owner, is_name
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.errors import NotFound, Unavailable
from livewall_dashboard.base.offload import Offload
from livewall_dashboard.buildlogs.limits import MIB
from livewall_dashboard.buildlogs.member_files import MemberFile, MemberFiles
from livewall_dashboard.buildlogs.model import Report
from livewall_dashboard.buildlogs.one_line import summary
from livewall_dashboard.buildlogs.read_report import read_report
from livewall_dashboard.buildlogs.store import ReportStore, StoredReport, add_report
from livewall_dashboard.buildlogs.to_result_set import name_of, result_set_of
from livewall_dashboard.buildlogs.working_folder import PREFIX, remove_left_over, working_folder
from livewall_dashboard.history.recording.ownership import check_setup
from livewall_dashboard.history.result_sets.result_set import ResultSet
from livewall_dashboard.history.result_sets.store_result_set import ResultSets
from livewall_dashboard.history.store import Store
from livewall_dashboard.lab.model import ReportLimits
from livewall_dashboard.postgres.disk_space import free_bytes

BLOCK = 256 * 1024
MOST_FILES = 200
"""Members that can be opened by themselves; the others are in the tarball."""
LEFT_FREE = 256 * MIB
"""Bytes of the disk that reading a report leaves alone."""


@dataclass(frozen=True, slots=True)
class KeptReport:
    """`run`: its key; `tests`: how many are named; `line`: what it says, in one; `is_new`: it was not here before.

    `is_partial`: more tests are counted than are named.
    """

    run: str
    setup: str
    tests: int
    line: str
    is_new: bool
    is_partial: bool = False


class ReportKeeper:
    """`folder`: where reports lie while they are read; nothing stays there. `runs`: what is in the history by now.

    `on_kept()` once a report is stored.
    """

    def __init__(
        self,
        store: ReportStore,
        runs: Store,
        result_sets: ResultSets,
        artifacts: ArtifactStore,
        *,
        folder: Path,
        offload: Offload,
        clock: Callable[[], datetime],
        limits: Callable[[], ReportLimits],
        on_kept: Callable[[], object] = lambda: None,
    ):
        self._store = store
        self._runs = runs
        self._result_sets = result_sets
        self._artifacts = artifacts
        self._folder = folder
        self._offload = offload
        self._clock = clock
        self._limits = limits
        self._on_kept = on_kept

    @property
    def limits(self) -> ReportLimits:
        return self._limits()

    def tidy(self) -> None:
        """At a start: removes what a killed predecessor was reading."""
        remove_left_over(self._folder)

    def keep(
        self, tarball: BinaryIO, writer: Token | None = None, setup: str = "", labels: Mapping[str, str] | None = None
    ) -> KeptReport:
        """Returns when it is stored; the same tarball again, of the same setup, changes nothing.

        `setup`: "" for that of `writer`, if that is bound to one, else the one that the report names. Raises
        NotAReport, TooLargeReport, and what the history and the disk have against it. What is no report leaves
        nothing; a run whose files could not be stored is completed when the report comes again.
        """
        setup = setup or _setup_of(writer)
        sha256 = self._offload(_hash_of, tarball)
        known = self._known(sha256, setup, writer)
        if known is not None:
            return known
        with self._working_folder() as folder:
            files = MemberFiles(folder)
            report: Report = self._offload(self._read, tarball, files)
            return self._keep(tarball, sha256, report, files, writer, setup, labels or {})

    def _known(self, sha256: str, setup: str, writer: Token | None) -> KeptReport | None:
        """What is stored whole: its tarball is the last of its files. Raises Forbidden."""
        row = self._store.of_tarball(sha256, setup or None)
        if row is None:
            return None
        check_setup(writer, row["run"], row["setup"])
        details = row["details"]
        if self._artifacts.find(Owner.run(row["run_id"]), details["tarball"]) is None:
            return None
        is_partial = bool(details["missing_tests"])
        return KeptReport(row["run"], row["setup"], row["total"], details["line"], is_new=False, is_partial=is_partial)

    @contextmanager
    def _working_folder(self) -> Iterator[Path]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if free_bytes(self._folder) < LEFT_FREE + self.limits.packed:
                raise _no_room()
            with working_folder(self._folder) as folder:
                yield folder
        except OSError:
            raise _no_room() from None

    def _read(self, tarball: BinaryIO, files: MemberFiles) -> Report:
        tarball.seek(0)
        return read_report(_blocks(tarball), files, self.limits)

    def _keep(
        self,
        tarball: BinaryIO,
        sha256: str,
        report: Report,
        files: MemberFiles,
        writer: Token | None,
        setup: str,
        labels: Mapping[str, str],
    ) -> KeptReport:
        run, own_setup = self._run_of(report, sha256, setup)
        result_set = result_set_of(report, run, setup or own_setup, labels, self._clock())

        def add(connection: psycopg.Connection[Any], run_id: int) -> None:
            kept = _stored(run_id, result_set, own_setup, sha256, report, files)
            add_report(connection, kept, report, {kept.name: kept for kept in files.files})

        stored = self._result_sets.store(result_set, writer, add)
        self._put_files(_stored(stored.run_id, result_set, own_setup, sha256, report, files), tarball, files)
        self._on_kept()
        is_partial = not result_set.is_whole
        return KeptReport(run, result_set.setup, len(report.tests), summary(report), is_new=True, is_partial=is_partial)

    def _run_of(self, report: Report, sha256: str, setup: str) -> tuple[str, str]:
        """The run's key, and the setup it is of where none is given.

        A run that was shown while it was built is that of its report, as long as both are of one setup; else each setup
        has a run of its own for the same tarball.
        """
        own_setup = name_of(report.setup or report.host)
        if report.run:
            with suppress(NotFound):
                own_setup = self._runs.run(report.run)["setup"]
            if setup in {"", own_setup}:
                return report.run, own_setup
        digest = hashlib.sha256(f"{sha256}\0{setup or own_setup}".encode()).hexdigest()
        return f"{PREFIX}{digest[:24]}", own_setup

    def _put_files(self, stored: StoredReport, tarball: BinaryIO, files: MemberFiles) -> None:
        """The tarball comes last: where it is, all others are."""
        owner = Owner.run(stored.run_id)
        for kept in [kept for kept in files.files if is_name(kept.name) and kept.name != stored.tarball][:MOST_FILES]:
            self._put(owner, kept)
        if not files.has_secrets:
            tarball.seek(0)
            self._artifacts.put(owner, stored.tarball, _blocks(tarball), packed=False)
            return
        with tempfile.TemporaryFile(dir=self._folder) as masked:
            self._offload(files.repack, masked)
            masked.seek(0)
            self._artifacts.put(owner, stored.tarball, _blocks(masked), packed=False)

    def _put(self, owner: Owner, kept: MemberFile) -> None:
        with kept.path.open("rb") as file:
            self._artifacts.put(owner, kept.name, _blocks(file), packed=True)


def _hash_of(tarball: BinaryIO) -> str:
    tarball.seek(0)
    sha = hashlib.sha256()
    for block in _blocks(tarball):
        sha.update(block)
    return sha.hexdigest()


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _setup_of(writer: Token | None) -> str:
    """The token's own setup; "" where it has none, or several."""
    return writer.setups[0] if writer is not None and writer.setups and len(writer.setups) == 1 else ""


def _stored(
    run_id: int, result_set: ResultSet, own_setup: str, sha256: str, report: Report, files: MemberFiles
) -> StoredReport:
    return StoredReport(
        run_id,
        result_set.key,
        result_set.setup,
        own_setup,
        sha256,
        result_set.started_at,
        _tarball_name(report),
        files.has_secrets,
    )


def _tarball_name(report: Report) -> str:
    name = f"{report.basename}.pretest-build-report.tar.bz2"
    return name if is_name(name) else "pretest-build-report.tar.bz2"


def _no_room() -> Unavailable:
    return Unavailable("the wall's disk is nearly full; send it again when there is room")
