"""Files that a feature reads: it gets the file and what is said of it, and stores the run itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from livewall_dashboard.base.file_reader import FileReader, FileToRead
from livewall_dashboard.history.result_sets.complete_run import Change
from livewall_dashboard.importing.outcome import Outcome
from livewall_dashboard.importing.wish import Wish

BEGINNING = 64 * 1024
"""Bytes by which a kind is known."""


class OtherReaders:
    """`names`: as in `readers.py`; they are imported now. `data`: the wall's folder."""

    def __init__(self, names: Iterable[str], data: Path) -> None:
        self._data = data
        self._readers: Sequence[FileReader] = list(_imported(names))

    @property
    def suffixes(self) -> tuple[str, ...]:
        return tuple(suffix for reader in self._readers for suffix in reader.suffixes)

    def store(self, path: Path, name: str, wish: Wish, database_url: str) -> Outcome | None:
        """What became of a file that one of them takes; None where none does. Raises LivewallError."""
        reader = self._reader_of(path, name)
        if reader is None:
            return None
        wish = wish.bound()
        run = reader.store(
            FileToRead(
                path=path,
                name=name,
                setup=wish.setup,
                setups=wish.setups,
                run=wish.run,
                suite=wish.suite,
                repository=wish.repository,
                commit=wish.commit,
                branch=wish.branch,
                labels=wish.labels,
            ),
            database_url,
            self._data,
        )
        change = Change(0, 0) if run.is_new or run.is_changed else None
        return Outcome(run.key, run.setup, run.tests, run.is_new, change, run.is_partial, run.note)

    def _reader_of(self, path: Path, name: str) -> FileReader | None:
        if not self._readers or not path.is_file():
            return None  # what is wrong with it, the importer says
        with path.open("rb") as file:
            beginning = file.read(BEGINNING)
        return next((reader for reader in self._readers if reader.takes(beginning, name)), None)


def _imported(names: Iterable[str]) -> Iterator[FileReader]:
    for name in names:
        module, _, member = name.partition(":")
        yield getattr(import_module(module), member)
