"""The bytes of a file, packed by gzip or not, whatever is wrong with it."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from livewall_dashboard.importing.model import Unreadable, Unrecognized

PIECE = 128 * 1024


def pieces(path: Path, most: int | None = None) -> Iterator[bytes]:
    """Of at most `most` bytes, unpacked. Raises `Unreadable`."""
    size = 0
    try:
        # Opening a pipe would wait for who writes into it.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as plain:
            _check_is_file(plain)
            beginning = plain.read(2)
            plain.seek(0)
            file: IO[bytes] = gzip.GzipFile(fileobj=plain) if beginning == b"\x1f\x8b" else plain  # type: ignore[assignment]
            if not beginning:
                raise Unreadable("It is empty: robot was killed before it wrote anything.")
            first = file.read(PIECE)
            _check_kind(first)
            while first:
                size += len(first)
                if most is not None and size > most:
                    raise Unreadable(f"It has more than {most:,} bytes, unpacked.")
                yield first
                first = file.read(PIECE)
    except EOFError:
        raise Unreadable("It is packed by gzip and ends in the middle.") from None
    except (gzip.BadGzipFile, zlib.error):
        raise Unreadable("It is packed by gzip and damaged.") from None
    except IsADirectoryError:
        raise Unreadable("It is a folder; name the output.xml files in it.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in its name
        raise Unreadable(f"It cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def _check_is_file(file: IO[bytes]) -> None:
    mode = os.fstat(file.fileno()).st_mode
    if not stat.S_ISREG(mode):
        kind = "a named pipe" if stat.S_ISFIFO(mode) else "a device"
        raise Unreadable(f"It is {kind}; only files can be imported.")


def _check_kind(first: bytes) -> None:
    if first[:1000].lstrip()[:14].lower() == b"<!doctype html":
        raise Unrecognized("It is an HTML page; robot's output.xml is what can be imported.")
