"""A node dies in the middle of a run, or its disk is full: what it kept arrives, and what it lost is counted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from livewall_listener.spool_file import SpoolFile
from support.dashboard import Dashboard
from support.faults import FaultProxy
from support.lab import NODE_ZONE, Lab
from support.oracle import differences, read_output
from support.small_disk import small_disk, why_no_small_disk
from support.steady import LONG, SteadyRun
from support.waiting import wait_for

MEGABYTE = 1_000_000
CUT_MESSAGE = 300
"""Characters that are left of a message where room is scarce."""


def test_killed_with_its_whole_tree(
    make_dashboard: Callable[..., Dashboard], tmp_path: Path, steady: Callable[..., SteadyRun]
) -> None:
    """As a power cut: no word of its end. Its next run delivers what was on its disk; the wall calls it abandoned."""
    lab = Lab(make_dashboard(extra_args=["--stale-after", "1", "--abandon-after", "2"]).start(), tmp_path)
    with FaultProxy(lab.dashboard.port) as proxy:
        run = steady(lab, url=proxy.url)
        proxy.mode = "drop"
        wait_for(lambda: proxy.met["drop"], LONG, "the line to be away")
        known = run.stored
        wait_for(lambda: len(_kept(run.robot.spool)) > 2 * known + 50, LONG, "events to gather on the disk")
        run.kill()
        kept, left = _kept(run.robot.spool), list(run.robot.spool.iterdir())
        wait_for(lambda: run.tile["state"] == "abandoned", LONG, "the wall to give it up")
        proxy.mode = "pass"
        following = steady(lab, url=proxy.url, setup=run.setup)
        told = [event for event in kept if event["kind"] == "end_test"]
        wait_for(lambda: run.stored == len(told), LONG, "what was on the disk to arrive")
        wait_for(lambda: not any(map(Path.exists, left)), LONG, "the disk to be free of it")
        assert following.tile["run"]["id"] == following.key, "an old run does not take the tile of what runs now"
        following.holds()
    assert lab.database.run(run.key)["state"] != "finished"
    stored = lab.database.record(run.key)
    assert [(test.id, test.longname, test.status, test.message) for test in stored.tests] == [
        (event["id"], event["longname"], event["status"], event["message"]) for event in told
    ]
    in_output = _whole_tests(run.robot.output)
    assert in_output and [test.status for test in stored.tests][: len(in_output)] == in_output[: len(stored.tests)]
    assert list(run.robot.spool.iterdir()) == []


def test_its_disk_is_full(lab: Lab, tmp_path: Path, steady: Callable[..., SteadyRun]) -> None:
    """Detail goes before the ends of tests, and the run says how much it lost."""
    why_not = why_no_small_disk()
    if why_not:
        pytest.skip(why_not)
    with small_disk(tmp_path / "disk", MEGABYTE) as disk, FaultProxy(lab.dashboard.port) as proxy:
        spool = {"LIVEWALL_SPOOL": str(disk.path)}
        run = steady(lab, "--variable", "WORDS:100000", url=proxy.url, env=spool)
        proxy.mode = "drop"
        said = run.robot.output.stat().st_size  # what a busy machine was late for may have been delivered
        much = said + 20 * MEGABYTE
        wait_for(lambda: run.robot.output.stat().st_size > much, LONG, "more to be said than can be kept")
        proxy.mode = "pass"
        finished = run.finish()
        row = wait_for(lambda: _over(lab, run.key), LONG, "the end of the run")
        assert finished.exit_code > 0 and "Traceback" not in finished.console
    expected, stored = read_output(finished.output, _zone()), lab.database.record(run.key)
    assert not differences(expected, stored, leave_out=("message",)), "the end of every test is there"
    cut = 0
    for told, there in zip(expected.tests, stored.tests, strict=True):
        cut += told.message != there.message
        assert told.message == there.message or there.message == told.message[:CUT_MESSAGE]
    assert 0 < cut <= row["lost"]
    assert row["verification"] == "partial"
    assert run.tile["run"]["lost"] == lab.dashboard.get(f"/api/v1/runs/{run.key}")["lost"] == row["lost"]
    steady(lab).holds()


def _kept(folder: Path) -> list[dict[str, Any]]:
    """The events in the one spool of the folder, however it ends."""
    (path,) = folder.glob("*.spool")
    copy = shutil.copy(path, folder.parent / "copy.spool")
    spool = SpoolFile.load(Path(copy))
    try:
        return [_json(record) for record in spool.read(1, most=10**6, most_bytes=10**9)]
    finally:
        spool.close(delete=True)


def _json(record: bytes) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(record)
    return event


def _whole_tests(output: Path) -> list[str]:
    """Statuses of the tests whose end an output.xml without an end holds."""
    statuses = []
    try:
        for _, element in ET.iterparse(output):
            if element.tag == "test":
                status = element.find("status")
                assert status is not None
                statuses.append(str(status.get("status")))
    except ET.ParseError:
        pass  # it ends in the middle, as it should
    return statuses


def _over(lab: Lab, key: str) -> dict[str, Any] | None:
    run = lab.database.run(key)
    return run if run["state"] == "finished" and run["verification"] != "pending" else None


def _zone() -> ZoneInfo:
    return ZoneInfo(NODE_ZONE)
