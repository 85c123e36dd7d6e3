"""What looks up names is eventlet's, so that others go on meanwhile, and is imported for the first name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.environment import quiet_environment

CHOICE = "EVENTLET_NO_GREENDNS"
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


@pytest.mark.parametrize(
    ("environment", "imported"),
    [({}, "True"), ({CHOICE: "yes"}, "False")],
    ids=["as usual", "not wanted"],
)
def test_names_are_looked_up_by_what_is_imported_for_the_first(
    environment: dict[str, str], imported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CHOICE, raising=False)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**quiet_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout.split()) == (0, ["False", imported, "127.0.0.1"]), done.stderr
