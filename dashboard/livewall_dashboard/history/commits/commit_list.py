"""Commits of the repositories, read in their order. Rows have the API's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from livewall_dashboard.history import cursor
from livewall_dashboard.history.queries import QUERIES

Row = dict[str, Any]
Connection = psycopg.Connection[Row]


def in_order(
    connection: Connection, filters: Mapping[str, str], after: str | None, limit: int
) -> tuple[list[Row], str | None]:
    """`limit` commits, the latest first, and the cursor of the next ones or None.

    `filters`: `repository`, `branch`, `commit`: a hash's beginning, `newer_than`, `up_to`: whole hashes.
    """
    values: Row = {**filters, "limit": limit + 1}
    values |= {name: filters[name].lower() for name in ("commit", "newer_than", "up_to") if name in filters}
    given = [QUERIES[f"commits_of_{name}"] for name in filters]
    if after is not None:
        values["uuid"], values["id"] = cursor.decode(after, cursor.Big, int)
        given.append(QUERIES["commits_after"])
    rows = _read(connection, given, values)
    following = cursor.encode((rows[limit - 1]["uuid"], rows[limit - 1]["commit_id"])) if len(rows) > limit else None
    return rows[:limit], following


def of_each_run(connection: Connection, runs: list[int]) -> dict[int, list[Row]]:
    """The commits that each of these runs was made at, one of each repository, by its `run_id`."""
    found: dict[int, list[Row]] = {}
    links = connection.execute(QUERIES["links_of_runs"], [runs]).fetchall()
    known = _by_id(connection, {link["commit_id"] for link in links})
    for link in links:
        found.setdefault(link["run_id"], []).append(known[link["commit_id"]])
    return found


def of_runs(connection: Connection, runs: list[int], repository: str | None) -> dict[str, Row]:
    """The commit of each of these runs, by the run's key; of the first of several repositories if none is named."""
    links = connection.execute(QUERIES["commits_of_runs"], {"runs": runs, "repository": repository}).fetchall()
    found = _by_id(connection, {link["commit_id"] for link in links})
    return {link["run"]: found[link["commit_id"]] for link in links}


def _by_id(connection: Connection, ids: set[int]) -> dict[int, Row]:
    if not ids:
        return {}
    rows = _read(connection, [QUERIES["commits_of_ids"]], {"ids": list(ids), "limit": None})
    return {row["commit_id"]: row for row in rows}


def _read(connection: Connection, conditions: list[sql.SQL], values: Row) -> list[Row]:
    where = sql.SQL(" AND ").join([sql.SQL("true"), *conditions])
    rows = connection.execute(QUERIES["commits"].format(conditions=where), values).fetchall()
    return [{**row, "author": {"name": row["author_name"], "email": row["author_email"]}} for row in rows]
