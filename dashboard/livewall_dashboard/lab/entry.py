"""An object of a configuration, read member by member."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from livewall_dashboard.lab.checks import Unfit
from livewall_dashboard.lab.faults import Place
from livewall_dashboard.lab.report import Report
from livewall_dashboard.lab.secrets import BadSecret, Secrets


class Entry:
    """`place` is where it stands in the document. Faulty members are passed over, as if they were missing."""

    def __init__(self, value: Any, place: Place, report: Report) -> None:
        self._value = value if isinstance(value, dict) else {}
        self._report = report
        self.place = place

    def get(self, member: str, default: Any) -> Any:
        is_usable = member in self._value and self._report.is_sound((*self.place, member))
        return self._value[member] if is_usable else default

    def text(self, member: str) -> str:
        return str(self.get(member, "")).strip()

    def filled(self, member: str, secrets: Secrets, *, is_url: bool = False) -> str:
        """The member's text with its secrets in it; "" where one is missing."""
        place = (*self.place, member)
        try:
            fill_in = secrets.fill_in_url if is_url else secrets.fill_in
            filled = fill_in(self.text(member)).strip()
        except BadSecret as error:
            self._report.fault(place, str(error))
            return ""
        for warning in secrets.warnings:
            self._report.warn(place, warning)
        return filled

    def checked(self, member: str, check: Callable[[str], str], text: str | None = None) -> str:
        """The member's text (or `text` made of it) as `check` returns it; "" where there is none, or a bad one."""
        text = self.text(member) if text is None else text
        try:
            return check(text) if text else ""
        except Unfit as error:
            self._report.fault((*self.place, member), str(error))
            return ""

    def entries(self, member: str) -> Iterator[Entry]:
        """What a list has, as objects, the faulty ones too."""
        values = self._value.get(member)
        for number, value in enumerate(values if isinstance(values, list) else []):
            yield Entry(value, (*self.place, member, number), self._report)

    def items(self, member: str) -> Iterator[tuple[Place, Any]]:
        """What a list has, and where, without the faulty ones."""
        values = self._value.get(member)
        for number, value in enumerate(values if isinstance(values, list) else []):
            place = (*self.place, member, number)
            if self._report.is_sound(place):
                yield place, value
