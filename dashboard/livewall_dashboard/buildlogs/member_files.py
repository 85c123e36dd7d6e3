"""The members of a report on the disk while it is read: masked, packed, and open at any place."""

from __future__ import annotations

import bz2
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from livewall_agent.build_report.masking import HINTS, KEYS, mask_line
from livewall_dashboard.buildlogs.line_finder import LineFinder
from livewall_dashboard.buildlogs.log_file import LogIndex, LogWriter, read_from
from livewall_dashboard.buildlogs.tar_stream import FOLDER, Member
from livewall_dashboard.buildlogs.whole_lines import whole_lines

_SECRETS = LineFinder(HINTS + KEYS)


@dataclass(slots=True)
class MemberFile:
    """A member: where it lies packed by gzip, its lines and bytes, and where reading may begin."""

    name: str
    path: Path
    changed_at: float
    size: int = 0
    lines: int = 0
    index: LogIndex | None = None


class MemberFiles:
    """Keeps members below `folder`. `has_secrets`: whether anything was masked in them."""

    def __init__(self, folder: Path):
        self.files: list[MemberFile] = []
        self.has_secrets = False
        self._folder = folder

    def keep(self, member: Member) -> Iterator[bytes]:
        """Its content in blocks of whole lines, without secrets; a block is kept when the next one is asked for."""
        kept = MemberFile(member.name, self._folder / f"{len(self.files)}.gz", member.changed_at)
        self.files.append(kept)
        with kept.path.open("wb") as file:
            writer = LogWriter(file)
            for block in whole_lines(member.pieces):
                masked = masked_lines(block)
                self.has_secrets = self.has_secrets or masked is not block
                writer.write(masked)
                yield masked
            writer.finish()
        kept.size, kept.lines, kept.index = writer.size, writer.lines, writer.index

    def repack(self, target: BinaryIO) -> None:
        """Writes a tarball of what is kept, such as was sent, but for the secrets."""
        with bz2.open(target, "wb") as packed, tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
            folder = tarfile.TarInfo(FOLDER.rstrip("/"))
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(folder)
            for kept in self.files:
                header = tarfile.TarInfo(FOLDER + kept.name)
                header.size, header.mtime = kept.size, int(kept.changed_at)
                with kept.path.open("rb") as file:
                    assert kept.index is not None
                    tar.addfile(header, cast(BinaryIO, _Stream(read_from(file, kept.index, 0))))


def masked_lines(block: bytes) -> bytes:
    """Whole lines without secrets; the very block where it has none."""
    kept, end = [], 0
    for begin, after in _SECRETS.lines(block.lower()):
        line = block[begin:after]
        masked = mask_line(line)
        if masked != line:
            kept += [block[end:begin], masked]
            end = after
    return b"".join([*kept, block[end:]]) if kept else block


class _Stream:
    """Blocks as a file that is read."""

    def __init__(self, blocks: Iterable[bytes]):
        self._blocks = iter(blocks)
        self._rest = b""

    def read(self, size: int) -> bytes:
        while len(self._rest) < size and (block := next(self._blocks, b"")):
            self._rest += block
        data, self._rest = self._rest[:size], self._rest[size:]
        return data
