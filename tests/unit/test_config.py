from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from livewall_dashboard.errors import Misconfigured
from livewall_dashboard.lab import JobPattern, SetupConfig
from livewall_dashboard.lab.reading import load_lab


def written(folder: Path, document: Any) -> Path:
    path = folder / "setups_config.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def test_todays_shape(tmp_path: Path) -> None:
    lab = load_lab(
        written(
            tmp_path,
            {
                "setups": [
                    {
                        "name": "vm1",
                        "group": "Rack A",
                        "hosts": ["node-1"],
                        "addresses": ["10.0.0.5"],
                        "links": [{"title": "Console", "url": "http://console/1"}],
                    },
                    {"name": "vm2"},
                ]
            },
        )
    )
    assert [setup.name for setup in lab.setups] == ["vm1", "vm2"]
    assert lab.setups[0] == SetupConfig(
        "vm1", "Rack A", ("node-1",), ("10.0.0.5",), links=(("Console", "http://console/1"),)
    )


def test_the_first_websites_shape(tmp_path: Path) -> None:
    pipelines = [
        {
            "setup": "VM1 - Smoke Tests",
            "hostname": "vm1.lab",
            "setup_id": 1,
            "job_name": "smoke",
            "ip": "10.0.0.5",
            "URL": "http://jenkins/job/smoke",
            "comment": "",
        }
    ]
    lab = load_lab(written(tmp_path, {"pipelines": pipelines}))
    assert lab.setups[0].jobs == (JobPattern("", "smoke"),)
    assert lab.setup_of("vm1.lab", []) == "VM1 - Smoke Tests"
    assert lab.setup_of("other", ["10.0.0.5"]) == "VM1 - Smoke Tests"


@pytest.mark.parametrize(
    ("host", "addresses", "setup"),
    [
        ("NODE-1", [], "vm1"),
        ("node-1.lab.example", [], "vm1"),
        ("x", ["10.9.9.9", "10.0.0.5"], "vm1"),
        ("x", ["10.0.0.50"], None),
        ("", [], None),
    ],
)
def test_a_node_finds_its_setup(tmp_path: Path, host: str, addresses: list[str], setup: str | None) -> None:
    document = {"setups": [{"name": "vm1", "hosts": ["node-1"], "addresses": ["10.0.0.5"]}]}
    assert load_lab(written(tmp_path, document)).setup_of(host, addresses) == setup


def test_of_two_setups_that_claim_a_node_the_first_gets_it(tmp_path: Path) -> None:
    document = {"setups": [{"name": "a", "hosts": ["n"]}, {"name": "b", "hosts": ["n"]}]}
    assert load_lab(written(tmp_path, document)).setup_of("n", []) == "a"


def test_no_file_is_an_empty_lab() -> None:
    assert load_lab(None).setups == ()


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ("{", "not JSON"),
        ("[]", "setups"),
        ({}, "setups"),
        ({"setups": {}}, "list"),
        ({"setups": ["x"]}, "entry 1"),
        ({"setups": [{}]}, "name"),
        ({"setups": [{"name": "a"}, {"name": "a"}]}, "twice"),
        ({"setups": [{"name": "a", "host": "n"}]}, "unknown host"),
        ({"setups": [{"name": "a", "hosts": "n"}]}, "hosts"),
        ({"setups": [{"name": "a", "links": [{"title": "x", "url": "javascript:1"}]}]}, "not a link"),
        ({"pipelines": [{"hostname": "n"}]}, "setup"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, document: Any, word: str) -> None:
    path = written(tmp_path, document)
    with pytest.raises(Misconfigured) as raised:
        load_lab(path)
    assert word in raised.value.message
    assert str(path) in raised.value.message


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        load_lab(tmp_path / "none.json")
