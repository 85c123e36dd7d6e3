"""Connections that whole result sets are stored by, kept for the next one with the names they have met."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from livewall_dashboard.history.results.names import Names
from livewall_dashboard.postgres.database import Database, Writer

KEPT = 2
"""Between uses; more are made where more store at the same time."""


@dataclass(slots=True)
class BulkWriter:
    """A connection that commits by itself, and the numbers of names that were learned by it."""

    connection: Writer
    names: Names = field(default_factory=Names)


class BulkWriters:
    """Lends a connection at a time to whoever stores much. One that was used when something failed is not kept."""

    def __init__(self, database: Database):
        self._database = database
        self._idle: list[BulkWriter] = []

    @contextmanager
    def lend(self) -> Iterator[BulkWriter]:
        """Raises psycopg.Error where Postgres is away. Use the connection through `Database.offload`."""
        writer = self._idle_one() or self._new()
        try:
            yield writer
        except BaseException:
            writer.connection.close()
            raise
        self._idle.append(writer)
        if len(self._idle) > KEPT:
            self._idle.pop(0).connection.close()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().connection.close()

    def _idle_one(self) -> BulkWriter | None:
        """One whose server is still there."""
        while self._idle:
            try:
                writer = self._idle.pop()
            except IndexError:  # somebody else took it this very moment
                return None
            try:
                self._database.offload(writer.connection.execute, "SELECT 1")
            except psycopg.Error:
                writer.connection.close()
            else:
                return writer
        return None

    def _new(self) -> BulkWriter:
        connection = self._database.connect_writer()
        connection.autocommit = True
        return BulkWriter(connection)
