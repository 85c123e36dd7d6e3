"""What is asked of Postgres, statement by statement: what is asked for each small thing must not become more unseen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg


@contextmanager
def statements() -> Iterator[list[str]]:
    """Those of this thread, and of such as it has started for the purpose, in the block; BEGIN and COMMIT aside."""
    told: list[str] = []
    ours = threading.get_ident()

    def noting(method: Any) -> Any:
        def note(self: Any, query: Any, *arguments: Any, **named: Any) -> Any:
            thread = threading.current_thread()
            if thread.ident == ours or thread.name.startswith("ThreadPoolExecutor"):
                told.append(str(query))
            return method(self, query, *arguments, **named)

        return note

    with (
        patch.object(psycopg.Cursor, "execute", noting(psycopg.Cursor.execute)),
        patch.object(psycopg.ServerCursor, "execute", noting(psycopg.ServerCursor.execute)),
        patch.object(psycopg.Cursor, "copy", noting(psycopg.Cursor.copy)),
    ):
        yield told
