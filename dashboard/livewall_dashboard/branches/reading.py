"""What the wall's other features do for the results of builds; the wall hands them over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol


class StepFindings(Protocol):
    """What the log of a step says.

    `first_error`: {text, file, line, hint, at, context}. `tests`: (name, automake's word, message).
    """

    @property
    def first_error(self) -> Mapping[str, Any] | None: ...
    @property
    def errors(self) -> int: ...
    @property
    def warnings(self) -> int: ...
    @property
    def diagnostics(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def tests(self) -> Sequence[tuple[str, str, str]]: ...
    @property
    def lines(self) -> int: ...


class StepReader(Protocol):
    """Takes the log of a step in any pieces."""

    def feed(self, piece: bytes) -> None: ...
    def finish(self, *, failed: bool) -> StepFindings: ...


class ReadStep(Protocol):
    def __call__(self, step: str) -> StepReader: ...


class ImportFiles(Protocol):
    """Makes runs of files of results. -> their keys; what is no such file is passed over."""

    def __call__(
        self, files: Sequence[tuple[Path, str, str | None]], *, setup: str, branch: str, labels: Mapping[str, str]
    ) -> list[str]:
        """`files`: where each lies, what it is called, and the key of its run where it does not say it itself."""
