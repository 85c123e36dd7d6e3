"""Many upload files of the same few names at once: `python -m support.upload_storm MODE DATABASE_URL FOLDER ROUNDS`.

A program of its own, for eventlet patches all of it, and somebody may kill it. Prints what is wrong as JSON.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import sys
import threading
from datetime import datetime, timezone
from pathlib import Path

import psycopg

from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.serving import server

RUN = "run-1"
NAMES = ("log.html", "output.xml")
SHARED = random.Random(1).randbytes(40_000)
"""What several send at once."""


def main() -> None:
    mode, url, folder, rounds = sys.argv[1:]
    if mode == "eventlet":
        server.patch()
    from livewall_dashboard.artifacts.run_files import RunFiles  # noqa: PLC0415 - eventlet comes first
    from livewall_dashboard.artifacts.store import ArtifactStore  # noqa: PLC0415
    from livewall_dashboard.history.recording.register_run import register  # noqa: PLC0415
    from livewall_dashboard.postgres.database import Database  # noqa: PLC0415
    from livewall_listener import wire  # noqa: PLC0415

    database = Database(url, offload=server.offload(mode))
    with database.connection() as connection:
        register(connection, RUN, "vm1", wire.RunInfo(), datetime.now(timezone.utc), 0)
    files = RunFiles(database, ArtifactStore(database, Path(folder)))
    wrong = []
    for number in range(int(rounds)):
        errors: list[str] = []
        at_once = 3 + number % 8
        threads = [threading.Thread(target=upload, args=(files, errors)) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wrong += errors + differences(url, Path(folder))
        print(number, file=sys.stderr, flush=True)  # whoever kills it knows that it is at work
    print(json.dumps(wrong))
    database.close()


def upload(files: object, errors: list[str]) -> None:
    """Whole or in chunks, now and then what somebody else sends just now as well."""
    name = random.choice(NAMES)
    plain = random.choice([SHARED, os.urandom(random.choice([10, 20_000]))])
    packed = gzip.compress(plain, mtime=0)
    sha256 = hashlib.sha256(packed).hexdigest()
    try:
        if random.random() < 0.5:
            blocks = iter([packed[:100], packed[100:]])
            files.put(RUN, name, blocks, packed=True, sha256=sha256)  # type: ignore[attr-defined]
        else:
            append(files, name, packed, sha256)
    except Exception as error:
        errors.append(repr(error))


def append(files: object, name: str, packed: bytes, sha256: str) -> None:
    """As a listener does: goes on where it is told to."""
    start = 0
    while start < len(packed):
        chunk = packed[start : start + max(20, len(packed) // 6)]
        try:
            taken = files.append(RUN, name, chunk, start=start, total=len(packed), sha256=sha256)  # type: ignore[attr-defined]
        except LivewallError as error:
            if error.code != "wrong_offset":  # no sender damages what another sends
                raise
            start = int(str(error.detail["expected_offset"]))
        else:
            if not isinstance(taken, int):
                return
            start = taken


def differences(url: str, folder: Path) -> list[str]:
    """Rows whose file is another or gone, and files that no row leads to."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT place, size, sha256 FROM artifact").fetchall()
    wrong = []
    for place, size, sha256 in rows:
        packed = (folder / place).read_bytes() if (folder / place).exists() else b""
        if (hashlib.sha256(packed).hexdigest(), len(gzip.decompress(packed or gzip.compress(b"")))) != (sha256, size):
            wrong.append(f"{place} is {len(packed)} bytes of another file")
    led_to = {folder / place for place, *_ in rows}
    return wrong + [f"{path} is left over" for path in folder.rglob("*") if path.is_file() and path not in led_to]


if __name__ == "__main__":
    main()
