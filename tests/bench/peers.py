"""The same runs in livewall and in three peers: from files, or what else each of them takes, to the first picture."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote, urlencode

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as Timeout

from support.environment import quiet_environment
from support.peer_environment import npm_environment, peer_environment
from support.ports import free_port
from support.resultsdbpy import VERSION, running_resultsdbpy
from support.uploads import commit, upload
from support.waiting import wait_for

from .measurement import Check, Measurement, median
from .screens import chromium_page
from .stage import Stage

DASHBOARD = ("robotframework-dashboard", "2.5.0")
ALLURE = ("allure", "3.18.0")
SIZES = (30, 300, 3000)
SUITES, TESTS, RIGS = 4, 10, 3
"""In each run 40 tests; runs are of three rigs in turn."""
ROUNDS = 3
PATIENCE = 120
"""Seconds until somebody gives up before a page."""
READ_WITHIN = 300
"""The same, until a program has taken in all runs."""
BEGAN = datetime(2026, 1, 1, tzinfo=timezone.utc)
BROKEN = "Area 1.Test 1 reads its board"
FILE = r"(?P<setup>rig-\d)/(?P<commit>[0-9a-f]{40})\.output\.xml$"


@dataclass
class Seen:
    """What a reader has waited for. Seconds, and bytes of the page; None: it gave up. `note`: why it was not tried."""

    name: str
    runs: int
    reading: float | None = None
    content: float | None = None
    size: float | None = None
    note: str = ""


def measure(stage: Stage) -> Measurement:
    peers = _peers(stage)
    seen: list[Seen] = []
    for runs in SIZES:
        folder = stage.directory / f"outputs-{runs}"
        _write_outputs(folder, runs)
        for name, look in peers.items():
            before = [each for each in seen if each.name == name]
            seen.append(_too_many(name, runs, before) or look(folder, runs))
            print(f"  {seen[-1]}", flush=True)
    ours = [each for each in seen if each.name == "livewall"]
    return Measurement(
        name="peers",
        title="The same runs beside peers",
        how=f"output.xml of {SUITES * TESTS} tests on {RIGS} rigs, a commit a run, one test red on one rig since the "
        "middle, read from files into each program, and then opened in Chromium on the same machine: livewall the page "
        "of that test, robotframework-dashboard its one page (with its libraries embedded, as in a closed network), "
        f"until a picture is drawn; medians of {ROUNDS}. Two read no output.xml and get the same results in their own "
        f"form: resultsdbpy {VERSION}, in memory, a request a run, opened at its timeline of that test; Allure "
        f"{ALLURE[1]}, a folder of result files a run, of each of which it makes a report that knows the ones before, "
        "opened at the newest, served over HTTP. Clicks from the red test to the commits between the last good and the "
        "first bad run, with the message, by rig: livewall three, which a browser test counts. resultsdbpy three to "
        "the commits, counting cells by eye, and never to a message. robotframework-dashboard and Allure never: they "
        "know neither commits nor rigs; the former draws the newest 20 runs unless told otherwise, the latter's report "
        "is of one run, and lists the dates of those before.",
        checks=[Check("first-picture", 1000 * (ours[-1].content or PATIENCE))],
        table=[["program", "runs", "all taken in", "first picture", "over the line, or the file"], *map(_row, seen)],
        raw={"seen": [vars(each) for each in seen]},
    )


def _peers(stage: Stage) -> dict[str, Callable[[Path, int], Seen]]:
    """Each by its name."""
    dashboard, allure = peer_environment(*DASHBOARD), npm_environment(*ALLURE)
    return {
        "livewall": lambda folder, runs: _livewall(stage, folder, runs),
        DASHBOARD[0]: lambda folder, runs: _dashboard(dashboard, folder, runs),
        "resultsdbpy": lambda _, runs: _resultsdbpy(runs),
        "Allure": lambda folder, runs: _allure(allure, folder.with_name(f"{folder.name}-allure"), runs),
    }


def _too_many(name: str, runs: int, before: Sequence[Seen]) -> Seen | None:
    """What is not tried, for fewer took too long, or each so long that all of these would."""
    if not before:
        return None
    last = before[-1]
    if last.note or last.content is None or last.reading is None:
        return Seen(name, runs, note=last.note or f"not tried: gave up at {last.runs:,}")
    each = last.reading / last.runs
    return Seen(name, runs, note=f"not tried: {each:.1f} s a run") if each * runs > READ_WITHIN else None


def _row(each: Seen) -> list[str]:
    if each.note:
        return [each.name, f"{each.runs:,}", each.note, "", ""]
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


def _resultsdbpy(runs: int) -> Seen:
    seen = Seen("resultsdbpy", runs)
    with running_resultsdbpy() as url:
        seen.reading = _upload_all(url, runs)
        if seen.reading is not None:
            asked = {"suite": "Nightly", "test": "/".join(BROKEN.split(".")), "limit": max(runs, 100)}
            query = urlencode(asked, quote_via=quote)  # a plus is no space to it
            seen.content, seen.size = _content(f"{url}/?{query}", "canvas", over_the_line=True)
    return seen


def _upload_all(url: str, runs: int) -> float | None:
    """Seconds; None for more than somebody waits."""
    began, now = time.perf_counter(), int(time.time())
    for number in range(runs):
        at = now - 600 * (runs - number)
        results: dict[str, dict[str, object]] = {}
        for suite, test, status, message in _tests(_is_broken(number, runs)):
            results.setdefault(suite, {})[test] = {"actual": status, **({"log": message} if message else {})}
        made = commit(number // RIGS + 1, "lab", timestamp=now - 600 * (runs - number // RIGS * RIGS))
        rig = {"platform": f"rig-{number % RIGS + 1}", "version": "1.0", "is_simulator": False, "architecture": "arm64"}
        body = json.dumps(upload(results, made, suite="Nightly", configuration=rig, timestamp=at)).encode()
        request = urllib.request.Request(f"{url}/api/upload", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            parts = json.load(reply)["processing"].values()
        assert {part["status"] for part in parts} == {"ok"}, parts
        if time.perf_counter() - began > READ_WITHIN:
            return None
    return time.perf_counter() - began


def _allure(programs: Path, work: Path, runs: int) -> Seen:
    seen, began = Seen("Allure", runs), time.perf_counter()
    (work / "results").mkdir(parents=True)
    plugins = {"awesome": {"options": {"groupBy": ["suite"]}}}
    settings = {"name": "Nightly", "output": "./report", "historyPath": "./history.jsonl", "plugins": plugins}
    (work / "allurerc.json").write_text(json.dumps(settings), encoding="utf-8")
    for number in range(runs):
        _write_allure_results(work / "results", number, runs)
        _run([str(programs / "allure"), "generate", "--config", "allurerc.json", "results"], work)
        if time.perf_counter() - began > READ_WITHIN:
            return seen
    seen.reading = time.perf_counter() - began
    with _served(work / "report") as url:
        seen.content, seen.size = _content(f"{url}/index.html", "text=Area 1", over_the_line=True)
    return seen


def _write_allure_results(folder: Path, number: int, runs: int) -> None:
    """In place of those of the run before; as allure-robotframework writes them."""
    shutil.rmtree(folder)
    folder.mkdir()
    rig = f"rig-{number % RIGS + 1}"
    begun = int((BEGAN + timedelta(minutes=10 * number)).timestamp() * 1000)
    for suite, test, status, message in _tests(_is_broken(number, runs)):
        name = f"Nightly.{suite}.{test}"
        known = hashlib.md5(f"{name} {rig}".encode(), usedforsecurity=False).hexdigest()
        ran = {"status": "failed" if status == "FAIL" else "passed", "start": begun, "stop": begun + 250}
        result = {
            **ran, "uuid": f"{known}-{number}", "historyId": known, "testCaseId": known, "fullName": name, "name": test,
            "statusDetails": {"message": message}, "stage": "finished", "steps": [{"name": "Log", **ran}],
            "labels": [{"name": "suite", "value": suite}, {"name": "host", "value": rig}],
        }  # fmt: skip
        (folder / f"{known}-result.json").write_text(json.dumps(result), encoding="utf-8")


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """Its URL: from a file Allure's report shows nothing."""
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _answers(url), what="the folder to be served")
        yield url
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _run(command: list[str], work: Path | None = None) -> float | None:
    """Seconds; None for one that takes too long."""
    began = time.perf_counter()
    try:
        done = subprocess.run(
            command, cwd=work, env=quiet_environment(), capture_output=True, timeout=READ_WITHIN, check=False
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
        path.write_text("".join(_output(begun, _is_broken(number, runs))), encoding="utf-8")


def _is_broken(number: int, runs: int) -> bool:
    """Whether the test that is red on one rig fails in this run."""
    return number % RIGS == 0 and number >= runs // 2


def _tests(is_broken: bool) -> Iterator[tuple[str, str, str, str]]:
    """Suite, test, status and message of each test of a run."""
    for suite in range(1, SUITES + 1):
        for test in range(1, TESTS + 1):
            fails = is_broken and suite == test == 1
            message = "Connection to board 10.0.0.7:23 refused after 5 s" if fails else ""
            yield f"Area {suite}", f"Test {test} reads its board", "FAIL" if fails else "PASS", message


def _output(begun: datetime, is_broken: bool) -> Iterator[str]:
    """As Robot Framework 7 writes it."""
    moment = begun.replace(tzinfo=None).isoformat(timespec="microseconds")
    ran = f'start="{moment}" elapsed="0.25"'
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<robot generator="Robot 7.1 (Python 3.11.7 on linux)" '
    yield f'generated="{moment}" rpa="false" schemaversion="5">\n<suite id="s1" name="Nightly" source="/lab/nightly">\n'
    tests = _tests(is_broken)
    for suite in range(1, SUITES + 1):
        yield f'<suite id="s1-s{suite}" name="Area {suite}" source="/lab/nightly/{suite}.robot">\n'
        for test in range(1, TESTS + 1):
            _, name, status, message = next(tests)
            yield f'<test id="s1-s{suite}-t{test}" name="{name}" line="{test * 3}">\n'
            yield f'<kw name="Log" owner="BuiltIn"><arg>{test}</arg><status status="{status}" {ran}/></kw>\n'
            yield f'<tag>smoke</tag><status status="{status}" {ran}>{message}</status>\n</test>\n'
        yield f'<status status="{"FAIL" if is_broken and suite == 1 else "PASS"}" {ran}/>\n</suite>\n'
    failures = int(is_broken)
    passed = SUITES * TESTS - failures
    yield f'<status status="{"FAIL" if is_broken else "PASS"}" {ran}/>\n</suite>\n'
    yield f'<statistics><total><stat pass="{passed}" fail="{failures}" skip="0">All Tests</stat></total></statistics>'
    yield "\n<errors>\n</errors>\n</robot>\n"


def _seconds(value: float | None) -> str:
    return f"gave up after {PATIENCE} s" if value is None else f"{value:.2f} s"


def _kilobytes(value: float | None) -> str:
    return "" if value is None else f"{value / 1000:,.0f} kB"
