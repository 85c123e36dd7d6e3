"""The lab's configuration file as an administrator writes it: what it means, and what is said of a bad one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from livewall_dashboard.lab import BadConfiguration, JenkinsServer, JobPattern, Lab, SetupConfig
from livewall_dashboard.lab.load import Reading, read_lab
from livewall_dashboard.lab.seen import SeenFiles


def written(folder: Path, document: Any) -> Path:
    path = folder / "setups_config.json"
    text = document if isinstance(document, str) else json.dumps(document, indent=1)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def read(folder: Path, document: Any, environment: Mapping[str, str] | None = None) -> Reading:
    return read_lab(written(folder, document), environment or {}, SeenFiles())


def lab_of(folder: Path, document: Any) -> Lab:
    return read(folder, document).lab


def refused(folder: Path, document: Any, environment: Mapping[str, str] | None = None) -> list[str]:
    """`line: place: text` of each fault."""
    with pytest.raises(BadConfiguration) as raised:
        read(folder, document, environment)
    assert all(str(fault) in raised.value.message for fault in raised.value.faults)
    return [str(fault).removeprefix(f"{folder / 'setups_config.json'}").lstrip(":") for fault in raised.value.faults]


def test_everything_there_is(tmp_path: Path) -> None:
    lab = lab_of(
        tmp_path,
        {
            "$schema": "setups_config.schema.json",
            "comment": "ours",
            "jenkins": [
                {
                    "name": "main",
                    "url": "https://jenkins.lab.example/ci",
                    "user": "livewall",
                    "token": "11aa",
                    "builds": 5,
                    "poll_seconds": 30.5,
                    "timeout": 3,
                    "description_pattern": r"(?P<passed>\d+) of (?P<total>\d+)",
                    "start_builds": True,
                },
                {"name": "other", "url": "http://10.0.0.1:8080"},
            ],
            "setups": [
                {
                    "name": "vm1",
                    "group": "Rack A",
                    "hosts": ["node-1"],
                    "addresses": ["10.0.0.5", "fd00::5"],
                    "labels": {"os": "debian-12"},
                    "jobs": ["smoke", "/nightly/*/", {"jenkins": "other", "job": "team/**"}],
                    "links": [{"title": "Console", "url": "http://console/1"}, {"title": "Runs", "url": "/runs"}],
                },
                {"name": " vm2 "},
            ],
            "wall": {"jobs": ["livewall-deploy"]},
        },
    )
    assert lab == Lab.of(
        [
            SetupConfig(
                "vm1",
                "Rack A",
                ("node-1",),
                ("10.0.0.5", "fd00::5"),
                {"os": "debian-12"},
                (JobPattern("main", "smoke"), JobPattern("main", "nightly/*"), JobPattern("other", "team/**")),
                (("Console", "http://console/1"), ("Runs", "/runs")),
            ),
            SetupConfig("vm2"),
        ],
        [
            JenkinsServer(
                "main",
                "https://jenkins.lab.example/ci/",
                "livewall",
                "11aa",
                builds=5,
                poll_seconds=30.5,
                timeout=3,
                description_pattern=r"(?P<passed>\d+) of (?P<total>\d+)",
                start_builds=True,
            ),
            JenkinsServer("other", "http://10.0.0.1:8080/"),
        ],
        [JobPattern("main", "livewall-deploy")],
    )


def test_an_order_goes_before_that_of_the_file(tmp_path: Path) -> None:
    setups = [{"name": "a"}, {"name": "b", "order": 2}, {"name": "c", "order": 1}, {"name": "d", "order": 2}]
    assert [setup.name for setup in lab_of(tmp_path, {"setups": setups}).setups] == ["c", "b", "d", "a"]


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
    assert lab_of(tmp_path, document).setup_of(host, addresses) == setup


def test_labels_are_those_of_the_setup(tmp_path: Path) -> None:
    lab = lab_of(tmp_path, {"setups": [{"name": "a", "labels": {"os": "x"}}, {"name": "b"}]})
    assert [dict(lab.labels_of(name)) for name in ("a", "b", "never heard of")] == [{"os": "x"}, {}, {}]


@pytest.mark.parametrize(
    ("wall", "days"),
    [({}, 14), ({"forget_after": 30}, 30), ({"forget_after": 0.5}, 0.5), ({"forget_after": 0}, None),
     ({"forget_after": False}, None)],
)  # fmt: skip
def test_when_setups_that_nobody_configured_leave(tmp_path: Path, wall: dict[str, Any], days: float | None) -> None:
    lab = read(tmp_path, {"setups": [], "wall": wall}).lab
    assert lab.forget_after == (None if days is None else timedelta(days=days))
    older = read(tmp_path, {"pipelines": [], "wall": wall}).lab
    assert older.forget_after == lab.forget_after


@pytest.mark.parametrize(
    ("wall", "title"),
    [
        ({}, "livewall"),
        ({"title": " Radio lab "}, "Radio lab"),
        ({"title": "👩\u200d🚀 <script>"}, "👩\u200d🚀 <script>"),
    ],
)
def test_what_the_wall_is_called(tmp_path: Path, wall: dict[str, Any], title: str) -> None:
    assert read(tmp_path, {"setups": [], "wall": wall}).lab.title == title
    assert read(tmp_path, {"pipelines": [], "wall": wall}).lab.title == title


def test_windows_editors_are_welcome(tmp_path: Path) -> None:
    assert lab_of(tmp_path, '\ufeff{"setups":\r\n [{"name": "ü"}]}').setups[0].name == "ü"
    (fault,) = refused(tmp_path, '\ufeff{"setups":\r\n [{"nam": "ü", "name": "u"}]}')
    assert fault.startswith("2: setups[0].nam: ")


FAULTS: list[tuple[Any, list[str]]] = [
    ([], ["1:1: must be an object, and is a list."]),
    ({}, ['1:1: needs the list "setups" (or, in the older shape, "pipelines").']),
    ({"setups": [], "pipelines": []}, ['1:1: has "setups" and "pipelines", the older shape of it: keep one of them.']),
    ({"setups": {}}, ["2: setups: must be a list, and is an object."]),
    ({"setups": ["x"]}, ["3: setups[0]: must be an object, and is a text."]),
    ({"setups": [{}]}, ['3: setups[0]: "name" is missing.']),
    ({"setups": [{"name": " "}]}, ["4: setups[0].name: is empty."]),
    ({"setups": [{"name": "a" * 201}]}, ["4: setups[0].name: is too long: 201, and at most 200 are possible."]),
    (
        {"setups": [{"name": "a"}, {"name": "a"}]},
        ['7: setups[1].name: "a" is on line 4 already; all setups need names of their own.'],
    ),
    (
        {"setups": [{"name": "a", "host": "n"}]},
        ['5: setups[0].host: is no member here. Did you mean "hosts"?'],
    ),
    ({"setups": [{"name": "a", "ip": "10.0.0.1"}]}, ['5: setups[0].ip: is no member here. It is "addresses" here.']),
    (
        {"setups": [], "wall": {"zzz": 1}},
        [
            "4: wall.zzz: is no member here. There are "
            + ", ".join(f'"{name}"' for name in ("comment", "title", "url", "instances", "instance_networks", "jobs"))
            + ', "forget_after".'
        ],
    ),
    ({"setups": [], "wall": {"title": " "}}, ["4: wall.title: is empty."]),
    ({"setups": [], "wall": {"title": "a" * 61}}, ["4: wall.title: is too long: 61, and at most 60 are possible."]),
    ({"setups": [], "wall": {"title": "a\nb"}}, ["4: wall.title: must be one line of plain text."]),
    ({"setups": [], "wall": {"forget_after": -1}}, ["4: wall.forget_after: must be at least 0."]),
    ({"setups": [], "wall": {"forget_after": 1e13}}, ["4: wall.forget_after: must be at most 36500."]),
    (
        {"setups": [], "wall": {"forget_after": "14d"}},
        ["4: wall.forget_after: must be a number or true or false, and is a text."],
    ),
    (
        {"setups": [], "wall": {"forget_after": True}},
        ["4: wall.forget_after: must be a number of days, or false for never."],
    ),
    ({"setups": [{"name": "a", "hosts": "n"}]}, ["5: setups[0].hosts: must be a list, and is a text."]),
    ({"setups": [{"name": "a", "order": True}]}, ["5: setups[0].order: must be a whole number, and is true."]),
    ({"setups": [{"name": "a", "labels": {"os": 12}}]}, ["6: setups[0].labels.os: must be a text, and is a number."]),
    ({"setups": [{"name": "a", "labels": {"": "x"}}]}, ["5: setups[0].labels: has a name that is empty or too long."]),
    (
        {"setups": [{"name": "a", "links": [{"title": "x", "url": "javascript:1"}]}]},
        [
            (
                "8: setups[0].links[0].url: is not a link; it must begin with http:// or https:// (or with / for this "
                "server)."
            )
        ],
    ),
    ({"setups": [{"name": "a", "jobs": [7]}]}, ["6: setups[0].jobs[0]: must be a text or an object, and is a number."]),
    ({"setups": [{"name": "a", "jobs": [{}]}]}, ['6: setups[0].jobs[0]: "job" is missing.']),
    (
        {
            "setups": [{"name": "a", "jobs": [{"jenkins": "mian", "job": "x"}]}],
            "jenkins": [{"name": "main", "url": "http://j"}],
        },
        ['7: setups[0].jobs[0].jenkins: "mian" is no server in this file. Did you mean "main"?'],
    ),
    (
        {"setups": [{"name": "a", "jobs": ["https://j/job/x", "a//b", "a**/b"]}]},
        [
            "6: setups[0].jobs[0]: is a link; what is wanted is the full name of the job: folder/job.",
            "7: setups[0].jobs[1]: has a level without a name: two slashes in a row.",
            "8: setups[0].jobs[2]: has ** beside something else; ** stands for whole levels: folder/**.",
        ],
    ),
    ({"pipelines": [{"hostname": "n"}]}, ['3: pipelines[0]: "setup" is missing.']),
    ({"pipelines": [{"setup": "a", "ip": 10}]}, ["5: pipelines[0].ip: must be a text or null, and is a number."]),
    (
        {"pipelines": [{"setup": "a"}, {"setup": "a"}]},
        ['7: pipelines[1].setup: "a" is on line 4 already; all setups need names of their own.'],
    ),
    (
        {"pipelines": [{"setup": "a", "URL": "ftp://x"}]},
        ["5: pipelines[0].URL: is not a link; it must begin with http:// or https:// (or with / for this server)."],
    ),
]


@pytest.mark.parametrize(("document", "faults"), FAULTS, ids=[" ".join(faults)[:60] for _, faults in FAULTS])
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, document: Any, faults: list[str]) -> None:
    assert refused(tmp_path, document) == faults


SERVER_FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": "a b"}, ["4: jenkins[0].name: may have letters, digits, dots, dashes and underscores only."]),
    ({"url": "jenkins.lab"}, ["5: jenkins[0].url: must be an address that begins with http:// or https://."]),
    ({"url": "http://[j"}, ["5: jenkins[0].url: is not an address."]),
    ({"url": "http://j:99999"}, ["5: jenkins[0].url: is not an address."]),
    ({"url": "http://"}, ["5: jenkins[0].url: must be an address that begins with http:// or https://."]),
    (
        {"url": "http://me:hush@j"},
        ['5: jenkins[0].url: has a user or a password in it; those belong into "user" and "token".'],
    ),
    ({"url": "http://j/?hush"}, ["5: jenkins[0].url: must be the address of the server alone, without ? and #."]),
    ({"builds": 0}, ["6: jenkins[0].builds: must be at least 1."]),
    ({"builds": 2.5}, ["6: jenkins[0].builds: must be a whole number, and is a number."]),
    ({"poll_seconds": 1}, ["6: jenkins[0].poll_seconds: must be at least 5."]),
    ({"timeout": 1000}, ["6: jenkins[0].timeout: must be at most 120."]),
    ({"start_builds": "yes"}, ["6: jenkins[0].start_builds: must be true or false, and is a text."]),
    ({"token": 12345}, ["6: jenkins[0].token: must be a text, and is a number."]),
    ({"tokn": "hush"}, ['6: jenkins[0].tokn: is no member here. Did you mean "token"?']),
    ({"user": "me"}, ['6: jenkins[0].user: needs "token" beside it. Give both, or neither to read anonymously.']),
    (
        {"description_pattern": "("},
        [
            (
                "6: jenkins[0].description_pattern: is not a regular expression: missing ), unterminated subpattern "
                "(at its character 1)."
            )
        ],
    ),
    (
        {"description_pattern": r"(?P<toal>\d+)"},
        ["6: jenkins[0].description_pattern: has a group toal; there are total, passed, failed, skipped."],
    ),
    (
        {"description_pattern": r"(\d+)"},
        [
            (
                r"6: jenkins[0].description_pattern: has no named groups. It needs some of (?P<total>\d+), "
                "(?P<passed>...), (?P<failed>...), (?P<skipped>...)."
            )
        ],
    ),
    (
        {"description_pattern": "(?P<total>x{99999999999})"},
        ["6: jenkins[0].description_pattern: is not a regular expression that can be used."],
    ),
]


@pytest.mark.parametrize(("members", "faults"), SERVER_FAULTS, ids=[faults[0][:50] for _, faults in SERVER_FAULTS])
def test_what_is_wrong_with_a_server_is_said(tmp_path: Path, members: dict[str, Any], faults: list[str]) -> None:
    document = {"jenkins": [{"name": "main", "url": "http://j", **members}], "setups": []}
    told = refused(tmp_path, document)
    assert told == faults
    assert "hush" not in " ".join(told)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = """{
  "jenkins": [{"name": "main", "url": "ftp://j"},
              {"name": "main", "url": "http://j", "user": "x"}],
  "setups": [
    {"name": "a", "hosts": "n", "links": [{"title": "t", "url": "x"}]},
    {"name": "a", "grup": "g", "jobs": [{"jenkins": "nobody", "job": "b"}]},
    {"name": "b", "name": "c"}
  ]
}"""
    lines = [fault.split(": ")[:2] for fault in refused(tmp_path, text)]
    assert lines == [
        ["2", "jenkins[0].url"],
        ["3", "jenkins[1].name"],
        ["3", "jenkins[1].user"],
        ["5", "setups[0].hosts"],
        ["5", "setups[0].links[0].url"],
        ["6", "setups[1].name"],
        ["6", "setups[1].grup"],
        ["6", "setups[1].jobs[0].jenkins"],
        ["7", "setups[2].name"],
    ]


def test_a_message_has_an_end(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration) as raised:
        read(tmp_path, {"setups": [{"name": 1}] * 1000})
    assert len(raised.value.faults) == 1000
    assert raised.value.message.startswith("The configuration has 1000 faults:")
    assert len(raised.value.message.splitlines()) == 102


def test_one_line_for_a_screen(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration) as raised:
        read(tmp_path, {"setups": [{"name": "a", "hosts": 1}, {"nam": 2}]})
    assert raised.value.in_short == (
        "setups_config.json, line 5: setups[0].hosts: must be a list, and is a number. "
        "And 2 more: see `livewall check`."
    )


def test_of_a_text_that_is_no_json_the_column_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration) as raised:
        read(tmp_path, '{"setups": [\n "a" "b"]}')
    assert raised.value.message.endswith("setups_config.json:2:6: is not JSON: a comma is missing before this.")
    assert raised.value.in_short.startswith("setups_config.json, line 2, column 6: is not JSON")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"none.json: cannot be read: no such file or directory\."):
        read_lab(tmp_path / "none.json", {}, SeenFiles())
    with pytest.raises(BadConfiguration, match="cannot be read: it is not a file"):
        read_lab(tmp_path, {}, SeenFiles())


def test_a_file_of_another_encoding_is_said(tmp_path: Path) -> None:
    path = tmp_path / "setups_config.json"
    path.write_bytes('{"setups": [\n{"name": "ü"}]}'.encode("latin-1"))
    with pytest.raises(BadConfiguration, match=r"json:2: is not UTF-8 text. Save it as UTF-8\."):
        read_lab(path, {}, SeenFiles())


def warned(reading: Reading) -> list[str]:
    return [f"{fault.line}: {fault.place}: {fault.text}" for fault in reading.warnings]


def test_what_works_and_is_odd_is_a_warning(tmp_path: Path) -> None:
    setups = [
        {"name": "a", "hosts": ["n"], "jobs": ["x"]},
        {"name": "b", "hosts": ["N", "m", "m"]},
        {"name": "c", "addresses": ["10.0.0.0/24"], "jobs": ["job/a/job/b"]},
    ]
    reading = read(tmp_path, {"setups": setups})
    assert warned(reading) == [
        '8: setups[0].jobs: are not looked up: there is no "jenkins" to look them up in.',
        '15: setups[1].hosts[0]: "N" is on line 6 already: it reports for "a".',
        '23: setups[2].addresses[0]: "10.0.0.0/24" is not an IP address, so no node will have it.',
        '25: setups[2].jobs: are not looked up: there is no "jenkins" to look them up in.',
        "26: setups[2].jobs[0]: looks like a part of an address; a full name has no job/ in it: folder/job.",
    ]
    assert reading.lab.setup_of("n", []) == "a"
    assert reading.lab.setups[0].jobs == ()


def test_an_example_has_no_warnings(tmp_path: Path) -> None:
    assert warned(read(tmp_path, {"setups": [{"name": "a", "hosts": ["n"], "addresses": ["10.0.0.1"]}]})) == []
