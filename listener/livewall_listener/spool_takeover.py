"""Goes on with the spool of a process that was killed while it delivered this very run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from livewall_listener import spool_folder
from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import Header, SpoolError

_MOST = 1000
_MOST_BYTES = 1_000_000


def take_over(former: Path | None, header: Header, path: Path | None, limit: int) -> SpoolFile:
    """A new spool at `path`, with what the wall does not have of the former one, if that can be read."""
    if former is not None:
        try:
            return _moved(former, header, path, limit)
        except (OSError, SpoolError):
            pass  # what is in it waits for the next run or `resend`
    return SpoolFile.create(header, path, limit=limit)


def _moved(former: Path, header: Header, path: Path | None, limit: int) -> SpoolFile:
    claim = spool_folder.Claim.on(former)
    if claim is None:
        raise BlockingIOError(f"{former} is in use")
    try:
        old = SpoolFile.load(former)
        try:
            old.acknowledge(spool_folder.noted(former))
            new = _copied(old, replace(header, first_seq=old.acknowledged + 1), path, limit)
        finally:
            old.close(delete=False)
        former.unlink()
        return new
    finally:
        claim.release(delete=not former.exists())


def _copied(old: SpoolFile, header: Header, path: Path | None, limit: int) -> SpoolFile:
    """Without one in which its writer was stopped: whoever handed that over has it still."""
    new = SpoolFile.create(header, path, limit=limit)
    last = old.last_seq - old.is_torn
    while new.last_seq < last:
        most = min(_MOST, last - new.last_seq)
        records = old.read(new.last_seq + 1, most=most, most_bytes=_MOST_BYTES)
        if not new.append(records):
            new.close(delete=True)
            raise OSError("there is no room for what was kept")
    return new
