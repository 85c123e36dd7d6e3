"""What is answered of files that were imported: over HTTP, and by `livewall import --json`."""

from __future__ import annotations

from typing import Literal

import msgspec

from livewall_dashboard.history.resources import Counts

Result = Literal["imported", "nothing_new", "broken", "skipped"]


class ImportChange(msgspec.Struct):
    """What a run that was known got. Repaired: stored, but otherwise; removed: not in the file."""

    tests_added: int
    suites_added: int
    tests_repaired: int
    suites_repaired: int
    tests_removed: int
    suites_removed: int


class ImportedFile(msgspec.Struct):
    """What became of a file.

    `result`: imported, where a run is new (`is_new`) or got what it lacked (`change`); nothing_new, where it had all of
    it; broken or skipped, where `reason` says why nothing of the file was stored. What is about a run is null then.
    `tests`: in the file; `counts`: of what is now stored of the run. `is_partial`: the file says that it lacks results.
    """

    path: str
    result: Result
    reason: str | None = None
    run: str | None = None
    url: str | None = None
    setup: str | None = None
    tests: int | None = None
    counts: Counts | None = None
    is_new: bool = False
    is_partial: bool = False
    note: str | None = None
    change: ImportChange | None = None


class ImportReport(msgspec.Struct):
    """How many files came to what, and each of them."""

    imported: int
    nothing_new: int
    broken: int
    skipped: int
    files: list[ImportedFile]


def report_of(files: list[ImportedFile]) -> ImportReport:
    results = [file.result for file in files]
    imported, nothing_new = results.count("imported"), results.count("nothing_new")
    return ImportReport(imported, nothing_new, results.count("broken"), results.count("skipped"), files)
