"""A node finds its setup in setups_config.json, by host name or address, in today's shape and in the older one."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.dashboard import Dashboard
from support.lab import Lab
from support.marks import in_the_long_form
from support.robot import Run
from support.screens import PlainScreen
from support.waiting import wait_for

OTHER = "10.99.99.99"
SHAPES = {
    "host": {
        "setups": [
            {"name": "Elsewhere", "group": "Racks", "addresses": [OTHER]},
            {"name": "Right Here", "group": "Racks", "hosts": [socket.gethostname().upper()]},
        ]
    },
    "address": {
        "setups": [{"name": "Elsewhere", "hosts": ["no-such"]}, {"name": "Right Here", "addresses": ["127.0.0.1"]}]
    },
    "older shape, host": {
        "pipelines": [
            {"setup": "Elsewhere", "hostname": "no-such", "setup_id": 1, "ip": OTHER},
            {"setup": "Right Here", "hostname": socket.gethostname(), "setup_id": 2, "ip": "", "job_name": "smoke"},
        ]
    },
    "older shape, address": {
        "pipelines": [
            {"setup": "Elsewhere", "hostname": "", "setup_id": 1, "ip": OTHER, "URL": "http://jenkins/job/a"},
            {"setup": "Right Here", "hostname": "", "setup_id": 2, "ip": "127.0.0.1", "comment": "this very node"},
        ]
    },
}


@pytest.mark.parametrize("shape", ["host", "older shape, address", *in_the_long_form("address", "older shape, host")])
def test_a_node_without_a_setup_of_its_own_finds_it(
    shape: str, make_dashboard: Callable[..., Dashboard], tmp_path: Path
) -> None:
    path = tmp_path / "setups_config.json"
    path.write_text(json.dumps(SHAPES[shape]), encoding="utf-8")
    lab = Lab(make_dashboard(extra_args=["--config", str(path), "--data", str(tmp_path / "data")]).start(), tmp_path)
    run = _run(lab, setup="")
    assert lab.database.runs_of("Right Here") == [run.run_id]
    tile = lab.dashboard.tile("Right Here")
    assert (tile["state"], tile["status"], tile["order"]) == ("idle", "FAIL", 1)
    assert lab.dashboard.tile("Elsewhere")["state"] == "nodata"


def test_a_node_that_nobody_configured_is_its_host_or_what_it_says(lab: Lab) -> None:
    unnamed, named = _run(lab, setup=""), _run(lab, setup="Named <b>by itself</b> 🐙")
    assert unnamed.run_id in lab.database.runs_of(socket.gethostname())
    assert lab.database.runs_of("Named <b>by itself</b> 🐙") == [named.run_id]


def test_a_setup_that_is_forgotten_leaves_the_screens_and_is_back_when_it_reports(
    make_dashboard: Callable[..., Dashboard], tmp_path: Path
) -> None:
    lab = Lab(make_dashboard(extra_args=["--data", str(tmp_path / "data")]).start(), tmp_path)
    for setup in ("vm1", "vm2"):
        _run(lab, setup)
    with PlainScreen(lab.dashboard.port) as screen:
        wait_for(lambda: {"vm1", "vm2"} <= screen.tiles.keys(), 30, "both tiles")
        command = [sys.executable, "-m", "livewall_dashboard", "forget", "--database-url", lab.dashboard.database_url]
        done = subprocess.run([*command, "vm1"], check=False, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        wait_for(lambda: screen.tiles.keys() == {"vm2"}, 30, "the tile to go")
        lab.dashboard.restart()
        assert [tile["setup"] for tile in lab.dashboard.get("/api/v1/live")["setups"]] == ["vm2"]
        _run(lab, "vm1")
        wait_for(lambda: {"vm1", "vm2"} <= screen.tiles.keys(), 30, "both tiles")


def _run(lab: Lab, setup: str) -> Run:
    run = lab.run("slow", "--variable", "PAUSE:1ms", setup=setup)
    lab.verified(run.run_id)
    return run
