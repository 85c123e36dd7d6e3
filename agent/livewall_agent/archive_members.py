"""The members of an archive from outside, one after the other, with no more than their share of memory.

tarfile keeps all that it has seen of an archive, and takes into memory what describes a member, however long that is.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import Any, NoReturn

MOST_HEADER = 16 * 1024
"""Bytes of a header that extends the next one: a long name and what that leads to have 4096 each."""
_EXTENDING = (
    tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE,
)  # fmt: skip


class Member(tarfile.TarInfo):
    """`tarfile.open(..., tarinfo=Member)`. A map of the holes in a file may be endless, too: no agent writes one."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _EXTENDING and self.size > MOST_HEADER:
            raise tarfile.ReadError(f"a header has more than {MOST_HEADER} bytes")
        if self.type == tarfile.GNUTYPE_SPARSE:
            _refuse_holes()
        return super()._proc_member(archive)  # type: ignore[misc,no-any-return]  # made to be overridden

    def _proc_gnusparse_00(self, *_: Any) -> NoReturn:
        _refuse_holes()

    _proc_gnusparse_01 = _proc_gnusparse_10 = _proc_gnusparse_00


def members_of(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """To be read in this order. Raises what tarfile does, also RecursionError."""
    for member in archive:
        archive.members.clear()  # type: ignore[attr-defined]  # as its documentation says
        archive.pax_headers = {}
        if member.size < 0:
            raise tarfile.ReadError(f"{member.name[:200]!r} has {member.size} bytes")
        yield member


def _refuse_holes() -> NoReturn:
    raise tarfile.ReadError("it has a file with holes")
