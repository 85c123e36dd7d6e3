"""A folder of something that runs, which another agent process may go on with."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class KeptFolder:
    """`path`: where it is."""

    path: Path

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Waits for whoever holds it: what an agent that was killed had started, until that has ended.

        -> a descriptor; whoever inherits it holds the lock, too.
        """
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def remove(self) -> bool:
        """-> whether all of it is gone: what had root may have left files that we cannot remove."""
        shutil.rmtree(self.path, ignore_errors=True)
        return not self.path.exists()
