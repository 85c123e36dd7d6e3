"""A file as a form sends it (multipart/form-data), of any size, without having it in memory."""

from __future__ import annotations

import os
from typing import IO


class MultipartFile:
    """To be read once, from its beginning; `size` in bytes."""

    def __init__(self, file: IO[bytes], name: str, boundary: str) -> None:
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{_quoted(name)}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        self._before = head.encode()
        self._file = file
        self._after = f"\r\n--{boundary}--\r\n".encode()
        self._left = os.fstat(file.fileno()).st_size
        self.size = len(self._before) + self._left + len(self._after)

    def read(self, size: int = -1) -> bytes:
        """The file's size is as it was at the beginning: a longer one is cut, a shorter one an OSError."""
        if self._before:
            data, self._before = self._before, b""
            return data
        if self._left:
            data = self._file.read(self._left if size < 0 else min(size, self._left))
            if not data:
                raise OSError("the file has become shorter while it was sent")
            self._left -= len(data)
            return data
        data, self._after = self._after, b""
        return data


def _quoted(name: str) -> str:
    return "".join(c if c.isprintable() and c not in '"\\' else "_" for c in name)
