"""Compares two runs test by test; one test under two names is one test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.history import cursor
from livewall_dashboard.history.compare.kinds import KINDS, SLOWER_BY, SLOWER_RATIO, Kind
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.results.result_words import in_words
from livewall_dashboard.postgres.database import Database

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
_BEFORE_ALL = (-1, "", 0, 0)


@dataclass(frozen=True, slots=True)
class Compared:
    """`counts`: of all tests by kind; `tests`: a page of `{longname, kind, left, right}`, left or right None for a test
    without a result there.
    """

    counts: dict[Kind, int]
    tests: list[Row]
    next: str | None


class Comparisons:
    """Raises `Unavailable` while Postgres is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run_before(self, key: str) -> str:
        """The run that a run is compared with where nobody says which. Raises NotFound."""
        with self._database.connection() as connection:
            row = connection.execute(QUERIES["run_before"], {"key": key}).fetchone()
        if row is None:
            raise NotFound("No run of its suite came before it on its setup and branch: say which with `left`.")
        return str(row["key"])

    def compare(
        self,
        left: str,
        right: str,
        kind: Kind | None = None,
        q: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> Compared:
        """Tests that went otherwise, by kind and name. `q`: a text in the longname. Raises NotFound, BadRequest."""
        place = cursor.decode(after, int, str, int, int) if after is not None else _BEFORE_ALL
        values: Row = {"slower_ratio": SLOWER_RATIO, "slower_by": SLOWER_BY, "q": q, "limit": limit + 1}
        values["kind"] = None if kind is None else KINDS.index(kind)
        values |= dict(zip(("after_kind", "after_place", "after_identity", "after_no"), place, strict=True))
        with self._database.connection() as connection:
            values |= {"left": _number(connection, left), "right": _number(connection, right)}
            found = {row["kind"]: row["tests"] for row in _read(connection, "count_kinds", values)}
            rows = _read(connection, "page_of_kinds", values)
            tests = _with_results(connection, rows[:limit], values)
        counts = {name: found.get(number, 0) for number, name in enumerate(KINDS)}
        return Compared(counts, tests, cursor.encode(_place(rows[limit - 1])) if len(rows) > limit else None)


def _read(connection: Connection, wanted: str, values: Row) -> list[Row]:
    return connection.execute(QUERIES["pair_runs"].format(wanted=QUERIES[wanted]), values).fetchall()


def _number(connection: Connection, key: str) -> int:
    row = connection.execute(QUERIES["run_number"], {"key": key}).fetchone()
    if row is None:
        raise NotFound(f"There is no run {key[:200]!r}.")
    return int(row["id"])


def _place(row: Row) -> tuple[int, str, int, int]:
    return row["kind"], row["place"], row["identity"], row["no"]


def _with_results(connection: Connection, rows: list[Row], values: Row) -> list[Row]:
    sides = {side: _results(connection, values[side], side, rows) for side in ("left", "right")}
    return [
        {
            "longname": row["longname"],
            "kind": KINDS[row["kind"]],
            **{side: found.get((row[f"{side}_process"], row[f"{side}_id"])) for side, found in sides.items()},
        }
        for row in rows
    ]


def _results(connection: Connection, run_id: int, side: str, rows: Iterable[Row]) -> dict[tuple[int, str], Row]:
    named = [(row[f"{side}_process"], row[f"{side}_id"]) for row in rows if row[f"{side}_id"] is not None]
    values = {"run_id": run_id, "processes": [process for process, _ in named], "ids": [test for _, test in named]}
    found = connection.execute(QUERIES["results_of_run"], values).fetchall()
    return {(row["process_no"], row["id"]): in_words(row) for row in found}
