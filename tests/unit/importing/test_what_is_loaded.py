"""`livewall import`, and the program of each upload, load what files need, and not the wall: memory and time."""

from __future__ import annotations

import subprocess
import sys

from livewall_dashboard.readers import READERS

LOADED = f"""
import sys
from pathlib import Path
import livewall_dashboard.importing.command, livewall_dashboard.importing.worker
from livewall_dashboard.importing.other_readers import OtherReaders
OtherReaders({READERS!r}, Path())
print(*sys.modules)
"""


def test_readers_of_other_files_load_no_server() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True).stdout.split()
    assert "psycopg" in loaded
    assert not {"flask", "jinja2", "jsonschema", "socketio", "eventlet"}.intersection(loaded)
