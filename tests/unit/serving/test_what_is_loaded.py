"""A wall starts without what it may never need."""

from __future__ import annotations

import subprocess
import sys

LOADED = """
import sys
sys.argv = ["livewall", "serve"]
from livewall_dashboard.serving import server
server.prepare()
import livewall_dashboard.serving.commands
print(*sys.modules)
"""


def test_a_wall_without_jenkins_loads_nothing_to_ask_it_with() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True).stdout.split()
    assert "livewall_dashboard.jenkins.poller_set" in loaded
    assert not {"jenkins", "requests", "dns"}.intersection(loaded)
