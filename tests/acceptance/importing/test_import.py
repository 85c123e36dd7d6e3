"""What a node could not deliver comes back by `livewall import output.xml`: real robots, a real dashboard."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import Header
from support.dashboard import Dashboard, running_dashboard
from support.environment import quiet_environment
from support.lab import NODE_ZONE, SUITES, Lab, node
from support.marks import in_the_long_form
from support.oracle import Record, assert_equal, read_output
from support.outputs import Case, Suite, write
from support.ports import free_port
from support.postgres import Databases
from support.recorded import read_api
from support.robot import Run, run_pabot
from support.waiting import wait_for
from support.wrong_clock import LIBRARY, WrongClock

OLD = os.environ.get("LIVEWALL_TEST_OLD_ROBOT", "")
"""A Python interpreter with the oldest Robot Framework that is supported."""
SEED = 20261122


@pytest.fixture(scope="module")
def dashboard(databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """One that soon gives up runs of which there is no news."""
    soon = ("--stale-after", "1", "--abandon-after", "2")
    with running_dashboard(databases, template, tmp_path_factory.mktemp("dashboard"), *soon) as dashboard:
        yield dashboard


@pytest.fixture
def lab(dashboard: Dashboard, tmp_path: Path) -> Lab:
    return Lab(dashboard, tmp_path)


def command(lab: Lab, *args: object) -> list[str]:
    importing = [sys.executable, "-m", "livewall_dashboard", "import", "--database-url", lab.dashboard.database_url]
    return [*importing, *map(str, args)]


def take_in(lab: Lab, *args: object) -> str:
    """`livewall import` -> what it says; it must go well."""
    done = subprocess.run(
        command(lab, *args), check=False, env=quiet_environment(), capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def offline() -> str:
    """The address of a wall that is not there."""
    return f"http://127.0.0.1:{free_port()}"


def deliver(lab: Lab, spool: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "livewall_listener", "resend", "--url", lab.dashboard.url, "--spool", str(spool)],
        check=False,
        env=quiet_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done


def lose(spool: Path, kept: Sequence[bool]) -> None:
    """Make the one spool of a node one in which only the records `kept` were ever written."""
    (path,) = spool.glob("*.spool")
    header, records = read_spool(path)
    assert len(kept) >= len(records) > 20
    path.unlink()
    left = SpoolFile.create(header, path, limit=10**9)
    left.append([record for record, keep in zip(records, kept, strict=False) if keep])
    left.close(delete=False)


def read_spool(path: Path) -> tuple[Header, list[bytes]]:
    spool = SpoolFile.load(path)
    records = spool.read(1, most=10**6, most_bytes=10**9)
    spool.close(delete=False)
    return spool.header, records


def records_of(spool: Path) -> list[dict[str, object]]:
    (path,) = spool.glob("*.spool")
    return [json.loads(record) for record in read_spool(path)[1]]


def given_up(lab: Lab, key: str) -> dict[str, object]:
    def look() -> dict[str, object] | None:
        run = lab.dashboard.get(f"/api/v1/runs/{key}")
        return run if run["state"] == "abandoned" else None

    return wait_for(look, 60, f"run {key} to be given up")


def tile_of(lab: Lab, setup: str) -> dict[str, object]:
    return dict(lab.dashboard.tile(setup))


def holds(lab: Lab, key: str, output: Path, **how: object) -> Record:
    """Postgres and the API have the run as the file has it, and the wall says so, too."""
    run = lab.verified(key)
    expected = read_output(output, ZoneInfo(NODE_ZONE))
    assert_equal(expected, lab.database.record(key), **how)
    assert_equal(expected, read_api(lab.dashboard.get, key), **how)
    shown = wait_for(
        lambda: (tile := tile_of(lab, run["setup"]))["run"]["verification"] == "verified" and tile,  # type: ignore[index]
        60,
        "the wall to know",
    )
    assert shown["run"]["missing"] == run["missing"] == 0  # type: ignore[index]
    assert shown["counts"]["total"] == expected.total  # type: ignore[index]
    return expected


@pytest.mark.parametrize("robot", ["newest", *in_the_long_form("oldest")])
def test_a_node_that_died_and_what_it_still_had(lab: Lab, robot: str) -> None:
    if robot == "oldest" and not OLD:
        pytest.skip("LIVEWALL_TEST_OLD_ROBOT names no interpreter")
    setup = f"died-{robot}"
    run = lab.run("traps", url=offline(), setup=setup, robot=OLD if robot == "oldest" else None)
    late = shutil.copytree(run.spool, lab.directory / "late")
    events = records_of(run.spool)
    lose(run.spool, [number < len(events) * 0.6 for number in range(len(events))])
    deliver(lab, run.spool)
    found = given_up(lab, run.run_id)
    expected = read_output(run.output, ZoneInfo(NODE_ZONE))
    assert found["missing"] == found["counts"]["total"] - len(lab.database.record(run.run_id).tests) > 20  # type: ignore[index]
    assert tile_of(lab, setup)["run"]["missing"] == found["missing"]  # type: ignore[index]

    said = take_in(lab, run.output)
    assert (
        f"run {run.run_id} on {setup}: " in said and " added, " in said and f"{expected.total} tests, verified" in said
    )
    how = {"resolution": 0.0011} if robot == "oldest" else {}
    holds(lab, run.run_id, run.output, **how)
    assert "nothing was missing" in take_in(lab, run.output)
    deliver(lab, late)
    assert list(late.glob("*.spool")) == [], "what the node sends late counts as stored"
    holds(lab, run.run_id, run.output, **how)


def test_a_disk_that_was_full_in_between(lab: Lab) -> None:
    run = lab.run("slow", "--variable", "PAUSE:1ms", url=offline(), setup="full")
    dice = random.Random(SEED)
    kinds = [event["kind"] for event in records_of(run.spool)]
    lose(run.spool, [kind == "end_process" or dice.random() < 0.7 for kind in kinds])
    deliver(lab, run.spool)
    lost = wait_for(lambda: lab.database.run(run.run_id)["missing"], 60, "the run's end")
    expected = read_output(run.output, ZoneInfo(NODE_ZONE))
    held = lab.database.run(run.run_id)
    assert (held["state"], held["verification"], held["passed"] + held["failed"] + held["skipped"] + lost) == (
        "finished",
        "partial",
        expected.total,
    )
    assert wait_for(lambda: tile_of(lab, "full")["run"]["missing"], 60) == lost  # type: ignore[index]
    assert f"{lost} tests added" in take_in(lab, run.output)
    holds(lab, run.run_id, run.output)


def test_pabot_s_merged_output(lab: Lab) -> None:
    options = {"url": offline(), "cwd": lab.directory, "setup": "pabot-lost", "env": node()}
    run: Run = run_pabot(
        SUITES / "traps",
        *("--log", "NONE", "--report", "NONE", "--suite", "messages", "--suite", "tags", "--suite", "templates"),
        **options,  # type: ignore[arg-type]
    )
    first, *others = sorted(run.spool.glob("*.spool"))
    assert len(others) >= 2
    first.unlink()
    records = others[0].read_bytes().splitlines(keepends=True)
    others[0].write_bytes(b"".join(records[: len(records) // 2]))
    deliver(lab, run.spool)
    given_up(lab, run.run_id)
    assert "verified" in take_in(lab, run.output)
    holds(lab, run.run_id, run.output)
    assert "nothing was missing" in take_in(lab, run.output)


def test_a_run_that_nobody_reported_is_made_and_shown(lab: Lab) -> None:
    run = lab.run("traps", "--suite", "teardown_fails", listener=None)
    refused = subprocess.run(
        command(lab, run.output), check=False, env=quiet_environment(), capture_output=True, text=True, timeout=120
    )
    assert refused.returncode == 1 and refused.stdout == ""
    assert refused.stderr.startswith(f"{run.output}: No run of suite 'Traps' that started at 2") and (
        "--setup NAME" in refused.stderr
    )
    said = take_in(lab, "--setup", "from-file", "--timezone", NODE_ZONE, run.output)
    assert "on from-file is new: " in said
    key = said.partition("run ")[2].partition(" on ")[0]
    holds(lab, key, run.output)


@pytest.mark.parametrize("held", ["test", "suite_result"], ids=["rows being sent", "tests stored"])
def test_killed_in_the_middle_it_leaves_nothing_half(lab: Lab, held: str) -> None:
    """It is killed while it waits for a table that somebody else holds."""
    setup = f"killed-{held}"
    root = Suite(f"Many {held}", [Case(f"T{number} {held}", "FAIL", "x" * 500) for number in range(1200)])
    path = write(lab.directory / "output.xml", root)
    importing = command(lab, "--setup", setup, "--timezone", NODE_ZONE, path)
    with psycopg.connect(lab.dashboard.database_url) as connection:
        connection.execute(f"LOCK TABLE {held} IN SHARE MODE".encode())
        process = subprocess.Popen(importing, env=quiet_environment())
        try:
            wait_for(lambda: _waits(lab), 60, "the import to wait for the table")
        finally:
            process.kill()
            process.wait()
    wait_for(lambda: not _waits(lab), 60, "its transaction to end")
    assert lab.database.runs_of(setup) == []
    assert "1,200 tests, verified" in take_in(lab, "--setup", setup, "--timezone", NODE_ZONE, path)
    (key,) = lab.database.runs_of(setup)
    holds(lab, key, path)


def _waits(lab: Lab) -> bool:
    query = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return bool(lab.database.rows(query))


@pytest.mark.skipif(not LIBRARY, reason="a node's clock that changes: faketime is not installed")
@pytest.mark.parametrize("change", ["2026-10-25T01:00:00+00:00", "2026-03-29T01:00:00+00:00"], ids=["autumn", "spring"])
def test_a_run_of_the_night_in_which_clocks_are_set(lab: Lab, change: str) -> None:
    """What its node reports is what its file says, and is found again."""
    moment = datetime.fromisoformat(change)
    offset = (moment - timedelta(minutes=5) - datetime.now(timezone.utc)).total_seconds()
    env = {**WrongClock(lab.directory, f"{offset:+.6f}").env, "TZ": "Europe/Helsinki", "CHANGE": change}
    run = lab.run("clock_change", env=env)
    lab.verified(run.run_id)
    found = lab.database.record(run.run_id)
    starts = [test.start_time for test in found.tests]
    assert starts == sorted(starts) and starts[1] < moment < starts[2]
    assert all(row.elapsed_time >= 0 for row in [*found.suites, *found.tests])
    for zone in ((), ("--timezone", "Europe/Helsinki")):
        said = take_in(lab, *zone, run.output)
        assert f"run {run.run_id} on " in said and "nothing was missing" in said
