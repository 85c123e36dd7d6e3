"""Whose a file is: owners of every kind have files in one table, and none stays without an owner."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from integration.artifacts.conftest import RUN
from livewall_dashboard.artifacts.model import Owner
from livewall_dashboard.artifacts.run_files import RunFiles
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.errors import NotFound
from support.upload_storm import differences

pytestmark = pytest.mark.any_python

JOB = Owner("job", "0b5c4c0e-7a07-4d4e-8f6f-d6d3b1c2a101")
REPORTS = (Owner("report", "7"), Owner("report", "8"))


def content(store: ArtifactStore, owner: Owner) -> bytes | None:
    found = store.open(owner, "log.html")
    if found is None:
        return None
    with found[1] as file:
        return gzip.decompress(file.read())


def test_owners_of_every_kind_lie_side_by_side(store: ArtifactStore, directory: Path, database_url: str) -> None:
    owners = (JOB, *REPORTS)
    for owner in owners:
        store.put(owner, "log.html", [owner.id.encode()], packed=False)
    assert [content(store, owner) for owner in owners] == [owner.id.encode() for owner in owners]
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM artifact WHERE owner_kind = 'report' AND owner_id = '7'")
    store.sweep()
    assert [content(store, owner) is None for owner in owners] == [False, True, False]
    assert differences(database_url, directory) == []


@pytest.mark.parametrize(("kind", "id"), [("job", "../../etc"), ("job", ""), ("../x", "1"), ("run", "1/2"), ("", "1")])
def test_no_owner_leads_out_of_the_folder(kind: str, id: str) -> None:
    with pytest.raises(ValueError, match="cannot own files"):
        Owner(kind, id)


def test_files_of_a_run_that_is_deleted_go_with_it(
    run_files: RunFiles, store: ArtifactStore, directory: Path, database_url: str
) -> None:
    for name in ("log.html", "output.xml"):
        run_files.put(RUN, name, [b"x"], packed=False)
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM run")
    store.tidy(time.time())
    assert list(directory.rglob("*")) == []


def test_a_run_that_is_deleted_while_its_file_arrives(run_files: RunFiles, directory: Path, database_url: str) -> None:
    def blocks() -> Iterator[bytes]:
        with psycopg.connect(database_url) as connection:
            connection.execute("DELETE FROM run")
        yield b"x"

    with pytest.raises(NotFound, match="deleted meanwhile"):
        run_files.put(RUN, "log.html", blocks(), packed=False)
    assert [path for path in directory.rglob("*") if path.is_file()] == []


def test_what_was_replaced_takes_no_rows_for_ever(run_files: RunFiles, directory: Path, database_url: str) -> None:
    for number in range(20):
        run_files.put(RUN, "log.html", [str(number).encode()], packed=False)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*), count(place) FROM unused_place").fetchone() == (1, 0)
    assert differences(database_url, directory) == []
