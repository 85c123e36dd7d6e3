"""Parsed rows in a temporary file: memory stays flat, and what teardowns changed is known only at a file's end."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

BATCH, BATCH_SIZE = 1_000, 500_000
"""Items and characters that are in memory at once; a single item may be longer."""


class SpillFile(Generic[T]):
    """Items of one kind, in the order they were put. Its file has no name and goes with the program, however that ends.

    `on_batch`: told of each of the `batches` when it is whole.
    """

    def __init__(self, kind: type[T], on_batch: Callable[[list[T]], object] = lambda _: None):
        self._file = tempfile.TemporaryFile(prefix="livewall-import-")  # noqa: SIM115  # closed by close
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(list[kind])  # type: ignore[valid-type]
        self._on_batch = on_batch
        self._waiting: list[T] = []
        self._size = 0
        self._frames = 0

    def put(self, item: T, size: int) -> None:
        """`size`: about how many characters it has."""
        self._waiting.append(item)
        self._size += size
        if len(self._waiting) >= BATCH or self._size >= BATCH_SIZE:
            self._write()

    def batches(self) -> Iterator[list[T]]:
        """All items, a bearable number at a time."""
        self._write()
        self._file.seek(0)
        for _ in range(self._frames):
            length = int.from_bytes(self._file.read(8), "big")
            yield self._decoder.decode(self._file.read(length))

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> SpillFile[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _write(self) -> None:
        if self._waiting:
            data = self._encoder.encode(self._waiting)
            self._file.write(len(data).to_bytes(8, "big") + data)
            self._frames += 1
            batch, self._waiting, self._size = self._waiting, [], 0
            self._on_batch(batch)
