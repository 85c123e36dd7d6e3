"""kill -9 of a recording process at any moment: what it acknowledged is stored, and nothing is stored twice or torn."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading

import pytest

from livewall_dashboard.postgres.database import Database
from support.history_lab import Lab

pytestmark = pytest.mark.any_python

NODE = """
import sys
from livewall_dashboard.postgres.database import Database
from support.history_lab import Lab, correct_test, end_suite, end_test, start_suite

lab = Lab(Database(sys.argv[1]))
lab.recorder.start()
process = lab.process()
process.seq = process.position.last_seq
print(process.seq, flush=True)
while True:
    first = process.seq
    status = "FAIL" if first % 3 else "PASS"
    lab.live["run-1", "0"] = {"after": first + 9}
    process.submit(
        start_suite(f"s1-s{first}", f"Suite {first % 50}"),
        *(end_test(f"s1-s{first}-t{number}", status, name=f"{first % 1000} {number}") for number in range(6)),
        end_suite(f"s1-s{first}"),
        correct_test(f"s1-s{first}-t0", status, "SKIP"),
    )
    print(process.committed(process.seq), flush=True)
"""


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_recorder_keeps_its_word(database_url: str, seed: int) -> None:
    dice = random.Random(seed)
    acknowledged = 0
    for _ in range(4):
        with subprocess.Popen([sys.executable, "-c", NODE, database_url], stdout=subprocess.PIPE, text=True) as node:
            assert node.stdout is not None
            started_at = int(node.stdout.readline())
            assert started_at >= acknowledged, "the next one knows all that was acknowledged"
            for _ in range(dice.randint(1, 12)):
                acknowledged = int(node.stdout.readline())
            threading.Timer(dice.random() / 50, os.kill, [node.pid, signal.SIGKILL]).start()
            acknowledged = max([acknowledged, *map(int, node.stdout.read().splitlines())])
    lab = Lab(Database(database_url))
    lab.recorder.start()  # which waits for the end of the killed one's connection
    lab.recorder.stop(30)
    process = lab.row("SELECT last_seq, live, passed, failed, skipped FROM process")
    assert process["last_seq"] >= acknowledged > 0
    assert process["live"] == {"after": process["last_seq"]}
    rounds = process["last_seq"] // 9
    assert lab.row("SELECT count(*), count(DISTINCT seq) AS seqs FROM result") == {
        "count": 6 * rounds,
        "seqs": 6 * rounds,
    }
    assert lab.row("SELECT count(*), count(status) AS ended FROM suite_result") == {"count": rounds, "ended": rounds}
    counted = lab.row(
        "SELECT count(*) FILTER (WHERE status = 0) AS passed, count(*) FILTER (WHERE status = 1) AS failed, "
        "count(*) FILTER (WHERE status = 2) AS skipped FROM result JOIN test ON test.id = test_id"
    )
    assert counted == {name: process[name] for name in ("passed", "failed", "skipped")}
    assert counted["skipped"] == rounds
    lab.database.close()
