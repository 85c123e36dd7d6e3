"""A node's disk damages what a run has left on it: the wall gets what is whole, and knows what is not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.environment import quiet_environment
from support.lab import Lab
from support.ports import free_port
from support.waiting import wait_for


def resend(lab: Lab, *arguments: str) -> int:
    command = [sys.executable, "-m", "livewall_listener", "resend", "--url", lab.dashboard.url, *arguments]
    return subprocess.run(command, check=False, env=quiet_environment(), capture_output=True, timeout=240).returncode


@pytest.mark.timeout(900)
@pytest.mark.parametrize("damage", ["a hole of a sector", "a flipped bit"])
def test_what_is_whole_is_stored_and_the_run_is_partial(lab: Lab, damage: str) -> None:
    done = lab.run("traps", url=f"http://127.0.0.1:{free_port()}")
    (path,) = done.spool.glob("*.spool")
    data = bytearray(path.read_bytes())
    at = data.index(b'"end_test"', len(data) // 2)
    data[at : at + 512] = bytes(512) if damage.startswith("a hole") else bytes([data[at] ^ 1]) + data[at + 1 : at + 512]
    path.write_bytes(data)
    assert resend(lab, "--spool", str(done.spool)) == 1, "not everything was delivered"

    def look() -> dict[str, object] | None:
        run = lab.database.run(done.run_id)
        return run if run["state"] == "finished" and run["verification"] != "pending" else None

    run = wait_for(look, 120, "the end of the run")
    assert run["verification"] == "partial" and 1 <= run["lost"] <= 5
    assert resend(lab, "--spool", str(done.spool)) == 0, "nothing is left to try"
    assert lab.database.run(done.run_id)["state"] == "finished"
    assert [path.suffix for path in done.spool.iterdir()] == [".damaged"]
