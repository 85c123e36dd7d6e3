"""Files of results that another feature of the wall has, imported as those that are sent over HTTP are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from livewall_dashboard.importing.import_runner import ImportRunner
from livewall_dashboard.importing.routes import MAX_UNPACKED
from livewall_dashboard.importing.upload_options import Options
from livewall_dashboard.importing.worker import Job, UploadedFile


class FileImporter:
    """`readers`: of other kinds, by name. `data`: the wall's folder."""

    def __init__(self, runner: ImportRunner, readers: Sequence[str], data: Path) -> None:
        self._runner = runner
        self._readers = list(readers)
        self._data = str(data.resolve())

    def __call__(
        self, files: Sequence[tuple[Path, str, str | None]], *, setup: str, branch: str, labels: Mapping[str, str]
    ) -> list[str]:
        """Keys of the runs that came of the files, in their order; what is no file of results is passed over.

        `files`: where each lies, what it is called, and the key of its run where it does not say it itself. Raises
        Unavailable: what was imported by then stays, and is not imported twice.
        """
        told = [f"{name}={value}" for name, value in labels.items()]
        plain = [(path, name) for path, name, key in files if key is None]
        orders: list[tuple[list[tuple[Path, str]], str | None]] = [(plain, None)] if plain else []
        orders += [([(path, name)], key) for path, name, key in files if key is not None]
        keys: list[str] = []
        for found, key in orders:
            options = Options(setup=setup, branch=branch, label=told, run=key)
            uploaded = [UploadedFile(str(path), name) for path, name in found]
            with self._runner.room() as folder:
                job = Job(options, None, MAX_UNPACKED, uploaded, self._readers, self._data)
                keys += [file.run for file in self._runner.run(job, folder) if file.run]
        return list(dict.fromkeys(keys))
