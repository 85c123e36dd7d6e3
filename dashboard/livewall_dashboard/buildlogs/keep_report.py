"""Keeps a report that is handed over: reads it, makes a run of it, and stores its files beside."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from livewall_dashboard.access.tokens import Token
from livewall_dashboard.artifacts.model import Owner, is_name
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.base.offload import Offload
from livewall_dashboard.buildlogs.limits import MIB, Limits
from livewall_dashboard.buildlogs.member_files import MemberFile, MemberFiles
from livewall_dashboard.buildlogs.model import Report
from livewall_dashboard.buildlogs.one_line import summary
from livewall_dashboard.buildlogs.read_report import read_report
from livewall_dashboard.buildlogs.store import ReportStore, StoredReport
from livewall_dashboard.buildlogs.to_result_set import name_of, result_set_of
from livewall_dashboard.history.store_result_set import ResultSets
from livewall_dashboard.postgres.disk_space import free_bytes

BLOCK = 256 * 1024
MOST_FILES = 200
"""Members that can be opened by themselves; the others are in the tarball."""
LEFT_FREE = 256 * MIB
"""Bytes of the disk that reading a report leaves alone."""
PREFIX = "report-"


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
    """`folder`: where reports lie while they are read; nothing stays there."""

    def __init__(
        self,
        store: ReportStore,
        result_sets: ResultSets,
        artifacts: ArtifactStore,
        *,
        folder: Path,
        offload: Offload,
        clock: Callable[[], datetime],
        limits: Limits,
    ):
        self._store = store
        self._result_sets = result_sets
        self._artifacts = artifacts
        self._folder = folder
        self._offload = offload
        self._clock = clock
        self._limits = limits

    @property
    def limits(self) -> Limits:
        return self._limits

    def tidy(self) -> None:
        """At a start: removes what a killed predecessor was reading."""
        for left in self._folder.glob(f"{PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)

    def keep(
        self, tarball: BinaryIO, writer: Token | None = None, setup: str = "", labels: Mapping[str, str] | None = None
    ) -> KeptReport:
        """Returns when it is stored; the same tarball again changes nothing.

        `setup`: "" for that of `writer`, if that is bound to one, else the host. Raises NotAReport, TooLargeReport,
        and what the history and the disk have against it. What is no report leaves
        nothing; a run whose files could not be stored is completed when the report comes again.
        """
        sha256 = self._offload(_hash_of, tarball)
        known = self._store.run_of_tarball(sha256)
        if known is not None:
            row = self._store.report(known)
            line, lacks = row["details"]["line"], row["details"]["missing_tests"]
            return KeptReport(known, row["setup"], row["total"], line, is_new=False, is_partial=bool(lacks))
        with self._working_folder() as folder:
            files = MemberFiles(Path(folder))
            report: Report = self._offload(self._read, tarball, files)
            return self._keep(tarball, sha256, report, files, writer, setup, labels or {})

    def _working_folder(self) -> tempfile.TemporaryDirectory[str]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if free_bytes(self._folder) < LEFT_FREE + self._limits.packed:
                raise _no_room()
            return tempfile.TemporaryDirectory(prefix=PREFIX, dir=self._folder)
        except OSError:
            raise _no_room() from None

    def _read(self, tarball: BinaryIO, files: MemberFiles) -> Report:
        tarball.seek(0)
        try:
            return read_report(_blocks(tarball), files, self._limits)
        except OSError:
            raise _no_room() from None

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
        run = f"{PREFIX}{sha256[:24]}"
        result_set = result_set_of(report, run, setup or _setup_of(report, writer), labels, self._clock())
        stored = self._result_sets.store(result_set, writer)
        report_of_run = StoredReport(
            stored.run_id,
            run,
            result_set.setup,
            sha256,
            result_set.started_at,
            _tarball_name(report),
            files.has_secrets,
        )
        self._put_files(report_of_run, tarball, files)
        self._store.add(report_of_run, report, {kept.name: kept for kept in files.files})
        is_partial = not result_set.is_whole
        return KeptReport(run, result_set.setup, len(report.tests), summary(report), is_new=True, is_partial=is_partial)

    def _put_files(self, stored: StoredReport, tarball: BinaryIO, files: MemberFiles) -> None:
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


def _setup_of(report: Report, writer: Token | None) -> str:
    """The token's own setup, where it has one; else the host it was built on."""
    if writer is not None and writer.setups and len(writer.setups) == 1:
        return writer.setups[0]
    return name_of(report.host)


def _tarball_name(report: Report) -> str:
    name = f"{report.basename}.pretest-build-report.tar.bz2"
    return name if is_name(name) else "pretest-build-report.tar.bz2"


def _no_room() -> Unavailable:
    return Unavailable("the wall's disk is nearly full; send it again when there is room")
