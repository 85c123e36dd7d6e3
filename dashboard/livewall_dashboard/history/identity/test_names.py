"""All names of one test, and why they are of one."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import psycopg

from livewall_dashboard.history.identity import identity
from livewall_dashboard.history.identity.identity import Edges, JoinedSuites, Reason
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.results.names import NamePair, as_array, pair_digest

Row = dict[str, Any]
Connection = psycopg.Connection[Row]


def names(connection: Connection, longname: str) -> list[Row]:
    """The other longnames of this test that have results: `{longname, by, because, since, undo}`, by name.

    `by`: file or rename; `because`: for people; `undo`: the command that parts it.
    """
    asked = identity.tests_named(connection, longname)
    if asked and not _has_others(connection, asked):
        return []
    asked = asked or _possible_tests(longname)
    edges = identity.names_joined_with(connection, asked)
    found = dict(_ways(edges, asked))
    digests = as_array(pair_digest(*test) for test in found)
    rows = connection.execute(QUERIES["tests_by_digest"], [digests]).fetchall()
    stored = {(row["longname"], row["name"]) for row in rows}
    return sorted((_told(test, found[test]) for test in found if test in stored), key=lambda row: str(row["longname"]))


def numbers(connection: Connection, longname: str) -> list[int]:
    """Of all tests that one of this longname would be, where nothing ran as that."""
    tests = identity.names_joined_with(connection, _possible_tests(longname))
    rows = connection.execute(QUERIES["tests_by_digest"], [as_array(pair_digest(*test) for test in tests)]).fetchall()
    return [row["id"] for row in rows]


def _has_others(connection: Connection, tests: list[NamePair]) -> bool:
    digests = as_array(pair_digest(*test) for test in tests)
    found = connection.execute(QUERIES["tests_of_longname"], {"digests": digests}).fetchall()
    return len(found) > len(tests)


def _possible_tests(longname: str) -> list[NamePair]:
    """Those that nothing ran as may end at any dot."""
    return [(longname, longname[end + 1 :]) for end, sign in enumerate(longname) if sign in "./"]


def _ways(edges: Edges, asked: list[NamePair]) -> Iterator[tuple[NamePair, Reason]]:
    """Each other name, with what joins it to those nearer to the ones asked for."""
    known, frontier = set(asked), list(asked)
    while frontier:
        following = []
        for test in frontier:
            for other, reason in edges.get(test, ()):
                if other not in known:
                    known.add(other)
                    following.append(other)
                    yield other, reason
        frontier = following


def _told(test: NamePair, reason: Reason) -> Row:
    if isinstance(reason, JoinedSuites):
        old, new = sorted((reason.suite, reason.other), key=lambda name: (len(name), name))
        told = {"by": "file", "because": f"{old} and {new} are one file, {reason.file}", "since": reason.since}
    else:
        old, new = reason.old, reason.new
        told = {"by": "rename", "because": f"{old} was renamed {new}", "since": reason.at}
    return {"longname": test[0], **told, "undo": shlex.join(["livewall", "rename", "--undo", old, new])}
