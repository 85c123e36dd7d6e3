"""`livewall rename`, for the command and the API: what a person says of names, and takes back.

Raises `BadRequest`, `NotFound` or `Conflict`, each with what to do. All of it in one transaction of its own.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Rollback

from livewall_dashboard.base.errors import BadRequest, Conflict, NotFound
from livewall_dashboard.history.identity import identity
from livewall_dashboard.history.identity.renames import Kind, Renaming
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.resources import Renamed, RenamedName, RenamingList, SuiteOfFile, Undone, of
from livewall_dashboard.history.results.names import NamePair

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

MAX_LONGNAME = 100_000
SUGGESTED = 3


def rename(connection: Connection, old: str, new: str, kind: Kind | None = None, *, dry_run: bool = False) -> Renamed:
    """Join a test, or each below a suite, with the one that has its new name; those that come later, too."""
    _check(old, new)
    with _transaction(connection, dry_run=dry_run):
        before = identity.renamings(connection)
        wanted = _wanted(connection, old, new, kind)
        _check_beside(wanted, before)
        tests = _tests(connection, wanted, old)
        row = connection.execute(
            QUERIES["add_renaming"],
            [wanted.kind, old, new, wanted.separator, wanted.old_name or None, wanted.new_name or None],
        ).fetchone()
        assert row is not None
        there = set(_tests(connection, wanted, new))
        identity.identify(connection, [*tests, *there])
        made = next(one for one in identity.renamings(connection) if one.id == row["id"])
        if made.doubted_by:
            raise Conflict(
                f"{old!r} and {new!r} are two: the run {made.doubted_by} has results of both, and one test has one "
                "result in a run."
            )
        joined = sum(any(other in there for other in wanted.others(test)) for test in tests)
    return Renamed(wanted.kind, old, new, len(tests), joined)


def undo(connection: Connection, old: str, new: str, *, dry_run: bool = False) -> Undone:
    """Part what a renaming or, by itself, a common file has joined. What a file joined stays apart for good."""
    _check(old, new)
    with _transaction(connection, dry_run=dry_run):
        for one in identity.renamings(connection):
            if {one.old, one.new} == {old, new}:
                connection.execute(QUERIES["undo_renaming"], [one.id])
                identity.identify(connection, {*_tests(connection, one, old), *_tests(connection, one, new)})
                return Undone("rename", one.old, one.new, [one.old, one.new])
        return Undone(
            "file", old, new, identity.part_by_hand(connection, old, new) or _refuse_undo(connection, old, new)
        )


def listing(connection: Connection) -> RenamingList:
    """All that is joined."""
    groups: dict[int, Row] = {}
    for row in connection.execute(QUERIES["joined_suites"]).fetchall():
        group = groups.setdefault(row["group_id"], {"file": row["file"], "names": [], "since": row["since"]})
        group["names"].append(row["longname"])
        group["since"] = max(group["since"], row["since"])
    rows = connection.execute(QUERIES["renamings"]).fetchall()
    return RenamingList([of(RenamedName, row) for row in rows], [of(SuiteOfFile, row) for row in groups.values()], None)


@contextmanager
def _transaction(connection: Connection, *, dry_run: bool) -> Iterator[None]:
    with connection.transaction():
        identity.lock(connection)
        yield
        if dry_run:
            raise Rollback


def _check(old: str, new: str) -> None:
    for name in (old, new):
        if not name.strip() or "\0" in name or len(name) > MAX_LONGNAME:
            raise BadRequest("A longname is text, such as Tests.Login; it is not empty.")
    if old == new:
        raise BadRequest(f"{old!r} is the same name twice.")


def _wanted(connection: Connection, old: str, new: str, kind: Kind | None) -> Renaming:
    """What is meant by the names, from what has results under them. Raises `NotFound`, `BadRequest`."""
    tests = identity.tests_named(connection, old)
    separator = _separator(connection, old)
    if kind is None and tests and separator:
        raise BadRequest(f"{old!r} is a test and a suite: say which by --test or --suite.")
    if kind == "test" or (kind is None and tests):
        return _renamed_test(connection, old, new, tests)
    if not separator:
        raise NotFound(f"Nothing ran as {old!r}{', which is a test' if tests else ''}{_suggestion(connection, old)}.")
    if identity.tests_named(connection, new) and not _separator(connection, new):
        raise BadRequest(f"{old!r} is a suite and {new!r} a test.")
    return Renaming("suite", old, new, separator)


def _renamed_test(connection: Connection, old: str, new: str, tests: list[NamePair]) -> Renaming:
    if not tests:
        raise NotFound(f"No test ran as {old!r}{_suggestion(connection, old)}.")
    found = identity.tests_named(connection, new)
    if not found and _separator(connection, new):
        raise BadRequest(f"{old!r} is a test and {new!r} a suite.")
    if len(tests) > 1 or len(found) > 1:
        raise BadRequest("Several tests have this longname, parted at other dots: rename their suite.")
    (_, old_name) = tests[0]
    separator = "/" if "." not in old and "/" in old else "."
    new_name = found[0][1] if found else _name_in(new, old_name, separator)
    return Renaming("test", old, new, separator, old_name, new_name)


def _name_in(longname: str, old_name: str, separator: str) -> str:
    """The name of a test that did not run yet: the former one if it ends so, else the last part."""
    return old_name if longname.endswith(separator + old_name) else longname.rpartition(separator)[2]


def _separator(connection: Connection, suite: str) -> str:
    """What parts the names below it; "" where nothing is below it."""
    for separator in "./":
        renaming = Renaming("suite", suite, "", separator)
        if any(renaming.is_below(test, suite) for test in identity.tests_below(connection, suite, separator)):
            return separator
    return ""


def _check_beside(wanted: Renaming, renamings: list[Renaming]) -> None:
    """Raises `Conflict` where the names are one by renamings already, be it by way of others."""
    ways: dict[str, list[str]] = {wanted.old: [wanted.old]}
    frontier = [wanted.old]
    while frontier:
        name = frontier.pop()
        for one in renamings:
            for here, there in ((one.old, one.new), (one.new, one.old)):
                if here == name and there not in ways:
                    ways[there] = [*ways[name], there]
                    frontier.append(there)
    if wanted.new in ways:
        way = " = ".join(ways[wanted.new])
        raise Conflict(f"They are one already: {way}. To turn that round, undo it first: livewall rename --undo.")


def _tests(connection: Connection, renaming: Renaming, name: str) -> list[NamePair]:
    """Those that have results under one of its two names."""
    if renaming.kind == "test":
        return identity.tests_named(connection, name)
    below = identity.tests_below(connection, name, renaming.separator)
    return [test for test in below if renaming.is_below(test, name)]


def _refuse_undo(connection: Connection, old: str, new: str) -> list[str]:
    """Raises `NotFound` with what would help."""
    tests = identity.tests_named(connection, old)
    reasons = [
        reason
        for found in identity.names_joined_with(connection, tests).values()
        for (longname, _), reason in found
        if longname == new and isinstance(reason, identity.JoinedSuites)
    ]
    if reasons:
        suites = f"{reasons[0].suite!r} and {reasons[0].other!r}"
        raise NotFound(f"These tests are one because their suites {suites} are one file: undo that of the suites.")
    raise NotFound(f"Nothing has joined {old!r} with {new!r}; livewall rename --list shows what is joined.")


def _suggestion(connection: Connection, name: str) -> str:
    rows = connection.execute(QUERIES["latest_longnames"]).fetchall()
    close = difflib.get_close_matches(name, [row["longname"] for row in rows], n=SUGGESTED, cutoff=0.6)
    return f"; there is {', '.join(map(repr, close))}" if close else ""
