"""JSON text -> its value, and the line and column of every place in it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from livewall_dashboard.lab.faults import Place
from livewall_dashboard.lab.syntax import Position, read_json, tokens

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What neither Postgres nor UTF-8 has a place for."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What json accepts and we do not, at this member or value."""

    position: Position
    place: Place
    text: str


@dataclass(slots=True)
class Document:
    """`value` as json reads it. `flaws`: members given twice, characters that cannot be stored."""

    value: Any
    flaws: list[Flaw] = field(default_factory=list)
    _values: dict[Place, Position] = field(default_factory=dict)
    _members: dict[Place, Position] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> Document:
        """Raises NotJson."""
        document = cls(read_json(text))
        document._scan(text)
        return document

    def position(self, place: Place) -> Position:
        """Where the value begins; of a place that is not in the text, where the nearest one around it begins."""
        while place not in self._values and place:
            place = place[:-1]
        return self._values.get(place, (1, 1))

    def position_of_member(self, place: Place) -> Position:
        """Where the member's name stands."""
        return self._members.get(place) or self.position(place)

    def _scan(self, text: str) -> None:
        """Note where everything is. The text is known to be JSON, so each sign tells what may follow."""
        open_ones: list[_Container] = []
        for sign, position in tokens(text):
            container = open_ones[-1] if open_ones else None
            if sign in {"}", "]"}:
                open_ones.pop()
            elif sign == "," and container:
                container.next()
            elif sign == ":":
                pass
            elif container and container.awaits_name:
                container.enter(json.loads(sign))
                self._note_member(tuple(one.step for one in open_ones), position)
            else:
                place = tuple(one.step for one in open_ones)
                self._values.setdefault(place, position)
                if sign.startswith('"'):
                    self._check_text(json.loads(sign), position, place)
                if sign in {"{", "["}:
                    open_ones.append(_Container(is_object=sign == "{"))

    def _note_member(self, place: Place, position: Position) -> None:
        first = self._members.setdefault(place, position)
        if first is not position:
            self._flaw(position, place, f"is there twice, on line {first[0]} too. Keep one of them.")
        self._check_text(str(place[-1]), position, place)

    def _check_text(self, text: str, position: Position, place: Place) -> None:
        if _UNSTORABLE.search(text):
            self._flaw(position, place, "has a character that cannot be stored (a zero, or half of a pair). Remove it.")

    def _flaw(self, position: Position, place: Place, text: str) -> None:
        self.flaws.append(Flaw(position, place, text))


@dataclass(slots=True)
class _Container:
    """An object or list being read. `step` leads from it to its present value."""

    is_object: bool
    step: str | int = 0
    awaits_name: bool = False

    def __post_init__(self) -> None:
        self.awaits_name = self.is_object

    def next(self) -> None:
        if isinstance(self.step, int):
            self.step += 1
        self.awaits_name = self.is_object

    def enter(self, name: str) -> None:
        self.step, self.awaits_name = name, False
