"""Goes on making tests until a file appears: the run lasts as long as the test outside needs it to."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from typing import Any

from robot.libraries.BuiltIn import BuiltIn


class steady:  # noqa: N801 - Robot Framework looks for a class of its file's name
    ROBOT_LIBRARY_SCOPE = "SUITE"
    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, flag: str, limit: int = 20_000, pause: float = 0.004, words: int = 0) -> None:
        """`pause`: seconds that each test takes; `words`: characters of each test's message."""
        self.ROBOT_LIBRARY_LISTENER = self
        self._flag = Path(flag)
        self._numbers = itertools.count(1)
        self._limit = int(limit)
        self._pause = float(pause)
        self._words = int(words)

    def start_test(self, data: Any, result: Any) -> None:
        number = next(self._numbers)
        if number < self._limit and not self._flag.exists():
            test = data.parent.tests.create(name=f"Generated {number}", tags=[f"mod-{number % 7}"])
            test.body.create_keyword("Work", args=[str(number)])

    def work(self, number: int) -> None:
        """A while of it; then some fail, some skip, some say something long."""
        number = int(number)
        time.sleep(self._pause)
        if self._words:
            BuiltIn().set_test_message("w" * self._words)
        if number % 11 == 0:
            raise AssertionError(f"number {number} fails: " + "ä" * (number % 200))
        if number % 13 == 0:
            BuiltIn().skip(f"number {number} skips")
        if number % 17 == 0:
            BuiltIn().set_test_message(f"number {number} says something: " + "x" * 2000)
