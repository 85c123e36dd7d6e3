"""Loads a feature's SQL: its queries.sql by name, each headed by `-- name: x` and with one caller."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

from psycopg.sql import SQL

if TYPE_CHECKING:
    from typing_extensions import LiteralString

_HEADER = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def load_queries(module: str) -> dict[str, SQL]:
    """Those of the queries.sql beside a module, given its `__file__`."""
    return read_queries(Path(module).with_name("queries.sql").read_text(encoding="utf-8"))


def read_queries(text: str) -> dict[str, SQL]:
    """Queries by name. Raises ValueError for a name given twice."""
    _, *parts = _HEADER.split(text)
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError("a query's name is given twice")
    # SQL wants literal strings lest a user's text becomes SQL; this is a file of the program.
    return {name: SQL(cast("LiteralString", body.strip())) for name, body in zip(names, bodies, strict=True)}
