"""Which tests have one history: those that one file or a renaming joins, be it by way of others.

Kept in test_identity, where a test's history and what is worked out of it find them by an index. All of it in the
caller's transaction, of which there is one at a time (`lock`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, TypeVar

import psycopg
from psycopg.rows import dict_row

from livewall_dashboard.history.identity import suite_files
from livewall_dashboard.history.identity.renames import Renaming
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.results.names import NamePair, as_array, digests_of_longname, pair_digest
from livewall_dashboard.postgres.database import Database, unavailable_when_away

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

T = TypeVar("T")

IDENTITY_LOCK = 0x11FE_3A15
MOST_NAMES = 200
"""A test has so many; where renamings make more, the rest is left out."""
STATEMENT_TIMEOUT = 120.0
"""Seconds."""
AT_ONCE = 200
"""Tests whose runs are compared in one statement."""


@dataclass(frozen=True, slots=True)
class JoinedSuites:
    """Two longnames of one suite. `file`: whose; `since`: when that was found."""

    suite_id: int
    suite: str
    other_id: int
    other: str
    file: str
    since: datetime

    def moved(self, test: NamePair) -> NamePair:
        return self.other + test[0][len(self.suite) :], test[1]


Reason = JoinedSuites | Renaming
Edges = dict[NamePair, list[tuple[NamePair, Reason]]]


def beside_requests(database: Database, work: Callable[..., T], *arguments: Any) -> T:
    """Do what may take seconds, on a connection and, where threads are green, in a thread of its own."""
    with unavailable_when_away(), closing(database.connect_writer(STATEMENT_TIMEOUT)) as connection:
        connection.autocommit = True
        connection.row_factory = dict_row
        done: T = database.offload(work, connection, *arguments)
        return done


def lock(connection: Connection) -> None:
    """Until the transaction's end nobody else works identities out."""
    connection.execute(QUERIES["lock_identities"], [IDENTITY_LOCK])


def look_at_run(connection: Connection, run_id: int) -> None:
    """Join what a run shows to be one, and part what it shows to be two."""
    lock(connection)
    changed = suite_files.note_files(connection, run_id)
    if changed:
        _regroup(connection, changed)
    identify(connection, _new_tests(connection, run_id))
    settle(connection, connection.execute(QUERIES["met_in_run"], [run_id]).fetchall())
    connection.execute(QUERIES["looked_at"], [run_id])


def identify(connection: Connection, tests: Iterable[NamePair]) -> None:
    """Work out the identities of these tests and of all that they are or were joined with."""
    seeds = set(tests)
    if not seeds:
        return
    known = _stored(connection, seeds)
    rows = connection.execute(QUERIES["tests_of_identities_of"], [list(known.values())]).fetchall()
    seeds.update((row["longname"], row["name"]) for row in rows)
    numbers: list[tuple[int, int]] = []
    edges = names_joined_with(connection, seeds)
    ids = _stored(connection, edges)
    for group in _components(edges):
        members = sorted(ids[test] for test in group if test in ids)
        numbers += [(member, members[0]) for member in members]
    numbers.sort()
    rows = connection.execute(
        QUERIES["identify_tests"], [[test for test, _ in numbers], [identity for _, identity in numbers]]
    ).fetchall()
    changed = sorted({row["identity_id"] for row in rows})
    for begin in range(0, len(changed), AT_ONCE):  # each within the time that a statement has
        settle(connection, connection.execute(QUERIES["met_in_runs"], [changed[begin : begin + AT_ONCE]]).fetchall())


def settle(connection: Connection, met: list[Row]) -> None:
    """Part the suites whose tests met in one run; where only a renaming joined them, it is doubted, not undone."""
    for row in met:
        rows = connection.execute(QUERIES["tests_by_number"], [row["tests"]]).fetchall()
        tests = {(each["longname"], each["name"]) for each in rows}
        edges = names_joined_with(connection, tests)
        for group in _components(edges):
            if len(group & tests) > 1:  # not parted by what was settled before
                _settle_one(connection, group & tests, {test: edges[test] for test in group}, row["run"])


def _settle_one(connection: Connection, tests: set[NamePair], edges: Edges, run: str) -> None:
    reasons = [reason for found in edges.values() for _, reason in found]
    numbers = {reason.suite: reason.suite_id for reason in reasons if isinstance(reason, JoinedSuites)}
    joined = sorted({numbers[suite] for suite in map(_suite_of, tests) if suite in numbers})
    parted = [pair for pair in combinations(joined, 2) if _are_joined(connection, pair)]
    if parted:
        suite_files.part(connection, parted, run)
        _regroup(connection, joined)
    else:
        doubted = {reason.id for reason in reasons if isinstance(reason, Renaming)}
        connection.execute(QUERIES["doubt_renamings"], [run, sorted(doubted)])


def part_by_hand(connection: Connection, suite: str, other: str) -> list[str]:
    """Two longnames of suites are two, for good -> all that were one with them; [] where they were not."""
    joined = _joined_suites(connection, [suite])[suite]
    pairs = [(min(one.suite_id, one.other_id), max(one.suite_id, one.other_id)) for one in joined if one.other == other]
    if not pairs:
        return []
    suite_files.part(connection, pairs, None)
    _regroup(connection, {number for pair in pairs for number in pair})
    return sorted({suite, *(one.other for one in joined)})


def renamings(connection: Connection) -> list[Renaming]:
    """Those that hold, in the order they were made."""
    return [Renaming(**row) for row in connection.execute(QUERIES["renamings"]).fetchall()]


def names_joined_with(connection: Connection, tests: Iterable[NamePair]) -> Edges:
    """All names that these tests have by suites of one file and by renamings, each with what leads to the others."""
    renamed = renamings(connection)
    suites: dict[str, list[JoinedSuites]] = {}
    edges: Edges = {}
    frontier = set(tests)
    room = len(frontier) + MOST_NAMES * max(1, len(frontier))
    while frontier and len(edges) < room:
        unknown = {_suite_of(test) for test in frontier} - suites.keys()
        suites |= _joined_suites(connection, unknown)
        for test in frontier:
            found: list[tuple[NamePair, Reason]] = [(one.moved(test), one) for one in suites[_suite_of(test)]]
            found += [(other, one) for one in renamed for other in one.others(test)]
            edges[test] = found
        frontier = {other for test in frontier for other, _ in edges[test]} - edges.keys()
    return edges


def tests_below(connection: Connection, suite: str, separator: str) -> list[NamePair]:
    """Tests whose longname begins with the suite's."""
    rows = connection.execute(QUERIES["tests_below"], {"beginning": suite + separator}).fetchall()
    return [(row["longname"], row["name"]) for row in rows]


def tests_named(connection: Connection, longname: str) -> list[NamePair]:
    rows = connection.execute(QUERIES["tests_by_digest"], [as_array(_all_digests(longname))]).fetchall()
    return [(row["longname"], row["name"]) for row in rows]


def _regroup(connection: Connection, suites: Collection[int]) -> None:
    changed = suite_files.regroup(connection, suites)
    if not changed:
        return
    rows = connection.execute(QUERIES["longnames_of_suites"], [sorted(changed)]).fetchall()
    longnames = {row["longname"] for row in rows}
    below = (test for longname in longnames for test in tests_below(connection, longname, "."))
    identify(connection, [test for test in below if _suite_of(test) in longnames])


def _new_tests(connection: Connection, run_id: int) -> Iterator[NamePair]:
    renamed = renamings(connection)
    for row in connection.execute(QUERIES["new_tests_of_run"], [run_id]).fetchall():
        test = (row["longname"], row["name"])
        if row["is_joined"] or any(True for one in renamed for _ in one.others(test)):
            yield test


def _joined_suites(connection: Connection, longnames: Collection[str]) -> dict[str, list[JoinedSuites]]:
    found: dict[str, list[JoinedSuites]] = {longname: [] for longname in longnames}
    digests = as_array(digest for longname in longnames for digest in _all_digests(longname))
    for row in connection.execute(QUERIES["suites_joined_with"], [digests]).fetchall():
        found[row["suite"]].append(JoinedSuites(**row))
    return found


def _are_joined(connection: Connection, pair: tuple[int, int]) -> bool:
    rows = connection.execute(QUERIES["groups_of_suites"], [list(pair)]).fetchall()
    return len(rows) == 2 and rows[0]["group_id"] == rows[1]["group_id"]


def _stored(connection: Connection, tests: Iterable[NamePair]) -> dict[NamePair, int]:
    """Numbers of those that there are."""
    digests = as_array(pair_digest(*test) for test in tests)
    rows = connection.execute(QUERIES["tests_by_digest"], [digests]).fetchall()
    return {(row["longname"], row["name"]): row["id"] for row in rows}


def _components(edges: Edges) -> Iterator[set[NamePair]]:
    neighbours: dict[NamePair, set[NamePair]] = defaultdict(set)
    for test, found in edges.items():
        for other, _ in found:
            neighbours[test].add(other)
            neighbours[other].add(test)
    left = set(edges)
    while left:
        group, frontier = set(), {left.pop()}
        while frontier:
            group |= frontier
            frontier = {other for test in frontier for other in neighbours[test]} - group
        left -= group
        yield group


def _suite_of(test: NamePair) -> str:
    longname, name = test
    return longname[: max(0, len(longname) - len(name) - 1)]


def _all_digests(longname: str) -> Iterator[bytes]:
    """The keys of all suites or tests that this longname may be of, one without a parent among them."""
    yield pair_digest(longname, longname)
    yield from digests_of_longname(longname)
