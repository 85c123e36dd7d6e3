"""Suites of one file: what runs show of them is kept, and which are one is worked out anew where that is news.

All of it in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import Any

import psycopg
from psycopg.types.json import Json

from livewall_dashboard.history.commits.repository_address import address_of
from livewall_dashboard.history.identity.same_file import Level, Sighting, is_one_file, one_suite, sighting
from livewall_dashboard.history.queries import QUERIES

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

MACHINES = 20
"""On so many is a file noted that is in no repository; containers have ever new names."""


def note_files(connection: Connection, run_id: int) -> set[int]:
    """Keep what a run shows of its suites' files -> the suites of which something is new."""
    rows = connection.execute(QUERIES["suites_of_run"], [run_id]).fetchall()
    found = [_as_json(each) for each in _sightings(rows)]
    if not found:
        return set()
    new = connection.execute(QUERIES["add_sightings"], {"sightings": Json(found), "most": MACHINES}).fetchall()
    return {row["suite_id"] for row in new}


def regroup(connection: Connection, suites: Collection[int]) -> set[int]:
    """Work out which suites are one, of these and all that have to do with them -> those of which that changed."""
    sightings = _all_about(connection, suites)
    known = sorted(sightings)
    apart = connection.execute(QUERIES["suites_apart"], {"suites": known}).fetchall()
    pairs = {frozenset((row["suite_id"], row["other_id"])) for row in apart}
    groups = one_suite((each for found in sightings.values() for each in found), pairs)
    before: dict[int, set[int]] = {}
    for row in connection.execute(QUERIES["groups_of_suites"], [known]).fetchall():
        before.setdefault(row["group_id"], set()).add(row["suite_id"])
    former = {suite: frozenset(group) for group in before.values() for suite in group}
    now = {suite: group for group in groups for suite in group}
    files = {suite: _told(proof[0]) for group, proof in groups.items() for suite in group}
    joined = sorted(now)
    connection.execute(
        QUERIES["join_suites"], [joined, [min(now[suite]) for suite in joined], [files[suite] for suite in joined]]
    )
    connection.execute(QUERIES["release_suites"], [[suite for suite in known if suite not in now]])
    return {suite for suite in known if former.get(suite) != now.get(suite)}


def part(connection: Connection, pairs: Iterable[tuple[int, int]], run: str | None) -> None:
    """These are two suites each. `run`: in which both ran; None where somebody says so."""
    given = sorted(set(pairs))
    connection.execute(
        QUERIES["part_suites"], [[pair[0] for pair in given], [pair[1] for pair in given], [run] * len(given)]
    )


def _sightings(rows: list[Row]) -> list[Sighting]:
    """Of suites that hold no others: one for each longname and file."""
    by_id = {(row["process_no"], row["id"]): row for row in rows}
    parents = {(process, suite_id.rpartition("-")[0]) for process, suite_id in by_id}
    found: dict[tuple[int, bytes], Sighting] = {}
    for process, suite_id in by_id.keys() - parents:
        levels = _levels(by_id, process, suite_id)
        if levels:
            row = by_id[process, suite_id]
            one = sighting(
                row["suite_id"], levels, node=row["node"], root=row["root"], address=address_of(row["origin"])
            )
            found[one.suite, _link(one)] = one
    return list(found.values())


def _levels(by_id: dict[tuple[int, str], Row], process: int, suite_id: str) -> list[Level]:
    """From the root to this suite; [] where one of them is not stored."""
    parts = suite_id.split("-")
    rows = [by_id.get((process, "-".join(parts[: end + 1]))) for end in range(len(parts))]
    return [Level(row["name"], row["source"]) for row in rows if row] if all(rows) else []


def _link(one: Sighting) -> bytes:
    return sha256("\x1f".join(one.proof).encode()).digest()[:16]


def _as_json(one: Sighting) -> Row:
    return {
        "suite_id": one.suite,
        "link": f"\\x{_link(one).hex()}",
        "names": list(one.names),
        "path": one.path,
        "node": one.node,
        "address": one.address,
        "place": one.place,
    }


def _all_about(connection: Connection, suites: Collection[int]) -> dict[int, list[Sighting]]:
    """Sightings of these suites and all that are linked with them, be it by way of others."""
    found = _load(connection, suites)
    frontier = set(suites)
    while frontier:
        rows = connection.execute(QUERIES["suites_linked_with"], {"suites": sorted(frontier)}).fetchall()
        frontier = {row["suite_id"] for row in rows} - found.keys()
        found |= _load(connection, frontier)
        # What is of several files joins nothing: what is linked with it alone has nothing to do with these.
        frontier = {suite for suite in frontier if is_one_file(found[suite])}
    return found


def _load(connection: Connection, suites: Collection[int]) -> dict[int, list[Sighting]]:
    found: dict[int, list[Sighting]] = {suite: [] for suite in suites}
    for row in connection.execute(QUERIES["sightings_of_suites"], [sorted(suites)]).fetchall() if suites else []:
        found[row["suite_id"]].append(
            Sighting(row["suite_id"], tuple(row["names"]), row["path"], row["node"], row["address"], row["place"])
        )
    return found


def _told(proof: Sighting) -> str:
    return f"{proof.place} in {proof.address}" if proof.place else f"{proof.path} on {proof.node}"
