"""The same runs in livewall and in robotframework-dashboard: from output.xml to the first picture of one test.

Peers that pip does not bring, or that read no output.xml, are left out and named in the text.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as Timeout

from support.environment import quiet_environment
from support.peer_environment import peer_environment

from .measurement import Check, Measurement, median
from .screens import chromium_page
from .stage import Stage

DASHBOARD = ("robotframework-dashboard", "2.5.0")
SIZES = (30, 300, 3000)
SUITES, TESTS, RIGS = 4, 10, 3
"""In each run 40 tests; runs are of three rigs in turn."""
ROUNDS = 3
PATIENCE = 120
"""Seconds until somebody gives up: for reading all files ten times as many."""
BEGAN = datetime(2026, 1, 1, tzinfo=timezone.utc)
BROKEN = "Area 1.Test 1 reads its board"
FILE = r"(?P<setup>rig-\d)/(?P<commit>[0-9a-f]{40})\.output\.xml$"


@dataclass
class Seen:
    """What a reader has waited for. Seconds, and bytes of the page; None: it gave up."""

    name: str
    runs: int
    reading: float | None = None
    content: float | None = None
    size: float | None = None


def measure(stage: Stage) -> Measurement:
    programs = peer_environment(*DASHBOARD)
    seen: list[Seen] = []
    gave_up = False
    for runs in SIZES:
        folder = stage.directory / f"outputs-{runs}"
        _write_outputs(folder, runs)
        seen.append(_livewall(stage, folder, runs))
        peer = Seen(DASHBOARD[0], runs) if gave_up else _dashboard(programs, folder, runs)
        gave_up = peer.content is None
        seen.append(peer)
        print(f"  {runs} runs: {seen[-2:]}", flush=True)
    ours = [each for each in seen if each.name == "livewall"]
    return Measurement(
        name="peers",
        title="The same runs beside a peer",
        how=f"output.xml of {SUITES * TESTS} tests on {RIGS} rigs, a commit a run, one test red on one rig since the "
        "middle, read from files into each program, and then opened in Chromium on the same machine: livewall the page "
        "of that test, robotframework-dashboard its one page (with its libraries embedded, as in a closed network), "
        f"until a picture is drawn; medians of {ROUNDS}. From the red test on the wall it takes three clicks to the "
        "commits between the last good and the first bad run, with the message, by rig: a browser test counts them. "
        "The peer knows neither commits nor rigs, and draws the newest 20 runs unless told otherwise. Left out: "
        "resultsdbpy, which reads no output.xml (its timeline and its uploads are measured beside ours elsewhere on "
        "this page), and Allure, whose reports are made by a program that pip does not bring.",
        checks=[Check("first-picture", 1000 * (ours[-1].content or PATIENCE))],
        table=[["program", "runs", "all files read", "first picture", "over the line, or the file"], *map(_row, seen)],
        raw={"seen": [vars(each) for each in seen]},
    )


def _row(each: Seen) -> list[str]:
    return [each.name, f"{each.runs:,}", _seconds(each.reading), _seconds(each.content), _kilobytes(each.size)]


def _livewall(stage: Stage, folder: Path, runs: int) -> Seen:
    seen = Seen("livewall", runs)
    with stage.dashboard() as dashboard:
        command = [sys.executable, "-m", "livewall_dashboard", "import", "--database-url", dashboard.database_url]
        seen.reading = _run([*command, "--path-pattern", FILE, "--repository", "https://git.example/lab", str(folder)])
        address = f"{dashboard.url}/tests?{urlencode({'longname': f'Nightly.{BROKEN}'})}"
        seen.content, seen.size = _content(address, ".tl-name", over_the_line=True)
    return seen


def _dashboard(programs: Path, folder: Path, runs: int) -> Seen:
    seen = Seen(DASHBOARD[0], runs)
    work = folder.with_name(f"{folder.name}-peer")
    work.mkdir()
    report = work / "dashboard.html"
    command = [str(programs / "robotdashboard"), "-f", str(folder), "-d", str(work / "results.db"), "-n", report.name]
    seen.reading = _run([*command, "--offlinedependencies", "true", "-l", "false"], work)
    if seen.reading is not None:
        seen.content, _ = _content(report.as_uri(), "canvas", over_the_line=False)
        seen.size = report.stat().st_size
    return seen


def _run(command: list[str], work: Path | None = None) -> float | None:
    """Seconds; None for one that takes too long."""
    began = time.perf_counter()
    try:
        done = subprocess.run(
            command, cwd=work, env=quiet_environment(), capture_output=True, timeout=10 * PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    return time.perf_counter() - began


def _content(address: str, selector: str, *, over_the_line: bool) -> tuple[float | None, float | None]:
    """Seconds until something is drawn there, and bytes."""
    taken, sizes = [], []
    for _ in range(ROUNDS):
        with chromium_page() as page:
            sizes.append(0.0)
            _count(page, sizes)
            began = time.perf_counter()
            try:
                page.goto(address, timeout=1000 * PATIENCE, wait_until="commit")
                page.locator(selector).first.wait_for(timeout=1000 * PATIENCE)
            except Timeout:
                return None, None
            taken.append(time.perf_counter() - began)
    return median(taken), median(sizes) if over_the_line else None


def _count(page: Page, sizes: list[float]) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def add(event: dict[str, float]) -> None:
        sizes[-1] += event["encodedDataLength"]

    session.on("Network.loadingFinished", add)


def _write_outputs(folder: Path, runs: int) -> None:
    for number in range(runs):
        rig = number % RIGS + 1
        begun = BEGAN + timedelta(minutes=10 * number)
        commit = hashlib.sha1(str(number // RIGS).encode(), usedforsecurity=False).hexdigest()
        path = folder / f"rig-{rig}" / f"{commit}.output.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        is_broken = rig == 1 and number >= runs // 2
        path.write_text("".join(_output(begun, is_broken)), encoding="utf-8")


def _output(begun: datetime, is_broken: bool) -> Iterator[str]:
    """As Robot Framework 7 writes it."""
    moment = begun.replace(tzinfo=None).isoformat(timespec="microseconds")
    ran = f'start="{moment}" elapsed="0.25"'
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<robot generator="Robot 7.1 (Python 3.11.7 on linux)" '
    yield f'generated="{moment}" rpa="false" schemaversion="5">\n<suite id="s1" name="Nightly" source="/lab/nightly">\n'
    failures = 0
    for suite in range(1, SUITES + 1):
        yield f'<suite id="s1-s{suite}" name="Area {suite}" source="/lab/nightly/{suite}.robot">\n'
        for test in range(1, TESTS + 1):
            fails = is_broken and suite == test == 1
            failures += fails
            status, message = ("FAIL", "Connection to board 10.0.0.7:23 refused after 5 s") if fails else ("PASS", "")
            yield f'<test id="s1-s{suite}-t{test}" name="Test {test} reads its board" line="{test * 3}">\n'
            yield f'<kw name="Log" owner="BuiltIn"><arg>{test}</arg><status status="{status}" {ran}/></kw>\n'
            yield f'<tag>smoke</tag><status status="{status}" {ran}>{message}</status>\n</test>\n'
        yield f'<status status="{"FAIL" if is_broken and suite == 1 else "PASS"}" {ran}/>\n</suite>\n'
    passed = SUITES * TESTS - failures
    yield f'<status status="{"FAIL" if is_broken else "PASS"}" {ran}/>\n</suite>\n'
    yield f'<statistics><total><stat pass="{passed}" fail="{failures}" skip="0">All Tests</stat></total></statistics>'
    yield "\n<errors>\n</errors>\n</robot>\n"


def _seconds(value: float | None) -> str:
    return f"gave up after {PATIENCE} s" if value is None else f"{value:.2f} s"


def _kilobytes(value: float | None) -> str:
    return "" if value is None else f"{value / 1000:,.0f} kB"
