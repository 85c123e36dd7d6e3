"""Files that a feature reads: a reader that is named works for the command and over HTTP."""

from __future__ import annotations

import tarfile
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from livewall_dashboard import features
from livewall_dashboard.importing import feature as importing
from livewall_dashboard.importing.command import import_command
from support.walls import wall_on

READERS = ["support.tar_reader:READER"]
TESTS = Path(__file__).parents[2]


@pytest.fixture
def tar(tmp_path: Path) -> Path:
    (tmp_path / "a").write_text("a")
    (tmp_path / "in").mkdir()
    with tarfile.open(tmp_path / "in" / "logs.tar", "w") as tar:
        tar.add(tmp_path / "a", "make/a")
        tar.add(tmp_path / "a", "make/b")
    return tmp_path / "in" / "logs.tar"


def test_a_named_reader_reads_for_the_command_and_over_http(
    database_url: str, tar: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["--database-url", database_url, "--setup", "vm1", "--label", "os=debian", str(tar.parent)]
    done = CliRunner().invoke(import_command, options, obj=READERS)
    assert done.exit_code == 0 and "is new: 2 tests" in done.output, done.output

    monkeypatch.setenv("PYTHONPATH", str(TESTS))  # where the program beside the wall finds it
    monkeypatch.setattr(features, "FEATURES", (partial(importing.feature, readers=READERS),))
    wall = wall_on(database_url, data=tmp_path)
    wall.start()
    try:
        client = wall.flask.test_client()
        sent = {"data": tar.read_bytes(), "content_type": "application/x-tar"}
        again = client.post("/api/v1/imports?setup=vm1&filename=logs.tar", **sent).json
        assert again is not None and (again["nothing_new"], again["files"][0]["tests"]) == (1, 2), again
        other = client.post("/api/v1/imports?setup=vm2&filename=logs.tar&label=os=debian", **sent).json
        assert other is not None and (other["imported"], other["files"][0]["setup"]) == (1, "vm2"), other
        run = client.get(f"/api/v1/runs/{other['files'][0]['run']}").json
        assert run is not None and (run["counts"]["passed"], run["labels"]) == (2, {"os": "debian"})
        nowhere = client.post("/api/v1/imports?filename=logs.tar", **sent)
        assert (nowhere.status_code, "`setup` does" in nowhere.text) == (422, True), nowhere.text
    finally:
        wall.stop()
