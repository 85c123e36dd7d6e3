"""Numbers of names: suites, tests and tag sets are stored once, and the latest thousands are remembered here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

import psycopg

from livewall_dashboard.history.queries import QUERIES

K = TypeVar("K")

REMEMBERED = 50_000
"""Names kept of each kind; about 15 MB of tests."""

NamePair = tuple[str, str]
"""(longname, name)."""


class Numbers(Generic[K]):
    """Numbers of one kind of name.

    What a transaction learns is kept only once it is committed: a number of one that was rolled back belongs to nobody.
    """

    def __init__(self, ask: Callable[[psycopg.Connection[Any], list[K]], dict[K, int]]):
        self._ask = ask
        self._known: dict[K, int] = {}
        self._learned: dict[K, int] = {}

    def resolve(self, connection: psycopg.Connection[Any], names: Iterable[K]) -> dict[K, int]:
        """The number of each of `names`, made where there was none."""
        found: dict[K, int] = {}
        missing: list[K] = []
        for name in dict.fromkeys(names):
            number = self._known.get(name) or self._learned.get(name)
            if number is None:
                missing.append(name)
            else:
                found[name] = number
        if missing:
            answered = self._ask(connection, missing)
            self._learned.update(answered)
            found.update(answered)
        return found

    def committed(self) -> None:
        if not self._learned:
            return
        self._known.update(self._learned)
        self._learned.clear()
        excess = len(self._known) - REMEMBERED
        if excess > 0:
            # The oldest go, and some more, so that a full memory is not swept at every commit.
            for name in list(self._known)[: excess + REMEMBERED // 10]:
                del self._known[name]

    def rolled_back(self) -> None:
        self._learned.clear()

    def forget(self) -> None:
        """Forget everything: another server may answer from now on."""
        self._known.clear()
        self._learned.clear()


class Names:
    """All three kinds."""

    def __init__(self) -> None:
        self.suites: Numbers[NamePair] = Numbers(_suites)
        self.tests: Numbers[NamePair] = Numbers(_tests)
        self.tag_sets: Numbers[tuple[str, ...]] = Numbers(_tag_sets)
        self._all: tuple[Numbers[Any], ...] = (self.suites, self.tests, self.tag_sets)

    def committed(self) -> None:
        for numbers in self._all:
            numbers.committed()

    def rolled_back(self) -> None:
        for numbers in self._all:
            numbers.rolled_back()

    def forget(self) -> None:
        for numbers in self._all:
            numbers.forget()


def _suites(connection: psycopg.Connection[Any], names: list[NamePair]) -> dict[NamePair, int]:
    return _pairs(connection, "find_suites", "add_suites", names)


def _tests(connection: psycopg.Connection[Any], names: list[NamePair]) -> dict[NamePair, int]:
    return _pairs(connection, "find_tests", "add_tests", names)


def _pairs(connection: psycopg.Connection[Any], find: str, add: str, names: list[NamePair]) -> dict[NamePair, int]:
    # In one order everywhere, lest two that add names (an import beside the recorder) wait for each other.
    ordered = sorted(names)
    columns = [[longname for longname, _ in ordered], [name for _, name in ordered]]

    def look() -> dict[NamePair, int]:
        return {ordered[index - 1]: number for index, number in connection.execute(QUERIES[find], columns).fetchall()}

    found = look()
    if len(found) < len(ordered):
        missing = [pair for pair in ordered if pair not in found]
        connection.execute(QUERIES[add], [[longname for longname, _ in missing], [name for _, name in missing]])
        found = look()
    return found


def _tag_sets(connection: psycopg.Connection[Any], tag_sets: list[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    ordered = sorted(tag_sets)
    as_json = [json.dumps(tags, ensure_ascii=False) for tags in ordered]

    def look() -> dict[tuple[str, ...], int]:
        rows = connection.execute(QUERIES["find_tag_sets"], [as_json]).fetchall()
        return {ordered[index - 1]: number for index, number in rows}

    found = look()
    if len(found) < len(ordered):
        connection.execute(QUERIES["add_tag_sets"], [as_json])
        found = look()
    return found
