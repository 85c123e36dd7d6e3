"""Under eventlet nothing that waits for Postgres holds up the others. In a process of its own, for it patches all."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = '''
import json, sys
from livewall_dashboard.serving import server
server.patch()

import threading, time
import psycopg
from livewall_dashboard.postgres.database import Database, Writer
from support.history_lab import Lab, end_test

assert psycopg.waiting.wait is psycopg.waiting.wait_selector, psycopg.waiting.wait
database = Database(sys.argv[1], offload=server.offload("eventlet"))
ticks = 0
done = threading.Event()


def tick():
    global ticks
    while not done.is_set():
        ticks += 1
        time.sleep(0.01)


def counted(work):
    """Ticks of another green thread while `work` waits."""
    before = ticks
    work()
    return ticks - before


def pool():
    with database.connection() as connection:
        connection.execute("SELECT pg_sleep(0.5)")


writer = database.connect_writer()


def writing():
    writer.execute("SELECT pg_sleep(0.5)")


def copy():
    """COPY into a table that somebody else has locked for half a second: it waits for the server as for a full disk."""
    with writer.cursor().copy("COPY blocked FROM STDIN") as stream:
        for _ in range(2000):
            stream.write(b"x" * 999 + b"\\n")


def copying():
    with psycopg.connect(sys.argv[1]) as other:
        other.execute("LOCK TABLE blocked")
        threading.Timer(0.5, other.rollback).start()
        database.offload(copy)


threading.Thread(target=tick, daemon=True).start()
found = {"pool": counted(pool), "writer": counted(lambda: database.offload(writing))}
writer.execute("CREATE TABLE blocked (line text)")
writer.commit()
found["copy"] = counted(copying)
writer.rollback()
writer.close()

lab = Lab(database)
lab.recorder.start()
process = lab.process()
process.submit(*(end_test(f"s1-t{number}") for number in range(3000)))
found["recorder"] = counted(lambda: process.committed(3000))
found["stored"] = process.committed(3000)
lab.recorder.stop(30)
database.close()
done.set()
print(json.dumps(found))
'''


def test_waiting_for_postgres_holds_nobody_up(database_url: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, database_url], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["stored"] == 3000
    # Half a second has room for 50 ticks; one that waits in its green thread lets none happen.
    assert all(found[what] >= 5 for what in ("pool", "writer", "copy")), found
    assert found["recorder"] >= 1, found
