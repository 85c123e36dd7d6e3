"""`livewall import` beside Robot Framework's own reading of the same output.xml."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from support.environment import quiet_environment

from .measurement import Check, Measurement, in_turn, median, over_rounds, ratios
from .processor_time import Stopwatch
from .stage import Stage

SUITES, TESTS = 100, 100
LARGE = 10
"""How many times as large the second file is: memory must not follow."""
ROUNDS = 5

LOOK_EVERY = 0.01
"""Seconds."""

SUITE = """*** Settings ***
Suite Teardown    Fail    The rig was left dirty
*** Test Cases ***
"""
TEST = """Test {number} checks something
    [Tags]    smoke    owner-{owner}    area
    Log    Connecting to the device number {number} of the lab
    Log    Sending a command and waiting for its answer
    Set Test Variable    ${{x}}    {number}
    Should Be Equal As Integers    ${{x}}    {expected}
    No Operation
"""

READ = """
import sys, time
from robot.api import ExecutionResult
began = time.perf_counter()
ExecutionResult(sys.argv[1])
print(time.perf_counter() - began)
"""
IMPORT = """
import sys, time
from pathlib import Path
import psycopg
from psycopg.rows import dict_row
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.postgres.database import conninfo
from livewall_dashboard.importing.importer import Importer
from livewall_dashboard.importing.wish import Wish
url = conninfo(sys.argv[2])
with (psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection,
      psycopg.connect(url, autocommit=True) as side):
    began = time.perf_counter()
    Importer(connection, side).run(Path(sys.argv[1]), Wish(setup="bench"), utc_now())
    print(time.perf_counter() - began)
"""


@dataclass
class Cost:
    """Of one process: seconds of what is measured, and of all of it; its processor seconds; MB of memory at its peak.

    `own`: without pages of program files, which the system shares and takes back as it likes.
    """

    seconds: float
    process: float
    processor: float
    resident: float
    own: float


def measure(stage: Stage) -> Measurement:
    output = _output(stage.directory)
    large = _repeated(output, LARGE)
    reads: list[Cost] = []
    imports: list[Cost] = []
    postgres: list[float] = []

    def read() -> None:
        reads.append(_run("-c", READ, str(output)))

    def import_() -> None:
        with stage.database() as url:
            watch = Stopwatch(postgres=stage.postgres.pid)
            imports.append(_run("-c", IMPORT, str(output), url))
            postgres.append(watch.seconds()["postgres"])

    for round_ in range(ROUNDS):
        for side in in_turn(round_, read, import_):
            side()
    with stage.empty_database() as url:
        command = _run("-m", "livewall_dashboard", "import", "--database-url", url, "--setup", "bench", str(large))
    rows = [["", "time", "whole process", "its processor time", "memory", "its own"]]
    for name, costs in (("ExecutionResult", reads), ("import, stored in Postgres", imports)):
        rows.append([name, f"{median([c.seconds for c in costs]):.2f} s", *_middle(costs)])
    rows.append([f"`livewall import`, {LARGE} times the file", "", *_middle([command])])
    megabytes = output.stat().st_size / 1e6
    return Measurement(
        name="import",
        title="Import of output.xml",
        how=f"{SUITES * TESTS:,} tests of 5 keywords ({megabytes:.0f} MB), all changed by failing suite teardowns, "
        "into an empty database whose server syncs to the disk, beside `ExecutionResult` on the same file; medians "
        f"of {ROUNDS}. Memory is resident memory at its peak; without pages of program files, which the system "
        "shares, it is the process's own. Postgres "
        f"takes {median(postgres):.2f} s of processor time beside an import.",
        checks=[
            over_rounds("import", ratios([cost.seconds for cost in imports], [cost.seconds for cost in reads])),
            Check("import-memory", command.own),
        ],
        table=rows,
        raw={
            "read": [vars(cost) for cost in reads],
            "import": [vars(cost) for cost in imports],
            "large": vars(command),
            "postgres": postgres,
        },
    )


def _of_children() -> float:
    """Processor seconds of those that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(*arguments: str) -> Cost:
    """A Python process to its end, its memory looked at all the time."""
    began = time.perf_counter()
    command = [sys.executable, "-W", "ignore", *arguments]
    process = psutil.Popen(command, env=quiet_environment(), stdout=subprocess.PIPE, text=True)
    resident = own = 0
    before = _of_children()
    while process.poll() is None:
        memory = process.memory_info()
        resident, own = max(resident, memory.rss), max(own, memory.rss - memory.shared)
        time.sleep(LOOK_EVERY)
    seconds, processor = time.perf_counter() - began, _of_children() - before
    said = process.stdout.read()
    assert process.returncode == 0, said
    inner = float(said) if arguments[0] == "-c" else seconds
    return Cost(inner, seconds, processor, resident / 1e6, own / 1e6)


def _output(directory: Path) -> Path:
    """Made by robot: one suite for all, written as often as is needed, each time under another name."""
    tests = "".join(
        TEST.format(number=number, owner=number % 7, expected=number + (number % 25 == 0)) for number in range(TESTS)
    )
    folder = directory / "import"
    folder.mkdir()
    (folder / "one.robot").write_text(SUITE + tests, encoding="utf-8")
    command = [sys.executable, "-m", "robot", "--log", "NONE", "--report", "NONE", "--console", "none"]
    subprocess.run([*command, "--outputdir", str(folder), str(folder)], check=False, env=quiet_environment())
    return _repeated(folder / "output.xml", SUITES)


def _repeated(output: Path, times: int) -> Path:
    """The same file with its suites so many times, under other names."""
    text = output.read_text(encoding="utf-8")
    begin = text.index("<suite", text.index("<suite") + 1)
    root_end = text.rindex("</suite>", 0, text.index("<statistics"))
    end = text.rindex("</suite>", 0, root_end) + len("</suite>")
    path = output.with_name(f"{output.stem}-{times}.xml")
    with path.open("w", encoding="utf-8") as file:
        file.write(text[:begin])
        for number in range(times):
            file.write(re.sub(r'(<suite [^>]*name=")', rf"\g<1>R{number} ", text[begin:end]))
        file.write(text[end:])
    return path


def _middle(costs: list[Cost]) -> list[str]:
    process, processor, resident, own = (
        median([getattr(cost, name) for cost in costs]) for name in ("process", "processor", "resident", "own")
    )
    return [f"{process:.2f} s", f"{processor:.2f} s", f"{resident:.0f} MB", f"{own:.0f} MB"]
