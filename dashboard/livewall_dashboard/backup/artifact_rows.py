"""Rows of files as a database of any release has them: an older one has one place for each name of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from livewall_dashboard.artifacts.model import former_place

# Asked by way of JSON, a column that is not there is null.
_ROWS = """
SELECT run_id, name, sha256, to_jsonb(a) ->> 'place', to_jsonb(a) ->> 'owner_kind', to_jsonb(a) ->> 'owner_id'
FROM artifact a ORDER BY run_id, name
"""
_PRESENT_PLACE = "SELECT place FROM artifact WHERE owner_kind = %s AND owner_id = %s AND name = %s"


@dataclass(frozen=True, slots=True)
class ArtifactRow:
    """`sha256`: of the file that lies at `place`. `owner`: kind and id; None in an older database."""

    run_id: int | None
    name: str
    sha256: str
    place: str
    owner: tuple[str, str] | None = None


def artifact_rows(connection: psycopg.Connection[Any]) -> list[ArtifactRow]:
    return [_row(*row) for row in connection.execute(_ROWS).fetchall()]


def present_place(connection: psycopg.Connection[Any], row: ArtifactRow) -> str | None:
    """Where the row leads by now; None where it is gone, or was there from the beginning."""
    if row.owner is None:
        return None
    found = connection.execute(_PRESENT_PLACE, [*row.owner, row.name]).fetchone()
    return None if found is None or found[0] == row.place else str(found[0])


def _row(run_id: int | None, name: str, sha256: str, place: str | None, kind: str | None, owner: str) -> ArtifactRow:
    if place is None or kind is None:
        return ArtifactRow(run_id, name, sha256, former_place(run_id or 0, name))
    return ArtifactRow(run_id, name, sha256, place, (kind, owner))
