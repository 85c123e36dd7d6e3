"""Uploads of one name at the same time, killed midway, or onto a disk that is full: row and file stay of one upload."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from livewall_dashboard.artifacts.run_files import RunFiles
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.serving.server import MODES
from support.upload_storm import RUN, differences

pytestmark = pytest.mark.any_python

ROUNDS = 60
TESTS = Path(__file__).parents[2]


def storm(mode: str, url: str, folder: Path, rounds: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "support.upload_storm", mode, url, str(folder), str(rounds)]
    return subprocess.Popen(command, cwd=TESTS, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("mode", MODES)
def test_row_and_file_are_of_one_upload_each_time(database_url: str, tmp_path: Path, mode: str) -> None:
    with storm(mode, database_url, tmp_path, ROUNDS) as storming:
        told, complaints = storming.communicate(timeout=200)
    assert json.loads(told or "[null]") == [], complaints[-2000:]


def test_two_programs_do_as_well(database_url: str, tmp_path: Path) -> None:
    """What a look sees while the other program uploads is none of its business; the end is."""
    both = [storm("threading", database_url, tmp_path, ROUNDS // 3) for _ in range(2)]
    for storming in both:
        told, complaints = storming.communicate(timeout=200)
        assert [line for line in json.loads(told) if "is left over" not in line and "another file" not in line] == []
        assert "Traceback" not in complaints
    assert differences(database_url, tmp_path) == []


def test_killed_midway_it_is_one_upload_or_another(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    store = ArtifactStore(database, tmp_path)
    try:
        for kill_after in (0.0, 0.01, 0.03, 0.1):
            with storm("threading", database_url, tmp_path, 10_000) as storming:
                assert storming.stderr is not None
                while storming.stderr.readline().strip() != "3":
                    pass
                time.sleep(kill_after)
                os.kill(storming.pid, signal.SIGKILL)
            store.tidy(time.time())
            store.tidy(time.time() + 8 * 24 * 3600)  # chunks whose sender never came back
            assert differences(database_url, tmp_path) == []
        RunFiles(database, store).put(RUN, "log.html", [b"after all that"], packed=False)
        assert differences(database_url, tmp_path) == []
    finally:
        database.close()
