"""What looks up names is eventlet's, so that others go on meanwhile, and is imported for the first name."""

from __future__ import annotations

import subprocess
import sys

from support.environment import quiet_environment

PROGRAM = """
import sys
sys.argv = ["livewall", "serve"]
from livewall_dashboard.serving import server
server.prepare()
import socket
print("eventlet.support.greendns" in sys.modules)
with socket.create_server(("127.0.0.1", 0)) as wall:
    socket.create_connection(("localhost", wall.getsockname()[1])).close()
print("eventlet.support.greendns" in sys.modules, socket.gethostbyname("localhost"))
"""


def test_names_are_looked_up_by_what_is_imported_for_the_first() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=quiet_environment(), capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.split()) == (0, ["False", "True", "127.0.0.1"]), done.stderr
