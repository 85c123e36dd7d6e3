"""What is wrong with a configuration: where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from livewall_dashboard.base.errors import Misconfigured

Place = tuple["str | int", ...]
"""The way from the document's top to a value: members by name, entries by number."""

MOST_TOLD = 100
"""Faults in one message; `faults` has all."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A sentence for the file's author. `line` and `column` count from 1; 0: none in particular.

    No value of the file is quoted where it may be a secret.
    """

    path: Path
    line: int
    column: int
    place: str
    text: str

    def __str__(self) -> str:
        where = ":".join([str(self.path), *(str(number) for number in self._numbers)])
        return ": ".join(filter(None, [where, self.place, self.text]))

    @property
    def position(self) -> list[str]:
        """`line 3`; and `column 5`, where no place says it better."""
        return [f"{word} {number}" for word, number in zip(("line", "column"), self._numbers, strict=False)]

    @property
    def _numbers(self) -> list[int]:
        return [number for number in (self.line, 0 if self.place else self.column) if number]


class BadConfiguration(Misconfigured):
    """Everything that is wrong with the file, in the order of its lines; and, as `warnings`, what is merely odd."""

    def __init__(self, faults: Iterable[Fault], warnings: Iterable[Fault] = ()) -> None:
        self.faults = tuple(sorted(set(faults)))
        self.warnings = tuple(sorted(set(warnings)))
        lines = [str(fault) for fault in self.faults[:MOST_TOLD]]
        if len(self.faults) > 1:
            lines.insert(0, f"The configuration has {len(self.faults)} faults:")
        if len(self.faults) > MOST_TOLD:
            lines.append("...")
        super().__init__("\n  ".join(lines), detail={"faults": [str(fault) for fault in self.faults]})

    @property
    def in_short(self) -> str:
        """One line for a screen: the first fault, and how many more there are."""
        first, more = self.faults[0], len(self.faults) - 1
        where = ", ".join([first.path.name, *first.position])
        text = ": ".join(filter(None, [where, first.place, first.text]))
        return f"{text} And {more} more: see `livewall check`." if more else text


def written(place: Place) -> str:
    """`setups[2].links[0].url`"""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{shown(step)}" for step in place)
    return text.removeprefix(".")


def shown(text: str) -> str:
    """A text of the file as one can print it: short, and without characters that move the cursor."""
    return printable(text if len(text) <= 80 else f"{text[:80]}...")


def printable(text: str) -> str:
    """All of a text, such as a path, which leads nowhere when it is cut, without characters that move the cursor."""
    return text if text.isprintable() else ascii(text)[1:-1]


def suggestion(name: str, known: Sequence[str]) -> str:
    """` Did you mean "..."?` with what is spelled most alike, or nothing."""
    by_lower = {one.lower(): one for one in known}
    close = difflib.get_close_matches(name.lower(), by_lower, 1)
    return f' Did you mean "{by_lower[close[0]]}"?' if close else ""


def listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{shown(name)}"' for name in names)
