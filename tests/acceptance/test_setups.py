"""A node finds its setup in setups_config.json, by host name or address, in today's shape and in the older one."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.dashboard import Dashboard
from support.lab import Lab
from support.robot import Run

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


@pytest.mark.parametrize("config", SHAPES.values(), ids=SHAPES.keys())
def test_a_node_without_a_setup_of_its_own_finds_it(
    config: dict[str, Any], make_dashboard: Callable[..., Dashboard], tmp_path: Path
) -> None:
    path = tmp_path / "setups_config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
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


def _run(lab: Lab, setup: str) -> Run:
    run = lab.run("slow", "--variable", "PAUSE:1ms", setup=setup)
    lab.verified(run.run_id)
    return run
