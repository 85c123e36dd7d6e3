"""Packs what a build is made of: the commits, each in a repository that has nothing else, and the steps' commands."""

from __future__ import annotations

import io
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.base.offload import Offload
from livewall_dashboard.branches.build_job import BuildOrder, attached_files
from livewall_dashboard.branches.mirror import Mirrors
from livewall_dashboard.history.commits.git_process import GitFailed

BLOCK = 256 * 1024
TOP = "test"
"""Where an agent puts attachments of the phase that the steps are run in."""
PACKING = 1
"""What git has packed gets hardly smaller."""


class Sources:
    """`folder`: where archives are made; nothing stays there. `url(project, repository)`: where that one came from."""

    def __init__(
        self,
        folder: Path,
        mirrors: Mirrors,
        url: Callable[[str, str], str],
        offload: Offload,
    ) -> None:
        self._folder = folder
        self._mirrors = mirrors
        self._url = url
        self._offload = offload

    def tidy(self) -> None:
        """What a killed predecessor left."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def packed(self, order: BuildOrder) -> Iterator[Iterator[bytes]]:
        """The archive, a block at a time. Raises GitFailed for a commit that is gone, Unavailable for the disk."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True) as folder:
                archive = Path(folder, "sources.tar.gz")
                for number, member in order.sources:
                    mirror = self._mirrors.of(order.project, member.repository)
                    if not mirror.has(member.commit):
                        raise GitFailed(f"the commit {member.commit[:12]} of {member.repository} is not there any more")
                    mirror.export(member.commit, self._url(order.project, member.repository), Path(folder, f"{number}"))
                self._offload(_pack, order, Path(folder), archive)
                with archive.open("rb") as file:
                    yield iter(lambda: file.read(BLOCK), b"")
        except OSError as error:
            raise Unavailable(f"The wall's disk takes no sources: {error.strerror or error}.") from error


def _pack(order: BuildOrder, folder: Path, archive: Path) -> None:
    with tarfile.open(archive, "w:gz", compresslevel=PACKING) as packed:
        for number, _ in order.sources:
            packed.add(folder / f"{number}", f"{TOP}/sources/{number}", filter=_nobodys)
        for name, text in attached_files(order).items():
            data = text.encode("utf-8", "surrogatepass")
            info = tarfile.TarInfo(f"{TOP}/{name}")
            info.size, info.mode = len(data), 0o644
            packed.addfile(info, io.BytesIO(data))


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o755 if member.isdir() else 0o644
    return member
