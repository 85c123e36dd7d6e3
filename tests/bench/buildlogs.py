"""Build reports beside grep: 50 MB of logs read and stored, and what the wall holds in memory meanwhile."""

from __future__ import annotations

import bz2
import random
import resource
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil

from livewall_dashboard.buildlogs.log_scanner import WORDS
from livewall_dashboard.buildlogs.member_files import masked_lines
from livewall_dashboard.buildlogs.parts import StepLog
from livewall_dashboard.buildlogs.whole_lines import whole_lines
from support.answers import answer_to
from support.build_reports import GOOD, tar_of

from .measurement import Check, Measurement, in_turn, median, over_rounds, ratios
from .stage import Stage

SIZE = 50_000_000
ROUNDS = 5
BLOCK = 256 * 1024
WAIT = 300.0
FILES, LINES = 300, 2000
ONE_IN = 200
"""Lines of which one is a warning."""
READ, GREP = "logs read", "grep -E over the logs"
STORED, UNPACKED = "report read and stored", "bzip2 -dc, tar -xO, grep -E"


def measure(stage: Stage) -> Measurement:
    log, tarball = stage.directory / "make.log", stage.directory / "report.tar.bz2"
    log.write_bytes(b"".join(_lines(random.Random(1))))
    tarball.write_bytes(bz2.compress(tar_of({**GOOD, "make.log": log.read_bytes()})))
    times: dict[str, list[float]] = {what: [] for what in (READ, GREP, STORED, UNPACKED)}
    with stage.dashboard() as dashboard:
        before = _memory(dashboard.pid, "VmRSS")
        for number in range(ROUNDS):
            works: dict[str, Callable[[], float]] = {
                READ: partial(_read, log),
                GREP: partial(_grep, ["cat", str(log)]),
                STORED: partial(_upload, dashboard.url, dashboard.pid, tarball, number),
                UNPACKED: partial(_grep, ["sh", "-c", 'bzip2 -dc "$0" | tar -xO', str(tarball)]),
            }
            for what in (*in_turn(number, READ, GREP), *in_turn(number, STORED, UNPACKED)):
                times[what].append(works[what]())
        grown = _memory(dashboard.pid, "VmHWM") - before
    return Measurement(
        name="buildlogs",
        title="Build reports beside grep",
        how=_how(tarball.stat().st_size),
        checks=[
            over_rounds("logs-read", ratios(times[READ], times[GREP])),
            over_rounds("report-stored", ratios(times[STORED], times[UNPACKED])),
            Check("report-memory", grown),
        ],
        table=[
            ["what", "processor time, median", "best"],
            *([what, f"{median(each):.2f} s", f"{min(each):.2f} s"] for what, each in times.items()),
        ],
        raw={"times": times, "grown": grown},
    )


def _how(packed: int) -> str:
    return (
        f"A log of make of {SIZE / 1e6:.0f} MB, 1 line in {ONE_IN} a warning, the others commands; as a tarball "
        f"{packed / 1e6:.1f} MB. First the reading alone, of the file and as the wall does it: secrets are looked "
        "for and masked, the first error and all warnings found, each with its line's number; beside "
        "`cat make.log | grep -Eic` of all words that a line of interest has one of. Then all of it: the tarball is "
        "sent to the wall, which answers when it is unpacked, read, stored in Postgres, and each log lies on the "
        "disk, packed anew so that it opens at any line; beside `bzip2 -dc | tar -xO | grep -Eic` of the same words: "
        "what unpacking costs anybody, and one look. Processor time of the wall's process from the request to the "
        f"answer, and of all processes of grep's line, {ROUNDS} times in turns."
    )


def _lines(dice: random.Random) -> Iterator[bytes]:
    size = 0
    while size < SIZE:
        name = f"src/file{dice.randrange(FILES)}"
        line = f"gcc -DHAVE_CONFIG_H -I. -I.. -g -O2 -MT {name}.o -MD -MP -c -o {name}.o {name}.c\n"
        if not dice.randrange(ONE_IN):
            at = f"{name}.c:{dice.randrange(LINES)}:{dice.randrange(80)}"
            line = f"{at}: warning: unused variable 'v{dice.randrange(9)}' [-Wunused-variable]\n"
        size += len(line)
        yield line.encode()


def _read(log: Path) -> float:
    """Seconds of this process."""
    begun = time.process_time()
    step = StepLog("make")
    with log.open("rb") as file:
        for block in whole_lines(iter(lambda: file.read(BLOCK), b"")):
            step.feed(masked_lines(block))
    step.finish()
    return time.process_time() - begun


def _grep(command: list[str]) -> float:
    """Seconds of all its processes."""
    pattern = "|".join([*(word.decode().replace("*", r"\*") for word in WORDS), ":[0-9]"])
    begun = _of_children()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as source:
        # Whose output goes nowhere, looks for the first line alone.
        subprocess.run(["grep", "-Eic", pattern], stdin=source.stdout, stdout=subprocess.PIPE, check=True)
    return _of_children() - begun


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _upload(url: str, pid: int, tarball: Path, number: int) -> float:
    """Seconds of the wall's process, from the request to the answer."""
    form = (
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="x.tar.bz2"\r\n\r\n'
        + tarball.read_bytes()
        + b"\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    request = urllib.request.Request(f"{url}/upload?setup=bench-{number}", form, headers)
    begun = sum(psutil.Process(pid).cpu_times()[:2])
    status, body, _ = answer_to(request, WAIT)
    assert status == 200, body
    return float(sum(psutil.Process(pid).cpu_times()[:2]) - begun)


def _memory(pid: int, what: str) -> float:
    """MB; VmHWM is the most there ever was."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(f"{what}:")]
    return int(line.split()[1]) / 1e3
