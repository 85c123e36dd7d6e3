"""Runs the program that imports uploaded files, a few at a time, and hears what it says of each."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.importing.resources import ImportedFile
from livewall_dashboard.importing.worker import AWAY, Job

AT_ONCE = 2
"""Programs that import at the same time: others wait."""
MOST_REQUESTS = 40
"""That send files or wait; more are put off."""
PATIENCE = 900.0
"""Seconds that one file may take."""
PAUSES = (0.01, 0.25)
"""Seconds between two looks at a program: the first, and the longest."""

_COMMAND = "from livewall_dashboard.importing.worker import main; main()"

log = logging.getLogger(__name__)


class ImportRunner:
    """`folder`: where what is uploaded lies meanwhile; `url`: of the database. `stop` it at the end."""

    patience = PATIENCE

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url
        self._turn = threading.Semaphore(AT_ONCE)
        self._places = threading.Semaphore(MOST_REQUESTS)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def tidy(self) -> None:
        """What a killed predecessor left."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def stop(self) -> None:
        """What is half imported is given up: its sender hears of it, and sends it again."""
        self._stopped = True
        for process in list(self._running):
            process.kill()

    @contextmanager
    def room(self) -> Iterator[Path]:
        """A folder for the files of one request, which goes with it. Raises Unavailable where there are too many."""
        if not self._places.acquire(blocking=False):
            raise Unavailable("Many files are being imported already; come back in 5 s.", headers={"Retry-After": "5"})
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True) as folder:
                yield Path(folder)
        except OSError as error:
            raise Unavailable(f"The wall cannot keep files: {error.strerror or error}.") from error
        finally:
            self._places.release()

    def run(self, job: Job, folder: Path) -> list[ImportedFile]:
        """What became of each file. Raises Unavailable while Postgres is away; what was imported by then, stays."""
        done: list[ImportedFile] = []
        while len(done) < len(job.files):
            rest = msgspec.structs.replace(job, files=job.files[len(done) :])
            with self._turn:
                reports, code, trouble = self._run_once(rest, folder)
            done += reports
            if self._stopped or code == AWAY:
                raise _away(trouble or "The wall ends", done)
            if len(done) < len(job.files):
                log.error("Importing %r ended with %s: %s", job.files[len(done)].shown, code, trouble)
                done.append(ImportedFile(job.files[len(done)].shown, "broken", _reason(code)))
        return done

    def _run_once(self, job: Job, folder: Path) -> tuple[list[ImportedFile], int, str]:
        """What is said of files until the program ends, its exit code, and its last words."""
        (folder / "job.json").write_bytes(msgspec.json.encode(job))
        with (folder / "reports").open("w+b") as out, (folder / "trouble").open("w+b") as err:
            process = subprocess.Popen(
                [sys.executable, "-c", _COMMAND, str(folder)],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                cwd="/",
                env={**os.environ, "LIVEWALL_DATABASE_URL": self._url, "TMPDIR": str(folder)},
            )
            self._running.add(process)
            try:
                if self._stopped:
                    process.kill()
                code = self._wait(process, lambda: (folder / "reports").stat().st_size)
            finally:
                self._running.discard(process)
                assert process.stdin is not None
                process.stdin.close()
            out.seek(0)
            reports = [msgspec.json.decode(line, type=ImportedFile) for line in out if line.endswith(b"\n")]
            err.seek(0)
            return reports, code, err.read(100_000).decode("utf-8", "replace").strip()

    def _wait(self, process: subprocess.Popen[bytes], said: Callable[[], int]) -> int:
        """Its exit code. A program that says nothing new for too long is ended."""
        pause, longest = PAUSES
        heard, since = 0, time.monotonic()
        while (code := process.poll()) is None:
            if (now_said := said()) != heard:
                heard, since = now_said, time.monotonic()
            if time.monotonic() - since > self.patience:
                process.kill()
            time.sleep(pause)
            pause = min(pause * 1.3, longest)
        return code


def _reason(code: int) -> str:
    if code == -9:
        return "Reading it took too long, or too much memory."
    return "Something went wrong inside the wall while it was read; the wall's log says more."


def _away(words: str, done: list[ImportedFile]) -> Unavailable:
    files = msgspec.to_builtins(done)
    return Unavailable(
        f"{words.rstrip('.')}. {len(done)} files were done by then; send all again, none is imported twice.",
        detail={"files": files},
        headers={"Retry-After": "10"},
    )
