"""What becomes of one file: imported, or the reason why not."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import LivewallError, Unavailable
from livewall_dashboard.history.retention.rules import TooOld
from livewall_dashboard.importing.importer import Importer
from livewall_dashboard.importing.input_files import InputFile
from livewall_dashboard.importing.killed_runs import KnownOtherwise
from livewall_dashboard.importing.model import Unrecognized
from livewall_dashboard.importing.other_readers import OtherReaders
from livewall_dashboard.importing.report import FileReport
from livewall_dashboard.importing.resources import Result
from livewall_dashboard.importing.wish import PathDoesNotMatch, PathPattern, Wish
from livewall_dashboard.postgres.database import unavailable_when_away


def import_file(
    importer: Importer, file: InputFile, wish: Wish, pattern: PathPattern | None, others: OtherReaders
) -> FileReport:
    """`others` come first. Raises Unavailable: then no other file will do better."""
    name = shown(file.name)
    if file.skip or file.broken:
        return FileReport(name, "skipped" if file.skip else "broken", file.skip or file.broken)
    try:
        with unavailable_when_away():
            wish = pattern.apply(file.name, wish) if pattern else wish
            outcome = others.store(file.path, name, wish, importer.url) or importer.run(
                file.path, wish, utc_now(), file.parts
            )
            counts = importer.counts(outcome.key)
    except Unavailable:
        raise
    except LivewallError as error:
        return FileReport(name, _result_of(error, file), error.message)
    except psycopg.Error as error:
        return FileReport(name, "broken", f"Postgres refuses it: {str(error).strip().partition(chr(10))[0]}.")
    except OSError as error:
        reason = f"It cannot be kept in the folder for temporary files: {error.strerror or error}."
        return FileReport(name, "broken", reason)
    result: Result = "imported" if outcome.is_new or outcome.change is not None else "nothing_new"
    return FileReport(name, result, outcome=outcome, counts=counts)


def shown(path: Path) -> str:
    """A path as text that any terminal and any JSON takes."""
    return os.fsencode(path).decode("utf-8", "replace")


def _result_of(error: LivewallError, file: InputFile) -> Result:
    if isinstance(error, (PathDoesNotMatch, KnownOtherwise, TooOld)):
        return "skipped"
    return "skipped" if isinstance(error, Unrecognized) and not file.named else "broken"
