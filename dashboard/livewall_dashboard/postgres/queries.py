"""Loads a feature's SQL by name: queries.sql, or where that is long its parts, queries.PART.sql; its folders', too.

`-- name: x` heads a query, QUERIES["x"] has one caller.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

from psycopg.sql import SQL

if TYPE_CHECKING:
    from typing_extensions import LiteralString

_HEADER = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def load_queries(module: str) -> dict[str, SQL]:
    """Those beside a module, given its `__file__`, and in folders below that have no such module of their own.

    Raises ValueError for a name given twice.
    """
    files = [
        path
        for path in sorted(Path(module).parent.rglob("queries*.sql"))
        if not (path.parent / Path(module).name).exists() or path.parent == Path(module).parent
    ]
    return read_queries(*(path.read_text(encoding="utf-8") for path in files))


def read_queries(*texts: str) -> dict[str, SQL]:
    """Queries by name. Raises ValueError for a name given twice."""
    parts = [part for text in texts for part in _HEADER.split(text)[1:]]
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError("a query's name is given twice")
    # SQL wants literal strings lest a user's text becomes SQL; this is a file of the program.
    return {name: SQL(cast("LiteralString", body.strip())) for name, body in zip(names, bodies, strict=True)}
