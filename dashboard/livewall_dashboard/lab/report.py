"""What is found out about one configuration file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from livewall_dashboard.lab.document import Document
from livewall_dashboard.lab.faults import Fault, Place, written


class Report:
    """`origin` leads from a place of what is being read to the one in the file that it was made of."""

    def __init__(self, path: Path, document: Document) -> None:
        self.faults = [Fault(path, *flaw.position, written(flaw.place), flaw.text) for flaw in document.flaws]
        self.warnings: list[Fault] = []
        self.origin: Callable[[Place], Place] = lambda place: place
        self._path = path
        self._document = document
        self._unsound: set[Place] = set()
        """All places that have a fault in them."""
        for flaw in document.flaws:
            self._mark(flaw.place)

    def fault(self, place: Place, text: str, *, of_member: bool = False) -> None:
        self._mark(self.origin(place))
        self.faults.append(self._at(place, text, of_member=of_member))

    def warn(self, place: Place, text: str, *, of_member: bool = False) -> None:
        self.warnings.append(self._at(place, text, of_member=of_member))

    def is_sound(self, place: Place) -> bool:
        """Whether no fault was found in the value so far."""
        return self.origin(place) not in self._unsound

    def line(self, place: Place) -> int:
        return self._document.position(self.origin(place))[0]

    def _mark(self, place: Place) -> None:
        self._unsound.update(place[:length] for length in range(len(place) + 1))

    def _at(self, place: Place, text: str, *, of_member: bool) -> Fault:
        place = self.origin(place)
        position = self._document.position_of_member if of_member else self._document.position
        return Fault(self._path, *position(place), written(place), text)
