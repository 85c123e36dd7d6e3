"""Numbers of names: suites, tests and tag sets are stored once, and the latest thousands are remembered here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, Generic, TypeVar

import psycopg
from psycopg.types.json import Json

from livewall_dashboard.history.queries import QUERIES

K = TypeVar("K", bound="tuple[str, ...]")

REMEMBERED = 50_000
"""Names kept of each kind; about 15 MB of tests."""

SHORT = 200
"""Characters of longnames whose digests are remembered: twenty thousand take some 8 MB."""
FEW = 12
"""Dots in them, at most: there is a digest for each, and anybody may make up names."""

NamePair = tuple[str, str]
"""(longname, name)."""


def pair_digest(longname: str, name: str) -> bytes:
    """The key of a suite or test."""
    return sha256(f"{longname}\x1f{name}".encode()).digest()[:16]


def tags_digest(tags: Sequence[str]) -> bytes:
    """The key of a tag set. Raises ValueError for a tag that would make it ambiguous."""
    text = "".join([f"{tag}\x1f" for tag in tags])
    if text.count("\x1f") != len(tags):
        raise ValueError("a tag holds a control character")
    return sha256(text.encode()).digest()[:16]


def digests_of_longname(longname: str) -> Iterator[bytes]:
    """The keys of all tests this longname may be of: their names are ends of it, or all of it."""
    yield pair_digest(longname, longname)
    start = longname.find(".")
    while start >= 0:
        yield pair_digest(longname, longname[start + 1 :])
        start = longname.find(".", start + 1)
    if "/" in longname:  # a path, as uploaded tests have it
        yield pair_digest(longname, longname.rpartition("/")[2])


def as_array(digests: Iterable[bytes]) -> str:
    """The literal of a Postgres array of bytea, which psycopg would make item by item."""
    return f"{{{_items(digests)}}}"


def digests_of_longnames(longnames: Iterable[str]) -> str:
    """Those of each, `as_array`: runs announce the same tests over and over."""
    return f"{{{','.join([_known_items(name) if _is_usual(name) else _items_of(name) for name in longnames])}}}"


def _items(digests: Iterable[bytes]) -> str:
    return ",".join([f'"\\\\x{digest.hex()}"' for digest in digests])


def _is_usual(longname: str) -> bool:
    return len(longname) <= SHORT and longname.count(".") <= FEW


def _items_of(longname: str) -> str:
    return _items(digests_of_longname(longname))


_known_items = lru_cache(maxsize=20_000)(_items_of)


class Numbers(Generic[K]):
    """Numbers of one kind of name.

    What a transaction learns is kept only once it is committed: a number of one that was rolled back belongs to nobody.
    `row` makes a row for the query `add` of a name, its digest aside. `most`: so many are kept.
    """

    def __init__(
        self, digest: Callable[[K], bytes], find: str, add: str, row: Callable[[K], dict[str, Any]], most: int
    ):
        self._digest = digest
        self._most = most
        self._find = QUERIES[find]
        self._add = QUERIES[add]
        self._row = row
        self._known: dict[K, int] = {}
        self._learned: dict[K, int] = {}

    def resolve(self, connection: psycopg.Connection[Any], names: list[K]) -> list[int]:
        """The number of each of `names`, made where there was none."""
        numbers = list(map(self._known.get, names))
        if None not in numbers:
            return numbers  # type: ignore[return-value]
        self._learn(connection, {name for name, number in zip(names, numbers, strict=True) if number is None})
        learned = self._learned
        return [learned[name] if number is None else number for name, number in zip(names, numbers, strict=True)]

    def committed(self) -> None:
        if not self._learned:
            return
        self._known.update(self._learned)
        self._learned.clear()
        excess = len(self._known) - self._most
        if excess > 0:
            # The oldest go, and some more, so that a full memory is not swept at every commit.
            for name in list(self._known)[: excess + self._most // 10]:
                del self._known[name]

    def rolled_back(self) -> None:
        self._learned.clear()

    def forget(self) -> None:
        """Forget everything: another server may answer from now on."""
        self._known.clear()
        self._learned.clear()

    def _learn(self, connection: psycopg.Connection[Any], names: set[K]) -> None:
        # In one order everywhere, lest two that add names (an import beside the recorder) wait for each other.
        unknown = dict(sorted((self._digest(name), name) for name in names if name not in self._learned))
        self._take(unknown, connection.execute(self._find, [as_array(unknown)]).fetchall())
        if unknown:
            rows = [{"digest": f"\\x{digest.hex()}", **self._row(name)} for digest, name in unknown.items()]
            self._take(unknown, connection.execute(self._add, [Json(rows)]).fetchall())
        if unknown:  # somebody else added these meanwhile
            self._take(unknown, connection.execute(self._find, [as_array(unknown)]).fetchall())

    def _take(self, unknown: dict[bytes, K], rows: list[tuple[bytes, int]]) -> None:
        for digest, number in rows:
            self._learned[unknown.pop(digest)] = number


class Names:
    """All three kinds. `most`: of each so many are kept."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self.suites: Numbers[NamePair] = Numbers(_digest_of_pair, "find_suites", "add_suites", _pair_row, most)
        self.tests: Numbers[NamePair] = Numbers(_digest_of_pair, "find_tests", "add_tests", _pair_row, most)
        self.tag_sets: Numbers[tuple[str, ...]] = Numbers(tags_digest, "find_tag_sets", "add_tag_sets", _tags_row, most)
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


def _digest_of_pair(pair: NamePair) -> bytes:
    return pair_digest(*pair)


def _pair_row(pair: NamePair) -> dict[str, Any]:
    longname, name = pair
    return {"longname": longname, "name": name}


def _tags_row(tags: tuple[str, ...]) -> dict[str, Any]:
    return {"tags": tags}
