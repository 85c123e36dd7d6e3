"""The list of runs: which ones are wanted, the latest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
from psycopg import sql

from livewall_dashboard.base.clock import from_iso
from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.base.run_status import RunStatus, State
from livewall_dashboard.history import cursor
from livewall_dashboard.history.commits import commit_list
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.runs import runs

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

TAG_KEY = 200
"""Characters of a tag that are compared."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class RunFilter:
    """None or empty: any. `status`: of runs that ended; `commit`: a hash's beginning; `label`: each `name=value`, or a
    name alone; `tag`: of a test; `q`: a text. `since` and `until`: a time, or a day in UTC, which `until` includes.
    """

    setup: str | None = None
    suite: str | None = None
    state: State | None = None
    status: RunStatus | None = None
    branch: str | None = None
    commit: str | None = None
    label: Sequence[str] = ()
    tag: str | None = None
    q: str | None = None
    since: str | None = None
    until: str | None = None


def in_order(connection: Connection, wanted: RunFilter, before: str | None, limit: int) -> tuple[list[Row], str | None]:
    """`limit` runs, the latest first, and the cursor of the next ones or None. Raises BadRequest."""
    where, values = conditions_of(wanted)
    if before is not None:
        values["sorted_at"], values["id"] = cursor.decode(before, datetime, int)
        where = sql.SQL(" AND ").join([where, QUERIES["runs_before"]])
    # Which runs first, from the run's table alone: of all that match, little is read.
    found = connection.execute(QUERIES["run_ids"].format(conditions=where), {**values, "limit": limit + 1}).fetchall()
    last = found[limit - 1] if len(found) > limit else None
    following = cursor.encode((last["sorted_at"], last["id"])) if last else None
    return read(connection, [row["id"] for row in found[:limit]]), following


def conditions_of(wanted: RunFilter) -> tuple[sql.Composed, Row]:
    """What a row of `run` must fulfil, as SQL, and the values it compares with. Raises BadRequest."""
    values = _values(wanted)
    conditions: list[sql.Composable] = [QUERIES[f"runs_of_{name}"] for name in _plain(wanted)]
    conditions += _labels(wanted.label, values)
    return sql.SQL(" AND ").join([sql.SQL("true"), *conditions]), values


def read(connection: Connection, ids: Sequence[int]) -> list[Row]:
    """These runs, the latest first."""
    query = QUERIES["runs"].format(conditions=QUERIES["runs_of_ids"])
    return with_commits(connection, connection.execute(query, {"ids": list(ids), "limit": len(ids)}).fetchall())


def with_commits(connection: Connection, rows: list[Row]) -> list[Row]:
    """Rows of the query `runs` as the API shows them."""
    known = commit_list.of_each_run(connection, [row["run_id"] for row in rows])
    return [{**runs.as_row(row), "commits": known.get(row["run_id"], [])} for row in rows]


def _plain(wanted: RunFilter) -> Iterator[str]:
    """Those given that are one condition with one value."""
    for field in fields(wanted):
        if field.name != "label" and getattr(wanted, field.name) is not None:
            yield field.name


def _values(wanted: RunFilter) -> Row:
    values: Row = {name: getattr(wanted, name) for name in _plain(wanted)}
    if wanted.commit is not None:
        values |= {"commit": _like_prefix(wanted.commit), "hash": wanted.commit.lower()}
    if wanted.tag is not None:
        values["tag"] = wanted.tag.lower().replace(" ", "").replace("_", "")[:TAG_KEY]
    if wanted.q is not None:
        values["q"] = wanted.q.lower()
    if wanted.since is not None:
        values["since"] = _moment("from", wanted.since)
    if wanted.until is not None:
        values["until"] = _moment("to", wanted.until, days=1)
    return values


def _labels(labels: Sequence[str], values: Row) -> Iterator[sql.Composed]:
    """A condition each; what they compare with goes to `values`."""
    for no, label in enumerate(labels):
        values[f"label{no}"] = label
        query = QUERIES["runs_of_label" if "=" in label else "runs_of_label_name"]
        yield query.format(label=sql.Placeholder(f"label{no}"))


def _moment(name: str, text: str, days: int = 0) -> datetime:
    """`days`: to the end of a day that is given as such."""
    try:
        moment = from_iso(text)
        if _DAY.fullmatch(text):
            moment += timedelta(days=days)
    except (ValueError, OverflowError):
        raise BadRequest(
            f"{name} is a day or a time, like 2026-03-01 or 2026-03-01T12:00:00Z, not {text[:50]!r}."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _like_prefix(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%"
