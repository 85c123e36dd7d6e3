"""Build reports for `livewall import`: tarballs that were kept, one by one or in folders."""

from __future__ import annotations

import zlib
from pathlib import Path

from livewall_dashboard.base.file_reader import FileToRead, ReadRun

_PACKED = (b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")
"""bzip2, xz, zstd: nothing else that is imported is packed so."""
_GZIP = b"\x1f\x8b"
_FOLDER = b"logs/"


class ReportReader:
    suffixes = (".tar.bz2", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst")

    def takes(self, beginning: bytes, name: str) -> bool:
        if beginning.startswith(_GZIP):
            return _unpacked(beginning).startswith(_FOLDER)
        return beginning.startswith(_PACKED)

    def store(self, file: FileToRead, database_url: str, data: Path) -> ReadRun:
        """Raises NotAReport, TooLargeReport, and what the history has against it."""
        # Every import has this reader, and few meet a report: half of what such a program has to load is for these.
        from livewall_dashboard.buildlogs.import_report import import_report  # noqa: PLC0415

        return import_report(file, database_url, data)


READER = ReportReader()


def _unpacked(beginning: bytes) -> bytes:
    """The begin of what is packed by gzip; nothing where it is damaged."""
    try:
        return zlib.decompressobj(wbits=31).decompress(beginning, 512)
    except zlib.error:
        return b""
